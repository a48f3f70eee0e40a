"""The keeper: the small parent of one local target.  Standard library only; run as a file, imports nothing of the app.

    python3 -S -E -s keeper.py CONTROL_FD REPORT_FD -- COMMAND [ARGUMENT ...]

File descriptors 0, 1 and 2 are the target's terminal.  The keeper is the target's *subreaper*: whatever daemonises,
calls setsid or ignores HUP becomes its child, never init's.  It forwards nothing and takes no signal.

- The server holds the other end of CONTROL.  When that closes, also because the server was killed with SIGKILL, the
  keeper ends every descendant and itself.  A line ``kill`` on it does the same to the descendants only.
- REPORT gets one JSON object a line: ``started`` (pid, start), ``failed`` (errno, error), ``exited`` (exit_code or
  signal, core, at_ns by CLOCK_REALTIME, mono_ns by CLOCK_MONOTONIC), ``empty`` when no descendant is left.

The target starts with *every* signal at its default and an empty mask, whatever the server was started with: under
``nohup`` or ``sh -c '… &'`` HUP, INT or QUIT would be ignored, and a shell cannot trap a signal that was ignored when
it started.

Killing wins against a fork loop because all are stopped before any is killed, and it is done again until none is left.
"""

import ctypes
import errno
import os
import select
import signal
import sys
import time

PR_SET_CHILD_SUBREAPER = 36
TIOCSCTTY = 0x540E
RTMAX = int(signal.SIGRTMAX)
SWEEP_EVERY_S = 0.02
RT_SIGACTION = {"x86_64": 13, "aarch64": 134, "riscv64": 134, "armv7l": 174, "i686": 174, "s390x": 174, "ppc64le": 173}


def report(fd: int, **facts: object) -> None:
    """One line of JSON, made by hand: importing json would double the start-up time."""
    words = []
    for name, value in facts.items():
        if value is None or isinstance(value, bool):
            shown = {None: "null", True: "true", False: "false"}[value]
        elif isinstance(value, int):
            shown = str(value)
        else:
            shown = (
                '"'
                + "".join(
                    c if c.isprintable() and c not in '"\\' and c.isascii() else f"\\u{ord(c):04x}" for c in str(value)
                )
                + '"'
            )
        words.append(f'"{name}":{shown}')
    try:
        os.write(fd, ("{" + ",".join(words) + "}\n").encode())
    except OSError:
        pass  # the server is gone; the control pipe says so too


def start_ticks(pid: int) -> int:
    with open(f"/proc/{pid}/stat", "rb") as file:
        raw = file.read()
    return int(raw[raw.rindex(b")") + 2 :].split()[19])


def as_new() -> None:
    """Every signal at its default, by the system call itself.

    The C library refuses to touch the two that it keeps for its threads, and those can be inherited as ignored too.
    """
    libc = ctypes.CDLL(None)
    action = ctypes.create_string_buffer(64)  # the kernel's struct sigaction, all zero: SIG_DFL, no flags, empty mask
    call = RT_SIGACTION.get(os.uname().machine)
    for number in range(1, RTMAX + 1):
        if call is None:
            libc.signal(number, None)
        else:
            libc.syscall(call, number, action, None, ctypes.c_size_t(8))


def become_target(command: list[str], failure: int) -> None:
    """In the child: a session and terminal of its own, all signals as new, then the command.  Never returns."""
    try:
        os.setsid()
        if os.isatty(0):
            import fcntl

            fcntl.ioctl(0, TIOCSCTTY, 0)
        as_new()
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        os.closerange(3, failure)
        os.closerange(failure + 1, 65536)
        os.execvp(command[0], command)  # noqa: S606 (that is what it is for)
    except OSError as error:
        os.write(failure, str(error.errno or errno.EIO).encode())
    except BaseException:  # noqa: BLE001 (whatever it was, this child must not go on as a keeper)
        os.write(failure, str(errno.EIO).encode())
    os._exit(127)


def spawn(command: list[str], report_fd: int) -> int:
    """Fork and exec; reports ``started`` or ``failed``.  Gives the pid, or 0."""
    read, write = os.pipe()  # closes by itself when exec succeeds
    pid = os.fork()
    if pid == 0:
        os.close(read)
        become_target(command, write)
    os.close(write)
    failed = os.read(read, 16)
    os.close(read)
    if failed:
        os.waitpid(pid, 0)
        report(report_fd, event="failed", errno=int(failed), error=os.strerror(int(failed)), argv0=command[0])
        return 0
    report(report_fd, event="started", pid=pid, start=start_ticks(pid))
    return pid


def children(pid: int) -> list[int]:
    found: list[int] = []
    try:
        for tid in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{tid}/children", "rb") as file:
                found += map(int, file.read().split())
    except OSError:
        pass
    return found


def descendants() -> list[int]:
    found = children(os.getpid())
    for pid in found:
        found += children(pid)
    return found


def send(pid: int, number: int) -> None:
    """To a descendant only, through a pidfd: if it ended and the pid was given away, its parent is not one of ours."""
    try:
        fd = os.pidfd_open(pid)
    except OSError:
        return
    try:
        if pid in descendants():
            signal.pidfd_send_signal(fd, number)
    except OSError:
        pass
    finally:
        os.close(fd)


class Keeper:
    def __init__(self, control: int, report_fd: int, command: list[str]) -> None:
        self.control, self.report_fd, self.command = control, report_fd, command
        self.root = 0
        self.server_is_there = True

    def reap(self) -> bool:
        """Collect the dead.  Says whether anybody is left."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            if pid == self.root:
                self.root = -1
                killed = os.WIFSIGNALED(status)
                report(
                    self.report_fd,
                    event="exited",
                    pid=pid,
                    exit_code=None if killed else os.WEXITSTATUS(status),
                    signal=os.WTERMSIG(status) if killed else None,
                    core=os.WCOREDUMP(status),
                    at_ns=time.time_ns(),
                    mono_ns=time.monotonic_ns(),
                )

    def end_all(self) -> None:
        """SIGKILL to every descendant until none is left."""
        while self.reap():
            found = descendants()
            for pid in found:
                send(pid, signal.SIGSTOP)
            for pid in descendants():
                send(pid, signal.SIGKILL)
            select.select([], [], [], SWEEP_EVERY_S)

    def heed(self) -> None:
        """What the server says, or that it is gone."""
        said = os.read(self.control, 4096)
        if not said:
            self.server_is_there = False
        if not said or b"kill" in said:
            self.end_all()

    def run(self) -> int:
        # Every signal is blocked, so that none ends the keeper; SIGCHLD comes as bytes on a pipe.
        wake_read, wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        signal.pthread_sigmask(signal.SIG_SETMASK, set(signal.valid_signals()) - {signal.SIGCHLD})
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self.root = spawn(self.command, self.report_fd)
        if not self.root:
            return 127
        for fd in (0, 1, 2):
            os.close(fd)  # so that the terminal hangs up when the last of the target has closed it
        while self.reap() and self.server_is_there:
            ready, _, _ = select.select([self.control, wake_read], [], [])
            if wake_read in ready:
                os.read(wake_read, 4096)
            if self.control in ready:
                self.heed()
        report(self.report_fd, event="empty")
        return 0


if __name__ == "__main__":
    separator = sys.argv.index("--")
    control_fd, fd_to_report = int(sys.argv[1]), int(sys.argv[2])
    for inherited in (control_fd, fd_to_report):
        os.set_inheritable(inherited, False)
    sys.exit(Keeper(control_fd, fd_to_report, sys.argv[separator + 1 :]).run())
