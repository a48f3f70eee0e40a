"""The records of the kernel's trace: what each holds, and how it is read from the kernel's bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.probe.ring import Format, Raw, parse_format
from app.probe.tracefs import Instance

CLONE_THREAD = 0x10000
MARK_VICTIM = "oom/mark_victim"  # since Linux 4.14; a kernel may be built without


@dataclass(frozen=True, slots=True)
class Generated:
    """A signal was sent.  ``result``: 0 queued, 1 ignored, 2 already pending, 3 overflow, 4 queued without its info."""

    at_ns: int  # CLOCK_MONOTONIC, here and below
    signal: int
    errno: int
    code: int  # si_code
    tid: int  # the receiver: the first thread's where ``group``
    comm: str  # of the receiver
    group: bool  # for the process, not for one thread
    result: int
    sender_tid: int  # whoever ran when it was sent


@dataclass(frozen=True, slots=True)
class Delivered:
    """A thread took a signal.  ``handler``: 0 SIG_DFL, 1 SIG_IGN, else an address."""

    at_ns: int
    tid: int
    signal: int
    code: int
    handler: int
    flags: int


@dataclass(frozen=True, slots=True)
class NewTask:
    at_ns: int
    tid: int  # whoever made it
    child: int
    thread: bool  # a thread of the same process, not a new process
    comm: str  # of the child


@dataclass(frozen=True, slots=True)
class Renamed:
    """An exec, or a program that calls itself something else.

    Some kernels do not tell whose name it is (6.14 until 7.0): then it is the name of whoever ran, or that of another
    thread of the same process.
    """

    at_ns: int
    tid: int
    was: str
    comm: str
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Exec:
    at_ns: int
    tid: int


@dataclass(frozen=True, slots=True)
class Exit:
    at_ns: int
    tid: int
    last: bool  # of its process; where the kernel does not tell: true


@dataclass(frozen=True, slots=True)
class Victim:
    """The kernel had no memory left, in a control group or at all, and chose this process: SIGKILL was sent."""

    at_ns: int
    tid: int


@dataclass(frozen=True, slots=True)
class Lost:
    """The buffer was full: ``count`` events are not here; −1: some."""

    at_ns: int
    count: int


Record = Generated | Delivered | NewTask | Renamed | Exec | Exit | Victim | Lost
Make = Callable[[Raw], Record]


class Decoder:
    """From bytes to records, by this kernel's formats."""

    def __init__(self, instance: Instance) -> None:
        self._make: dict[int, Make] = {}
        for event, make in (
            ("signal/signal_generate", self._generated),
            ("signal/signal_deliver", self._delivered),
            ("task/task_newtask", self._newtask),
            ("task/task_rename", self._renamed),
            ("sched/sched_process_exec", self._exec),
            ("sched/sched_process_exit", self._exit),
            (MARK_VICTIM, self._victim),
        ):
            if event == MARK_VICTIM and not instance.has(event):
                continue
            shape = parse_format(instance.read(f"events/{event}/format"))
            self._make[shape.id] = make(shape)

    def record(self, raw: Raw) -> Record | None:
        if raw.missed:
            return Lost(raw.at_ns, raw.missed)
        make = self._make.get(int.from_bytes(raw.data[:2], "little"))
        return make(raw) if make else None

    # Bound once for each format, because they run for each event.

    def _generated(self, shape: Format) -> Make:
        read = shape.reader("sig", "errno", "code", "pid", "group", "result", "common_pid")

        def make(raw: Raw) -> Generated:
            signal, errno, code, tid, group, result, sender = read(raw.data)
            return Generated(
                raw.at_ns, signal, errno, code, tid, shape.text(raw.data, "comm"), bool(group), result, sender
            )

        return make

    def _delivered(self, shape: Format) -> Make:
        read = shape.reader("common_pid", "sig", "code", "sa_handler", "sa_flags")
        return lambda raw: Delivered(raw.at_ns, *read(raw.data))

    def _newtask(self, shape: Format) -> Make:
        read = shape.reader("common_pid", "pid", "clone_flags")

        def make(raw: Raw) -> NewTask:
            tid, child, flags = read(raw.data)
            return NewTask(raw.at_ns, tid, child, bool(flags & CLONE_THREAD), shape.text(raw.data, "comm"))

        return make

    def _renamed(self, shape: Format) -> Make:
        certain = "pid" in shape.fields
        read = shape.reader("pid" if certain else "common_pid")

        def make(raw: Raw) -> Renamed:
            (tid,) = read(raw.data)
            return Renamed(raw.at_ns, tid, shape.text(raw.data, "oldcomm"), shape.text(raw.data, "newcomm"), certain)

        return make

    def _exec(self, shape: Format) -> Make:
        read = shape.reader("pid")
        return lambda raw: Exec(raw.at_ns, *read(raw.data))

    def _exit(self, shape: Format) -> Make:
        told = "group_dead" in shape.fields
        read = shape.reader("pid", "group_dead") if told else shape.reader("pid")

        def make(raw: Raw) -> Exit:
            found = read(raw.data)
            return Exit(raw.at_ns, found[0], bool(found[1]) if told else True)

        return make

    def _victim(self, shape: Format) -> Make:
        read = shape.reader("pid")
        return lambda raw: Victim(raw.at_ns, *read(raw.data))
