"""A terminal in the terminal: starts a script on a pty of its own, and hangs up when it gets SIGUSR1.

What the kernel does then is the same as when a window is closed or an ssh connection is lost.
"""

import os
import pty
import signal

SCRIPT = """
sleep 701 &
nohup sleep 702 >/dev/null 2>&1 &
setsid sleep 703 &
echo three sleeps are running
wait
"""

signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
pid, master = pty.fork()
if pid == 0:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})
    os.execvp("bash", ["bash", "-c", SCRIPT])
print(os.read(master, 1024).decode().strip(), flush=True)
signal.sigwait({signal.SIGUSR1})
print("hanging up", flush=True)
os.close(master)
_, status = os.waitpid(pid, 0)
print(f"the script was killed by {signal.Signals(os.WTERMSIG(status)).name}", flush=True)
signal.sigwait({signal.SIGUSR1})
