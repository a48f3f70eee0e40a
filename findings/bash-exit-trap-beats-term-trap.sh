#!/bin/bash
# bash 5.2.15 as PID 1: with nothing but `trap … EXIT` it hears SIGTERM *at once*, also while a command runs in the foreground;
# with `trap … TERM`, which names the signal, only when that command has ended; and without a trap never.  An EXIT trap makes
# bash catch whatever would end it, which is what saves it from PID 1's protection, and such a signal does not wait as a
# trap does.  The manual says of EXIT only that it runs "on exit from the shell".  dash's EXIT trap does none of it.
#
# Seen on Linux 6.18.44, each time of 10 (PID 1 of a namespace, `sleep 2` in the foreground, SIGTERM meanwhile):
#
#     bash, trap … EXIT: ended at once with 143, its trap ran
#     bash, trap … TERM: ended after the command with 0, its trap ran
#     bash, no trap: ended after the command with 0
#     dash, trap … EXIT: ended after the command with 0, its trap ran
#
# Hurts: two entry points that seem to say the same: one is in time and cuts its command off, the other one is killed when
# the command takes longer than the stop timeout; and the first one is killed, too, where sh is dash.
# The lab: reads from the kernel what is caught, so it forecasts a handler there that no line of the script names.
# Needs: bash, dash, util-linux (unshare), user namespaces.  Leaves with 0 when it is so, with 1 when it is not any more.
set -eu

d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT

tried() { # name, shell, its trap
	local line=": >$d/up; sleep 2; : >$d/slept; exit 0" front init code=0 when="at once" ran=""
	if [ -n "$3" ]; then line="trap ': >$d/trapped' $3; $line"; fi
	rm -f "$d"/*
	unshare --user --map-root-user --pid --fork --kill-child "$2" -c "$line" &
	front=$!
	until [ -e "$d/up" ]; do sleep 0.02; done
	sleep 0.3  # the command runs in the foreground
	init=$(cat "/proc/$front/task/$front/children")
	kill -TERM "${init% }"
	wait "$front" || code=$?
	if [ -e "$d/slept" ]; then when="after the command"; fi
	if [ -e "$d/trapped" ]; then ran=", its trap ran"; fi
	echo "$1: ended $when with $code$ran"
}

uname -sr
bash --version | head -n 1
found=$(
	tried 'bash, trap … EXIT' bash EXIT
	tried 'bash, trap … TERM' bash TERM
	tried 'bash, no trap' bash ''
	tried 'dash, trap … EXIT' dash EXIT
)
echo "$found"
[ "$found" = "bash, trap … EXIT: ended at once with 143, its trap ran
bash, trap … TERM: ended after the command with 0, its trap ran
bash, no trap: ended after the command with 0
dash, trap … EXIT: ended after the command with 0, its trap ran" ] || { echo "not as it was on bash 5.2.15"; exit 1; }
