#!/bin/bash
# bash 5.2.15: `bash -c 'server'` becomes the server (exec), and so does `bash -c 'cd /srv; server'`; one redirection,
# `bash -c 'server 2>&1'`, and bash stays in front of it.  As PID 1 of a container that shell has no handler: SIGTERM is
# dropped, the server never hears it, and only SIGKILL ends it.  The manual promises neither; `exec server 2>&1` does.
#
# Seen on Linux 6.18.44, each time of 10 (PID 1 of a namespace; `timeout 2 sleep 9` stands for a server that handles SIGTERM):
#
#     timeout 2 sleep 9: SIGTERM ended it, 143
#     true; timeout 2 sleep 9: SIGTERM ended it, 143
#     timeout 2 sleep 9 2>&1: SIGTERM was dropped; its own end, 124
#     exec timeout 2 sleep 9 2>&1: SIGTERM ended it, 143
#
# Hurts: whoever adds a log file to a shell-form CMD that used to stop at once.
# The lab: the forecast is of the PID 1 that is there, so it says "dropped" before the stop; advice afterwards: `exec`.
# Needs: bash, coreutils, util-linux (unshare), user namespaces.  Leaves with 0 when it is so, with 1 when it is not any more.
set -eu

tried() { # line for bash -c
	local line=$1 front init code=0 began=$SECONDS
	unshare --user --map-root-user --pid --fork --kill-child bash -c "$line" &
	front=$!
	until init=$(cat "/proc/$front/task/$front/children") && [ -n "$init" ]; do sleep 0.02; done
	sleep 0.7  # bash has started what it is to start
	kill -TERM "${init% }"
	wait "$front" || code=$?
	case $code in
	143) echo "$line: SIGTERM ended it, 143" ;;
	124) echo "$line: SIGTERM was dropped; its own end, 124" ;;
	*) echo "$line: nothing can be said: $code after $((SECONDS - began)) s" ;;
	esac
}

uname -sr
bash --version | head -n 1
found=$(
	tried 'timeout 2 sleep 9'
	tried 'true; timeout 2 sleep 9'
	tried 'timeout 2 sleep 9 2>&1'
	tried 'exec timeout 2 sleep 9 2>&1'
)
echo "$found"
[ "$found" = "timeout 2 sleep 9: SIGTERM ended it, 143
true; timeout 2 sleep 9: SIGTERM ended it, 143
timeout 2 sleep 9 2>&1: SIGTERM was dropped; its own end, 124
exec timeout 2 sleep 9 2>&1: SIGTERM ended it, 143" ] || { echo "not as it was on bash 5.2.15"; exit 1; }
