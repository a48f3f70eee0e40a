#!/bin/bash
# tini 0.19.0 and dumb-init 1.2.5 pass signals on, but not SIGTTIN and SIGTTOU, by which Gunicorn adds and removes a worker.
# tini ignores both, so as not to be stopped at a terminal, and the program never hears of them; dumb-init turns them into
# SIGSTOP, for its child and for itself: the server stands still until somebody sends SIGCONT.  dumb-init's README speaks of
# all signals that it receives; tini's, of images that work under it without a change.
#
# Seen on Linux 6.18.44, Gunicorn 27.0.1, each time of 5 (one worker, then SIGTTIN to what was started):
#
#     alone: 2 workers
#     tini: 1 worker
#     dumb-init: 1 worker, and the server is stopped
#
# Hurts: `docker kill --signal TTIN` of a server under --init: nothing comes of it; under dumb-init it is an outage.
# The lab: knows both (app/verdict/programs/forwarders.py) and says before the signal is sent what will come of it.
# Needs: Python 3 and its package index, tini or docker-init.  Leaves with 0 when it is so, with 1 when it is not any more.
set -eu

d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
python3 -m venv "$d/venv"
"$d/venv/bin/pip" install -qq gunicorn==27.0.1 dumb-init==1.2.5.post1
cat >"$d/served.py" <<'end'
def app(environ, start_response):
    start_response("200 OK", [])
    return []
end
tini=$(command -v tini || command -v docker-init)

booted() { # number
	[ "$(grep -c "Booting worker" "$d/log")" -ge "$1" ]
}

tried() { # what stands in front of the server
	local front server state said
	: >"$d/log"
	HOME=$d "$@" "$d/venv/bin/gunicorn" --chdir "$d" --pid "$d/pid" --bind "unix:$d/socket" served:app >"$d/log" 2>&1 &
	front=$!
	for _ in $(seq 200); do
		if booted 1; then break; fi
		sleep 0.1
	done
	sleep 0.3
	server=$(cat "$d/pid")
	kill -TTIN "$front"
	for _ in $(seq 20); do
		if booted 2; then break; fi
		sleep 0.1
	done
	state=$(sed -n 's/^State:\s*\(.\).*/\1/p' "/proc/$server/status")
	booted 2 && said="2 workers" || said="1 worker"
	if [ "$state" = T ]; then said="$said, and the server is stopped"; fi
	kill -CONT "$server" "$front"
	kill -TERM "$front"
	wait "$front" || true
	echo "$said"
}

uname -sr
"$tini" --version
"$d/venv/bin/dumb-init" --version
found="alone: $(tried env)
tini: $(tried "$tini" -s --)
dumb-init: $(tried "$d/venv/bin/dumb-init")"
echo "$found"
[ "$found" = "alone: 2 workers
tini: 1 worker
dumb-init: 1 worker, and the server is stopped" ] || { echo "not as it was on tini 0.19.0 and dumb-init 1.2.5"; exit 1; }
