#!/bin/sh
# Linux 6.18.44: PID 1 of a namespace without a handler for SIGTERM or SIGQUIT, whose first thread blocks both while a
# second one blocks neither, is *ended* by SIGTERM and *spared* by SIGQUIT.  pid_namespaces(7) says that only signals with
# a handler reach it.  Since Linux 4.15 complete_signal() starts the end of a whole process for what is fatal and dumps no
# core, before get_signal() asks whether that is an init; other kernels spare it both times.
#
# Seen on 6.18.44, each time of 20:
#
#     SIGTERM: PID 1 was ended by signal 15
#     SIGQUIT: PID 1 lives
#
# Needs: Python 3, util-linux (unshare), user namespaces.  Leaves with 0 when it is so, with 1 when it is not any more.
set -eu

tried() {
	unshare --user --map-root-user --pid --fork --kill-child python3 -S -I -c '
import _thread, os, signal, sys

number = int(sys.argv[1])
ready, ready_end = os.pipe()
asked, asked_end = os.pipe()
if os.fork() == 0:  # the one who asks, in the same namespace
    os.close(ready_end)
    seen = b""
    while len(seen) < 2:  # both threads are as they should be
        seen += os.read(ready, 2)
    os.kill(1, number)
    os.write(asked_end, b"?")
    os._exit(0)
os.close(asked_end)

def second():
    os.write(ready_end, b"2")
    os.read(asked, 1)  # it cannot come back from here without having taken the signal
    os._exit(40)

assert os.getpid() == 1
_thread.start_new_thread(second, ())
signal.pthread_sigmask(signal.SIG_BLOCK, [number])
os.write(ready_end, b"1")
while True:
    signal.pause()
' "$1"
}

says() { # name, number
	code=0
	tried "$2" || code=$?
	case $code in
	40) echo "$1: PID 1 lives" ;;
	$((128 + $2))) echo "$1: PID 1 was ended by signal $2" ;;
	*) echo "$1: nothing can be said: $code" ;;
	esac
}

uname -sr
found=$(says SIGTERM 15; says SIGQUIT 3)
echo "$found"
[ "$found" = "SIGTERM: PID 1 was ended by signal 15
SIGQUIT: PID 1 lives" ] || { echo "not as it was on 6.18.44"; exit 1; }
