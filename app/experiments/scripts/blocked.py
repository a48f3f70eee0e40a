"""Blocks SIGUSR1 and SIGRTMIN, counts how often each handler runs, and lets both through when it gets SIGUSR2.

The C library's handler writes one byte for each run to a descriptor: Python's own handlers run later, and run once for
several signals of a kind.
"""

import os
import signal

BLOCKED = {signal.SIGUSR1, signal.SIGRTMIN}
read, write = os.pipe()
os.set_blocking(read, False)
os.set_blocking(write, False)
signal.set_wakeup_fd(write)
for each in BLOCKED:
    signal.signal(each, lambda *_: None)
# USR2 is taken by sigwait: only what is blocked can be waited for.
signal.pthread_sigmask(signal.SIG_BLOCK, BLOCKED | {signal.SIGUSR2})
print("blocked: USR1 and RTMIN wait now", flush=True)
while True:
    signal.sigwait({signal.SIGUSR2})
    signal.pthread_sigmask(signal.SIG_UNBLOCK, BLOCKED)
    signal.pthread_sigmask(signal.SIG_BLOCK, BLOCKED)
    try:
        runs = os.read(read, 4096)
    except BlockingIOError:
        runs = b""
    print("unblocked:", ", ".join(f"{each.name} ran {runs.count(each)} times" for each in sorted(BLOCKED)), flush=True)
