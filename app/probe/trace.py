"""The kernel's trace of signals and of the lives of processes, as records in order of time.

Two instances.  One records what *followed* processes do: the kernel itself adds their children to the list at fork
(``event-fork``), so nothing they start is missed and nothing of others costs anything.  The other one records signals
that anybody sends, because a sender need not be one of ours; the SIGCHLD that the kernel sends at every end of a
process is left out there by the kernel's own filter.

Never ptrace: under a tracer an ignored SIGTERM to PID 1 shows as delivered.
"""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from app.probe.ring import Format, Raw, parse_format, parse_page
from app.probe.tracefs import BUFFER_KB, Instance, TraceUnavailable, clear_stale, find_tracefs

__all__ = ["Delivered", "Exec", "Exit", "Generated", "Lost", "NewTask", "Record", "Trace", "TraceUnavailable"]

CLONE_THREAD = 0x10000
SIGCHLD = 17
OWN = (
    *("signal/signal_deliver", "signal/signal_generate", "task/task_newtask"),
    *("sched/sched_process_exec", "sched/sched_process_exit"),
)
ANYBODYS = ("signal/signal_generate",)


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
class Exec:
    at_ns: int
    tid: int


@dataclass(frozen=True, slots=True)
class Exit:
    at_ns: int
    tid: int
    last: bool  # of its process; where the kernel does not tell: true


@dataclass(frozen=True, slots=True)
class Lost:
    """The buffer was full: ``count`` events are not here; −1: some."""

    at_ns: int
    count: int


Record = Generated | Delivered | NewTask | Exec | Exit | Lost
Make = Callable[[Raw], Record]


class _Decoder:
    """From bytes to records, by this kernel's formats."""

    def __init__(self, instance: Instance) -> None:
        self._make: dict[int, Make] = {}
        for event, make in (
            ("signal/signal_generate", self._generated),
            ("signal/signal_deliver", self._delivered),
            ("task/task_newtask", self._newtask),
            ("sched/sched_process_exec", self._exec),
            ("sched/sched_process_exit", self._exit),
        ):
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


class Trace:
    """Use ``Trace.open()``; ``close`` takes everything away again."""

    def __init__(self, buffer_kb: int = BUFFER_KB) -> None:
        self.root = root = find_tracefs()
        self.cleared = clear_stale(root)
        self._page = os.sysconf("SC_PAGE_SIZE")
        self._late: list[Record] = []
        self._on = False
        self._own = Instance(root, "own", buffer_kb)
        self._anybodys: Instance | None = None
        self._poll = select.epoll()
        try:
            self._anybodys = Instance(root, "signals", buffer_kb)
            for instance in (self._own, self._anybodys):
                instance.turn(on=False)
            self._own.write("options/event-fork", "1")
            self._own.write("set_event_pid", "0")  # nobody: an empty list would mean everybody
            self._own.enable(OWN, filters={"signal/signal_generate": f"sig == {SIGCHLD} && code > 0"})
            self._anybodys.enable(ANYBODYS, filters={"signal/signal_generate": f"sig != {SIGCHLD} || code <= 0"})
            self._decoder = _Decoder(self._own)
            self._fds = [*self._own.open(), *self._anybodys.open()]
            for fd in self._fds:
                self._poll.register(fd, select.EPOLLIN)
        except (OSError, KeyError, ValueError) as error:
            self.close()
            raise TraceUnavailable(f"the kernel refused a trace of our own: {error}", "Is tracefs writable?") from error

    @classmethod
    def open(cls, buffer_kb: int = BUFFER_KB) -> Trace:
        """``buffer_kb``: for each processor.  Raises TraceUnavailable."""
        return cls(buffer_kb)

    def fileno(self) -> int:
        """Readable when there is something to read."""
        return self._poll.fileno()

    def follow(self, pids: Iterable[int]) -> None:
        """Follow these processes (all their threads) and what they start from now on, beside those that are.

        It counts at once; the kernel answers when all processors have heard of it, some 40 ms later.
        """
        assert self._anybodys is not None
        tids: list[str] = []
        for pid in pids:
            with suppress(OSError):
                tids += os.listdir(f"/proc/{pid}/task")
        if not tids:
            return
        if not self._on:
            for instance in (self._own, self._anybodys):
                instance.turn(on=True)
            self._on = True
        for at in range(0, len(tids), 256):
            self._own.write("set_event_pid", " ".join(tids[at : at + 256]), append=True)

    def rest(self) -> None:
        """Nobody is to be followed any more: from here on nothing is recorded, and nobody is woken.

        The events stay enabled: to switch them takes the kernel a tenth of a second, and the next target may start now.
        Whoever was followed is taken off the list by the kernel when it ends.
        """
        assert self._anybodys is not None
        for instance in (self._own, self._anybodys):
            instance.turn(on=False)
        self._on = False

    def read(self) -> list[Record]:
        """What has come since, in order of time.  Never waits.

        Each processor has a buffer of its own.  What is newer than the beginning of this call is kept for the next one,
        because something older may still stand in a buffer that was read before it.
        """
        until_ns = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        found = self._late
        for fd in self._fds:
            while page := self._read_page(fd):
                found += [record for raw in parse_page(page) if (record := self._decoder.record(raw))]
        found.sort(key=lambda record: record.at_ns)
        at = len(found)
        while at and found[at - 1].at_ns > until_ns:
            at -= 1
        self._late = found[at:]
        return found[:at]

    @property
    def waiting(self) -> bool:
        """There is something for the next ``read`` that ``fileno`` will not tell."""
        return bool(self._late)

    def _read_page(self, fd: int) -> bytes:
        try:
            return os.read(fd, self._page)
        except BlockingIOError:
            return b""

    def close(self) -> None:
        self._poll.close()
        self._own.close()
        if self._anybodys:
            self._anybodys.close()
