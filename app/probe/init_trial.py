"""Tries what this kernel does to a PID 1 that is not protected by its first thread.  Run as a file or with ``-c``.

    python3 -S -I init_trial.py outside [NUMBER]   makes PID namespaces, and signals their PID 1 from without
    python3 -S -I init_trial.py inside [NUMBER]    is PID 1 itself, as in a container; its own child signals it

PID 1 has no handler for SIGTERM (or signal NUMBER); its first thread blocks it, its second one does not.  Some kernels
end all of it by the first thread that may take the signal (``complete_signal``); others look first whether it is PID 1,
and drop it.

Prints the kernel's release and boot id.  ``outside`` then prints "ends", "drops" or "failed EXIT_CODE"; that code is an
errno when no namespace may be made.  ``inside`` *is* the answer: it ends by the signal, or exits with ``DROPS``.

Nothing waits for a while.  The signal is sent when both threads are as they should be, and then a byte which only the
second thread reads: it cannot come back from that call without having taken the signal.  A thread to which another
signal is on its way is not chosen (``wants_signal``), and then a kernel of the first kind drops it, too: so "drops" is
said after several tries, and "ends" after one.
"""

import _thread
import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER, CLONE_NEWPID = 0x10000000, 0x20000000
ENDS, DROPS, UNASKED, STRANGE = 0, 200, 201, 202  # exit codes; below DROPS they are the errno of a refusal
TRIES = 3


def become_init(number: int, ready: int, asked: int) -> None:
    """PID 1.  Never returns: it ends by the signal, or when its second thread has been asked."""

    def second() -> None:
        os.write(ready, b"2")  # by now the C library has given this thread its mask
        os._exit(DROPS if os.read(asked, 1) else UNASKED)

    signal.signal(number, signal.SIG_DFL)
    _thread.start_new_thread(second, ())
    signal.pthread_sigmask(signal.SIG_BLOCK, [number])
    os.write(ready, b"1")
    while True:
        signal.pause()


def ask(init: int, number: int, ready: int, asked: int) -> None:
    """Signals it once both of its threads are as they should be, and then asks whether it lives."""
    missing = 2
    while missing:
        said = os.read(ready, missing)
        if not said:
            return  # it has gone
        missing -= len(said)
    os.kill(init, number)
    os.write(asked, b"?")


def inside(number: int) -> None:
    """Never returns."""
    ready, ready_end = os.pipe()
    asked, asked_end = os.pipe()
    if os.fork() == 0:
        os.close(ready_end)
        ask(os.getppid(), number, ready, asked_end)
        os._exit(0)
    os.close(asked_end)
    become_init(number, ready_end, asked)


def once(number: int) -> int:
    """What became of a PID 1 that was signalled from without, as an exit code."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)  # PID 1 ends by the end of its pipe then
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWPID):
        refused = ctypes.get_errno()
        if libc.unshare(CLONE_NEWPID):  # root may, where user namespaces are forbidden
            return refused
    ready, ready_end = os.pipe()
    asked, asked_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(asked_end)
        become_init(number, ready_end, asked)
    os.close(ready_end)
    ask(pid, number, ready, asked_end)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return ENDS if code == -number else code if code == DROPS else STRANGE


def outside(number: int) -> str:
    code = DROPS
    for _ in range(TRIES):
        helper = os.fork()  # who has made one namespace cannot make the next
        if helper == 0:
            code = STRANGE
            try:
                code = once(number)
            finally:
                os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(helper, 0)[1])
        if code != DROPS:
            break
    return "ends" if code == ENDS else "drops" if code == DROPS else f"failed {code}"


def boot_id() -> str:
    try:
        with open("/proc/sys/kernel/random/boot_id") as file:
            return file.read().strip()
    except OSError:
        return "-"


def main(where: str, number: int) -> None:
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    os.write(1, f"{os.uname().release} {boot_id()}\n".encode())
    if where == "inside":
        inside(number)
    os.write(1, f"{outside(number)}\n".encode())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else int(signal.SIGTERM))
