#!/bin/sh
# Python 3.11.7: the first SharedMemory of a process, or the first lock of multiprocessing's "spawn", takes SIGTERM and SIGINT out
# of the calling thread's blocked signals, also where the program had blocked them itself, to take them by sigwait() or a
# signalfd.  multiprocessing starts its resource tracker with both blocked and then unblocks instead of putting back what was
# (python/cpython#127586, mended in later versions).  A third signal, SIGUSR1, stays blocked.
#
# Seen on Linux 6.18.44, each time of 20:
#
#     blocked, then sent: SIGTERM taken by sigwait, SIGUSR1 taken by sigwait
#     blocked, shared memory made, then sent: SIGTERM ended it, SIGUSR1 taken by sigwait
#
# Hurts: a PID 1 or a server that waits for its stop in sigwait(), ended in the midst of its work as soon as something in it
# shares memory.
# The lab: masks are read anew before each forecast; no part of it uses multiprocessing.
# Needs: Python 3.  Leaves with 0 when it is so, with 1 when it is not any more.
set -eu

tried() { # signal, whether memory is shared
	code=0
	python3 -S -I -c '
import os, signal, sys
from multiprocessing import shared_memory

number = getattr(signal, sys.argv[1])
signal.pthread_sigmask(signal.SIG_BLOCK, [number])
if sys.argv[2] == "shared":
    memory = shared_memory.SharedMemory(create=True, size=1)
    memory.close()
    memory.unlink()
os.kill(os.getpid(), number)
assert signal.sigwait([number]) == number
os._exit(42)
' "$1" "$2" || code=$?
	case $code in
	42) echo "$1 taken by sigwait" ;;
	143 | 138) echo "$1 ended it" ;;
	*) echo "$1: nothing can be said: $code" ;;
	esac
}

uname -sr
python3 --version
found="blocked, then sent: $(tried SIGTERM alone), $(tried SIGUSR1 alone)
blocked, shared memory made, then sent: $(tried SIGTERM shared), $(tried SIGUSR1 shared)"
echo "$found"
[ "$found" = "blocked, then sent: SIGTERM taken by sigwait, SIGUSR1 taken by sigwait
blocked, shared memory made, then sent: SIGTERM ended it, SIGUSR1 taken by sigwait" ] || {
	echo "not as it was on Python 3.11.7"
	exit 1
}
