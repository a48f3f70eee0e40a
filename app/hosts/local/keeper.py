"""The keeper: the small parent of one local target.  Standard library only; run as a file, imports nothing of the app.

    python3 -S -I keeper.py CONTROL_FD REPORT_FD process|sandbox [files=N] [ends=FD:TARGET] [group=PATH ...]
        -- COMMAND [ARGUMENT ...]

Without ``-I`` a module of the app that is named as one of Python's would win.  File descriptors 0, 1 and 2 are the
target's terminal.  The keeper is the target's *subreaper*: whatever daemonises, calls setsid or ignores HUP becomes its
child, never init's.  It forwards nothing and takes no signal.

- The server holds the other end of CONTROL.  A line ``start`` on it starts the command: not earlier, so that the
  kernel's trace can follow the keeper by then, and nothing that the command does is missed.  A line ``kill`` ends the
  root and every other descendant.  When CONTROL closes, also because the server was killed with SIGKILL, the keeper
  ends every descendant and itself; closed before the start, nothing is started.
- REPORT gets one JSON object a line: ``started`` (pid, start), ``failed`` (errno, error, argv0, what), ``exited`` (pid,
  status as of ``waitpid``, exit_code or signal as a number, core, at_ns by CLOCK_REALTIME, mono_ns by CLOCK_MONOTONIC,
  oom: how many the kernel ended because the memory of their group ran out),
  ``empty`` when no descendant is left.  What outlives the root is kept until it ends or is ended.

- ``ends`` gets the end of the root, too: the server may be killed before it has recorded what REPORT said
  (``app/hosts/ends.py``).

Each ``group`` is a control group with limits, made for this target (``app/hosts/local/fence.py``): the child joins it
before it becomes the target, and the keeper, which is not in it, removes it when none is left.

``files`` is how many descriptors the target may open: the server has raised its own limit (``app/descriptors.py``).

The target starts with *every* signal at its default and an empty mask, whatever the server was started with: under
``nohup`` or ``sh -c '… &'`` HUP, INT or QUIT would be ignored, and a shell cannot trap a signal that was ignored when
it started.

Killing wins against a fork loop because each is stopped before its children are listed, all are stopped before any is
killed, and it is done again until none is left.  A signal goes through a pidfd that was opened *before* the process was
seen to be the child of one of ours.  That look is one small file: a new scan for each made 400 children take 20 s.

A *sandbox* is PID 1 of a PID namespace of its own, in a user namespace where this user is root and with a /proc of its
own, as ``unshare --user --map-root-user --pid --fork --mount-proc --kill-child`` makes one.  A helper makes the
namespaces, forks what becomes PID 1 and ends at once, so PID 1 is the keeper's own child: nobody stands between them
who could be signalled, or whose end could be mistaken for the target's.  Should the keeper itself be killed, the kernel
kills PID 1, and with it the namespace.  Root gets a user namespace, too: PID 1 is protected by the PID namespace alone,
the same with and without; so a lesson is the same for everybody, and has no power over the machine.

Longer than most files: it can import nothing, and must be read as one.
"""

import ctypes
import errno
import os
import select
import signal
import sys
import time

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
TIOCSCTTY = 0x540E
CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWPID = 0x00020000, 0x10000000, 0x20000000
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 0x2, 0x4, 0x8, 0x4000, 0x40000
SWEEP_AGAIN_S = (0.001, 0.5)  # a death wakes at once; this is for those that cannot be killed yet (setuid, disk wait)
RT_SIGACTION = {"x86_64": 13, "aarch64": 134, "riscv64": 134, "armv7l": 174, "i686": 174, "s390x": 174, "ppc64le": 173}
CHILDREN_ARE_LISTED = os.path.exists(f"/proc/self/task/{os.getpid()}/children")  # the kernel may be built without


def quoted(text: str) -> str:
    """A JSON string in ASCII; beyond the first 65,536 characters a pair of escapes, as JSON wants it."""
    units = memoryview(text.encode(f"utf-16-{sys.byteorder[0]}e", "surrogatepass")).cast("H")
    return '"' + "".join(chr(u) if 32 <= u < 127 and u not in (34, 92) else f"\\u{u:04x}" for u in units) + '"'


def report(fd: int, **facts: int | str | None) -> None:
    """One line of JSON, made by hand: importing json would double the start-up time."""
    words = []
    for name, value in facts.items():
        shown = quoted(value) if isinstance(value, str) else "null" if value is None else str(value).lower()
        words.append(f'"{name}":{shown}')
    try:
        os.write(fd, ("{" + ",".join(words) + "}\n").encode())
    except OSError:
        pass  # the server is gone, the control pipe says so too; or the disk is full


def stat_fields(pid: int) -> list[bytes]:
    """What stands after the name, which can hold anything: [0] state, [1] parent, [19] start time."""
    with open(f"/proc/{pid}/stat", "rb") as file:
        raw = file.read()
    return raw[raw.rindex(b")") + 2 :].split()


def set_disposition(handler: signal.Handlers, numbers: range) -> None:
    """By the system call itself: the C library refuses the two that it keeps for its threads (32 and 33).

    Those can be inherited as ignored, and would end the keeper when sent to it.
    """
    libc = ctypes.CDLL(None)
    action = (ctypes.c_size_t * 8)(handler)  # the kernel's struct sigaction: no flags, empty mask
    call = RT_SIGACTION.get(os.uname().machine)
    for number in numbers:
        if call is None:
            libc.signal(number, ctypes.c_void_p(handler))
        else:
            libc.syscall(call, number, action, None, ctypes.c_size_t(8))


def call(name: str, *arguments: object) -> None:
    """A function of the C library that gives -1 and sets errno.  Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments) == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def own_proc() -> None:
    """A /proc that shows this PID namespace, seen by nobody outside this mount namespace."""
    call("mount", None, b"/", None, ctypes.c_ulong(MS_REC | MS_PRIVATE), None)
    call("mount", b"proc", b"/proc", b"proc", ctypes.c_ulong(MS_NOSUID | MS_NODEV | MS_NOEXEC), None)


def own_namespaces() -> None:
    """User, mount and PID namespaces of its own; this user is root in them.  The next child is PID 1."""
    uid, gid = os.getuid(), os.getgid()
    call("unshare", CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID)
    for name, text in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def say_failure(fd: int, error: BaseException, what: str) -> None:
    number = error.errno if isinstance(error, OSError) and error.errno else errno.EIO
    os.write(fd, f"{number} {what}".encode())


def join(groups: list[str]) -> None:
    """This process, and all that it starts.  A group that it cannot join limits nobody."""
    for group in groups:
        with open(f"{group}/cgroup.procs", "w") as file:
            file.write("0")


def killed_for_memory(groups: list[str]) -> int | None:
    """How many processes of these groups the kernel has ended because their memory ran out; None: nobody counts."""
    for group in groups:
        for name in ("memory.oom_control", "memory.events"):  # cgroups of version 1, of version 2
            try:
                with open(f"{group}/{name}", "rb") as file:
                    found = dict(line.split() for line in file)
            except OSError:
                continue
            if b"oom_kill" in found:
                return int(found[b"oom_kill"])
    return None


def become_target(command: list[str], failure: int, *, sandbox: bool) -> None:
    """In the child: a session and terminal of its own, all signals as new, then the command.  Never returns."""
    what = "setsid"
    try:
        if sandbox:
            call("prctl", PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)  # as --kill-child; exec keeps it
            what = "mount /proc"
            own_proc()
        what = "exec"
        os.setsid()
        if os.isatty(0):
            import fcntl

            fcntl.ioctl(0, TIOCSCTTY, 0)
        set_disposition(signal.SIG_DFL, range(1, signal.NSIG))
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        os.closerange(3, failure)
        os.closerange(failure + 1, 65536)
        with open("/proc/self/environ", "rb") as file:
            if b"\0LC_CTYPE=" not in b"\0" + file.read():
                os.environ.pop("LC_CTYPE", None)  # Python put it there, where no locale was given
        os.execvp(command[0], command)  # noqa: S606 (that is what it is for)
    except BaseException as error:  # noqa: BLE001 (whatever it was, this child must not go on as a keeper)
        say_failure(failure, error, what)
    os._exit(127)


def fork_sandbox(command: list[str], failure: int, groups: list[str]) -> int:
    """Fork the helper, which forks PID 1 and ends.  Gives the pid of PID 1, by now our own child, or 0."""
    read, write = os.pipe()
    turn_read, turn_write = os.pipe()
    helper = os.fork()
    if helper == 0:
        os.close(turn_write)
        what = "cgroup"
        try:
            join(groups)
            what = "unshare"
            own_namespaces()
            pid = os.fork()
            if pid == 0:
                # Its turn comes when the helper was waited for: not earlier is the keeper the parent, whose death
                # PID 1 is to share.  The end of the pipe instead of a turn: the keeper has gone.
                if os.read(turn_read, 1):
                    become_target(command, failure, sandbox=True)
                os._exit(127)
            os.write(write, str(pid).encode())
        except BaseException as error:  # noqa: BLE001 (this child must not go on as a keeper either)
            say_failure(failure, error, what)
        os._exit(0)
    os.close(write)
    os.waitpid(helper, 0)
    os.write(turn_write, b"1")  # nobody may be there to read it; so our own end is closed after it
    os.close(turn_write)
    os.close(turn_read)
    pid = int(os.read(read, 16) or b"0")
    os.close(read)
    return pid


def spawn(command: list[str], report_fd: int, groups: list[str], *, sandbox: bool) -> int:
    """Fork and exec; reports ``started`` or ``failed``.  Gives the pid, or 0."""
    read, write = os.pipe()  # closes by itself when exec succeeds
    pid = fork_sandbox(command, write, groups) if sandbox else os.fork()
    if pid == 0 and not sandbox:
        os.close(read)
        try:
            join(groups)
        except OSError as refused:
            say_failure(write, refused, "cgroup")
            os._exit(127)
        become_target(command, write, sandbox=False)
    os.close(write)
    failed = os.read(read, 64)
    os.close(read)
    if failed:
        if pid:
            os.waitpid(pid, 0)
        number, _, what = failed.decode().partition(" ")
        error = os.strerror(int(number))
        report(report_fd, event="failed", errno=int(number), error=error, argv0=command[0], what=what)
        return 0
    report(report_fd, event="started", pid=pid, start=int(stat_fields(pid)[19]))
    return pid


def parent(pid: int) -> int:
    try:
        return int(stat_fields(pid)[1])
    except OSError:
        return 0


def children(pid: int) -> list[int]:
    if not CHILDREN_ARE_LISTED:
        return [int(name) for name in os.listdir("/proc") if name.isdecimal() and parent(int(name)) == pid]
    found: list[int] = []
    try:
        for tid in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{tid}/children", "rb") as file:
                found += map(int, file.read().split())
    except OSError:
        pass  # it, or one of its threads, ended meanwhile; there is another sweep
    return found


def send(pid: int, number: int, ours: set[int]) -> bool:
    """To a child of one of ours only.  Says whether it was one."""
    try:
        fd = os.pidfd_open(pid)
    except OSError:
        return False
    try:
        if parent(pid) not in ours:
            return False  # it ended, and the pid was given away
        signal.pidfd_send_signal(fd, number)
    except OSError:
        pass  # ended just now, or not ours to signal (setuid): still one of ours
    finally:
        os.close(fd)
    return True


def sweep() -> None:
    """Stop all from the top, so that nobody forks unseen; then kill all from the leaves, so that nobody is moved."""
    found = [os.getpid()]
    ours = set(found)
    for pid in found:
        for child in children(pid):
            if child not in ours and send(child, signal.SIGSTOP, ours):
                found.append(child)
                ours.add(child)
    for pid in reversed(found[1:]):
        send(pid, signal.SIGKILL, ours)


class Keeper:
    def __init__(
        self, control: int, report_fd: int, kind: str, ends: str, groups: list[str], command: list[str]
    ) -> None:
        self.control, self.report_fd, self.groups, self.command = control, report_fd, groups, command
        self.sandbox = kind == "sandbox"
        ends_fd, _, self.target = ends.partition(":")
        self.ends_fd = int(ends_fd or -1)
        self.root = self.start = 0
        self.ordered = False  # to kill all
        self.wake_read, self.wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

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
                code, number = (None, os.WTERMSIG(status)) if killed else (os.WEXITSTATUS(status), None)
                how = {"pid": pid, "exit_code": code, "signal": number, "at_ns": time.time_ns()}
                more = {"status": status, "core": os.WCOREDUMP(status), "mono_ns": time.monotonic_ns()}
                report(self.report_fd, event="exited", **how, **more, oom=killed_for_memory(self.groups))
                if self.ends_fd >= 0:
                    by = "order" if self.ordered else "keeper" if self.server_is_gone() else "itself"
                    report(self.ends_fd, who="keeper", target=self.target, start=self.start, by=by, **how)

    def server_is_gone(self) -> bool:
        poller = select.poll()
        poller.register(self.control, 0)
        return bool(poller.poll(0))

    def wait(self, *fds: int, at_most_s: float | None = None) -> list[int]:
        """For a death, or for one of these descriptors: those that can be read.  Not select(): that ends at 1024."""
        poller = select.poll()
        for fd in (self.wake_read, *fds):
            poller.register(fd, select.POLLIN)
        ready = [fd for fd, _ in poller.poll(None if at_most_s is None else at_most_s * 1000)]
        if self.wake_read in ready:
            os.read(self.wake_read, 4096)
            ready.remove(self.wake_read)
        return ready

    def end_all(self) -> None:
        """SIGKILL to every descendant until none is left."""
        pause_s, longest_s = SWEEP_AGAIN_S
        while self.reap():
            sweep()
            self.wait(at_most_s=pause_s)
            pause_s = min(pause_s * 2, longest_s)

    def leave(self) -> None:
        """Its groups are empty, and nobody else knows of them."""
        for group in self.groups:
            try:
                os.rmdir(group)
            except OSError:
                pass  # somebody else has put a process there

    def run(self) -> int:
        # Every signal is blocked or ignored, so that none ends the keeper; SIGCHLD comes as bytes on a pipe.
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self.wake_write, warn_on_full_buffer=False)
        signal.pthread_sigmask(signal.SIG_SETMASK, set(signal.valid_signals()) - {signal.SIGCHLD})
        set_disposition(signal.SIG_IGN, range(32, int(signal.SIGRTMIN)))
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        orders = os.read(self.control, 4096).split()
        if b"start" not in orders or b"kill" in orders:
            self.leave()
            return 0  # gone, or has thought better of it: nothing is started
        try:
            self.root = spawn(self.command, self.report_fd, self.groups, sandbox=self.sandbox)
            if not self.root:
                return 127
            self.start = int(stat_fields(self.root)[19])
            for fd in (0, 1, 2):
                os.close(fd)  # so that the terminal hangs up when the last of the target has closed it
            while self.reap():
                if self.wait(self.control):
                    said = os.read(self.control, 4096)
                    if not said:
                        break  # the server is gone
                    if b"kill" in said:
                        self.ordered = True
                        self.end_all()
        finally:
            self.end_all()  # also when something went wrong here
            self.leave()
        report(self.report_fd, event="empty")
        return 0


def give_back(files: int) -> None:
    import resource

    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))


if __name__ == "__main__":
    words = sys.argv.index("--")
    options = [word.split("=", 1) for word in sys.argv[4:words]]
    given = {name: value for name, value in options}
    groups = [value for name, value in options if name == "group"]
    if "files" in given:
        give_back(int(given["files"]))
    control, said = int(sys.argv[1]), int(sys.argv[2])
    sys.exit(Keeper(control, said, sys.argv[3], given.get("ends", ""), groups, sys.argv[words + 1 :]).run())
