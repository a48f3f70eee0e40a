#!/bin/bash
# Hypercorn 0.18.0: asked to stop, it lets requests go on for --graceful-timeout seconds (3 by default) with one worker, and cuts
# them off at once with two: the first worker that is done, an idle one, makes the parent terminate all the others.  The
# option's help says that it waits so long for requests that remain, and nothing of the number of workers.
#
# Seen on Linux 6.18.44, Python 3.11.7, each time of 5 (an answer of 2 s, SIGTERM to the parent 0.5 s into it):
#
#     1 worker: the answer came whole
#     2 workers: the answer was cut off
#
# Hurts: a server that was tried with one worker and runs with more: each deployment cuts off what is under way.
# The lab: nothing; it would tell who signalled whom: the SIGTERM to the second worker, by its own parent.
# Needs: Python 3 and its package index, curl.  Leaves with 0 when it is so, with 1 when it is not any more.
set -eu

d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
python3 -m venv "$d/venv"
"$d/venv/bin/pip" install -qq hypercorn==0.18.0
cat >"$d/slow.py" <<'end'
import asyncio

async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(20 if scope["path"] == "/slow" else 1):
        await send({"type": "http.response.body", "body": b"part\n", "more_body": True})
        await asyncio.sleep(0.1)
    await send({"type": "http.response.body", "body": b"whole\n"})
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

all_up() { # number of workers
	[ "$(grep -c Running "$d/log")" = "$1" ] && curl --silent --unix-socket "$d/socket" http://lab/ >/dev/null
}

tried() { # number of workers
	local server client
	rm -f "$d/socket" "$d/answer"
	(cd "$d" && exec venv/bin/hypercorn --workers "$1" --bind "unix:$d/socket" slow:app) >"$d/log" 2>&1 &
	server=$!
	soon all_up "$1"
	curl --silent --no-buffer --unix-socket "$d/socket" http://lab/slow >"$d/answer" &
	client=$!
	soon test -s "$d/answer"
	sleep 0.5
	kill -TERM "$server"
	wait "$client" || true
	wait "$server" || true
	[ "$(tail -n 1 "$d/answer")" = whole ] && echo "the answer came whole" || echo "the answer was cut off"
}

uname -sr
"$d/venv/bin/python" --version
found="1 worker: $(tried 1)
2 workers: $(tried 2)"
echo "$found"
[ "$found" = "1 worker: the answer came whole
2 workers: the answer was cut off" ] || { echo "not as it was on Hypercorn 0.18.0"; exit 1; }
