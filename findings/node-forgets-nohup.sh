#!/bin/bash
# Node 20.20.2: nohup does not protect it.  `nohup node server.js` is ended by the SIGHUP that nohup(1) is for, and leaves with
# 129; sleep and Python, started in the same way, go on.  Node puts every signal back to its default when it starts (but
# SIGPIPE and SIGXFSZ), so that what it was handed ignored is forgotten.  Its documentation names SIGHUP's default, which is to
# end it, and has no word on an ignored one.  A listener for SIGHUP does protect it.
#
# Seen on Linux 6.18.44, each time of 10:
#
#     nohup sleep: went on, 0
#     nohup python3: went on, 0
#     nohup node: ended by SIGHUP, 129
#     nohup node with a listener: went on, 0
#
# Hurts: who starts a server by `nohup node server.js &` and closes the terminal's window; npm is a node program, too.
# The lab: forecasts read each process's own masks, so SIGHUP's key says for node under nohup that it ends.
# Needs: bash, coreutils, node, Python 3.  Leaves with 0 when it is so, with 1 when it is not any more.
set -eu

d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT

tried() { # name, command: it makes the file $d/up, and ends by itself 1 s later
	local name=$1 pid code=0
	shift
	rm -f "$d/up"
	nohup "$@" </dev/null >"$d/said" 2>&1 &
	pid=$!
	until [ -e "$d/up" ]; do sleep 0.02; done
	kill -HUP "$pid"
	wait "$pid" 2>/dev/null || code=$?
	case $code in
	0) echo "$name: went on, 0" ;;
	129) echo "$name: ended by SIGHUP, 129" ;;
	*) echo "$name: nothing can be said: $code" ;;
	esac
}

uname -sr
node --version
python3 --version
up='require("node:fs").writeFileSync(process.argv[1], ""); setTimeout(() => {}, 1000);'
found=$(
	# shellcheck disable=SC2016
	tried 'nohup sleep' sh -c ': >"$1"; exec sleep 1' sh "$d/up"
	tried 'nohup python3' python3 -S -I -c 'import sys, time; open(sys.argv[1], "w").close(); time.sleep(1)' "$d/up"
	tried 'nohup node' node -e "$up" "$d/up"
	tried 'nohup node with a listener' node -e "process.on(\"SIGHUP\", () => {}); $up" "$d/up"
)
echo "$found"
[ "$found" = "nohup sleep: went on, 0
nohup python3: went on, 0
nohup node: ended by SIGHUP, 129
nohup node with a listener: went on, 0" ] || { echo "not as it was on Node 20.20.2"; exit 1; }
