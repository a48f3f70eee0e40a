#!/bin/bash
# Gunicorn 27.0.1 with uvicorn-worker 0.4.0 (uvicorn 0.54.0): SIGINT and SIGQUIT, documented as the *quick* shutdown, take
# all of --graceful-timeout (30 s by default) and end an idle worker with SIGKILL, while SIGTERM, the graceful one, takes half a
# second.  The parent passes both on as SIGQUIT, for which the worker sets a flag of gunicorn's that uvicorn never looks at;
# then it is killed, without its application's shutdown.  With gunicorn's own sync worker all three are quick.
#
# Seen on Linux 6.18.44, Python 3.11.7, each time of 5 (--graceful-timeout 3, nobody connected):
#
#     sync worker: TERM within 2 s, INT within 2 s, QUIT within 2 s
#     uvicorn worker: TERM within 2 s, INT after 3 s or more, QUIT after 3 s or more
#     its application was told of the shutdown: TERM yes, INT no, QUIT no
#
# Hurts: `--stop-signal SIGQUIT` and Ctrl-C, chosen because the table says "quick"; 30 s are more than the 10 s of docker stop.
# The lab: shows the hop from parent to worker, and after the timeout who killed whom; no advice names this pair.
# Needs: Python 3 and its package index, coreutils.  Leaves with 0 when it is so, with 1 when it is not any more.
set -eu

d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
python3 -m venv "$d/venv"
"$d/venv/bin/pip" install -qq gunicorn==27.0.1 uvicorn-worker==0.4.0 uvicorn==0.54.0
cat >"$d/served.py" <<'end'
import os

def wsgi(environ, start_response):
    start_response("200 OK", [])
    return []

async def asgi(scope, receive, send):
    while scope["type"] == "lifespan":
        step = (await receive())["type"]
        open(os.environ["TOLD"] + step, "w").close()
        await send({"type": step + ".complete"})
        if step == "lifespan.shutdown":
            return
end

soon() { # a command that is to hold within 20 s
	local _
	for _ in $(seq 200); do
		if "$@"; then return; fi
		sleep 0.1
	done
	echo "never: $*" >&2
	cat "$d/log" >&2
	return 1
}

tried() { # worker, application, signal
	local server began took
	rm -f "$d"/told.* "$d/log"
	HOME=$d TOLD=$d/told. env --default-signal=INT,QUIT "$d/venv/bin/gunicorn" --chdir "$d" --worker-class "$1" \
		--graceful-timeout 3 --bind "unix:$d/socket" "served:$2" >"$d/log" 2>&1 &
	server=$!
	soon grep -q "Booting worker" "$d/log"
	if [ "$2" = asgi ]; then soon test -e "$d/told.lifespan.startup"; fi
	sleep 0.5
	began=$(date +%s%N)
	kill -s "$3" "$server"
	wait "$server" || true
	took=$((($(date +%s%N) - began) / 1000000))
	if [ "$took" -lt 2000 ]; then
		printf '%s within 2 s' "$3"
	elif [ "$took" -ge 3000 ]; then
		printf '%s after 3 s or more' "$3"
	else
		printf '%s after %s ms' "$3" "$took"
	fi
	[ -e "$d/told.lifespan.shutdown" ] && echo yes >"$d/app.$3" || echo no >"$d/app.$3"
}

uname -sr
"$d/venv/bin/python" --version
uvicorn=uvicorn_worker.UvicornWorker
found="sync worker: $(tried sync wsgi TERM), $(tried sync wsgi INT), $(tried sync wsgi QUIT)
uvicorn worker: $(tried $uvicorn asgi TERM), $(tried $uvicorn asgi INT), $(tried $uvicorn asgi QUIT)
its application was told of the shutdown: TERM $(cat "$d/app.TERM"), INT $(cat "$d/app.INT"), QUIT $(cat "$d/app.QUIT")"
echo "$found"
[ "$found" = "sync worker: TERM within 2 s, INT within 2 s, QUIT within 2 s
uvicorn worker: TERM within 2 s, INT after 3 s or more, QUIT after 3 s or more
its application was told of the shutdown: TERM yes, INT no, QUIT no" ] || { echo "not as it was on Gunicorn 27.0.1"; exit 1; }
