#!/bin/bash
# uvicorn 0.54.0, Python 3.11.7: the exit code of one and the same graceful stop by SIGTERM depends on where it runs.  When all is
# done uvicorn sends itself the signal that it had caught, to end as if by it: 143.  As PID 1 of a namespace that signal is
# dropped, and it leaves with 0; with two workers the parent leaves with 0, too; by SIGINT it is 0 anyway.  The application's
# own shutdown has run each time.
#
# Seen on Linux 6.18.44, each time of 10:
#
#     SIGTERM: 143, shutdown ran
#     SIGTERM, as PID 1: 0, shutdown ran
#     SIGTERM, 2 workers: 0, shutdown ran
#     SIGINT: 0, shutdown ran
#
# Hurts: whoever adds `--init` to a container that has always left with 0: now each good stop is 143, which looks like a failure.
# The lab: takes the kernel's word for who ended of what, and says of a 143 whether a signal made it.
# Needs: bash, Python 3 and its package index, util-linux (unshare), user namespaces.
# Leaves with 0 when it is so, with 1 when it is not any more.
set -eu

d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
python3 -m venv "$d/venv"
"$d/venv/bin/pip" install -qq uvicorn==0.54.0
cat >"$d/served.py" <<'end'
import os

async def app(scope, receive, send):
    while scope["type"] == "lifespan":
        step = (await receive())["type"]
        open(os.environ["TOLD"] + step, "w").close()
        await send({"type": step + ".complete"})
        if step == "lifespan.shutdown":
            return
end

tried() { # signal, number of workers, what stands in front of the server
	local signal=$1 workers=$2 server code=0 shutdown="did not run"
	shift 2
	rm -f "$d"/told.* "$d/log"
	TOLD=$d/told. env --default-signal=INT "$@" \
		"$d/venv/bin/uvicorn" --app-dir "$d" --workers "$workers" --uds "$d/socket" served:app >"$d/log" 2>&1 &
	server=$!
	for _ in $(seq 200); do
		if [ "$(grep -c "startup complete" "$d/log")" = "$workers" ]; then break; fi
		sleep 0.1
	done
	sleep 0.3
	if [ $# -gt 0 ]; then
		kill -s "$signal" "$(awk '{print $1}' "/proc/$server/task/$server/children")"
	else
		kill -s "$signal" "$server"
	fi
	wait "$server" 2>/dev/null || code=$?
	if [ -e "$d/told.lifespan.shutdown" ]; then shutdown=ran; fi
	echo "$code, shutdown $shutdown"
}

uname -sr
"$d/venv/bin/python" --version
found="SIGTERM: $(tried TERM 1)
SIGTERM, as PID 1: $(tried TERM 1 unshare --user --map-root-user --pid --fork --kill-child)
SIGTERM, 2 workers: $(tried TERM 2)
SIGINT: $(tried INT 1)"
echo "$found"
[ "$found" = "SIGTERM: 143, shutdown ran
SIGTERM, as PID 1: 0, shutdown ran
SIGTERM, 2 workers: 0, shutdown ran
SIGINT: 0, shutdown ran" ] || { echo "not as it was on uvicorn 0.54.0"; exit 1; }
