"""Waits for SIGUSR1, and starts a child each time, whose own child is left behind as an orphan.  It collects its child.

As PID 1 it is the orphan's parent then, and does not know that.
"""

import os
import signal

signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
print("ready", flush=True)
while True:
    signal.sigwait({signal.SIGUSR1})
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        if os.fork() == 0:
            os.close(write)
            os.read(read, 1)  # until its parent has ended: then it is an orphan
            print(f"the orphan has ended, its parent is {os.getppid()}", flush=True)
        os._exit(0)
    os.close(write)
    os.close(read)
    os.waitpid(child, 0)
