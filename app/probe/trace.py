"""The kernel's trace of signals and of the lives of processes, as records in order of time.

Two instances.  One records what *followed* processes do: the kernel itself adds their children to the list at fork
(``event-fork``), so nothing they start is missed and nothing of others costs anything.  The other one records signals
that anybody sends, and whom the kernel chooses when memory has run out: neither a sender nor who asked for memory need
be one of ours.  The SIGCHLD that the kernel sends at every end of a process is left out there by the kernel's own
filter.

Never ptrace: under a tracer an ignored SIGTERM to PID 1 shows as delivered.
"""

from __future__ import annotations

import os
import select
import time
from collections.abc import Iterable
from contextlib import suppress

from app.probe.records import MARK_VICTIM, Decoder, Record
from app.probe.ring import parse_page
from app.probe.tracefs import BUFFER_KB, Instance, TraceUnavailable, clear_stale, find_tracefs

SIGCHLD = 17
OWN = (
    *("signal/signal_deliver", "signal/signal_generate", "task/task_newtask", "task/task_rename"),
    *("sched/sched_process_exec", "sched/sched_process_exit"),
)
ANYBODYS = ("signal/signal_generate",)
PAGES_AT_ONCE = 1  # of each buffer, and there are two for each processor: some 60 records a page, 4 ms
RECORDS_AT_ONCE = 256  # given; what waited for one slow buffer comes all together


class Trace:
    """Use ``Trace.open()``; ``close`` takes everything away again."""

    def __init__(self, buffer_kb: int = BUFFER_KB) -> None:
        self.root = root = find_tracefs()
        self.cleared = clear_stale(root)
        self._page = os.sysconf("SC_PAGE_SIZE")
        self._late: list[Record] = []
        self._ready: list[Record] = []  # in order of time, with nothing older to come
        self._left = False  # there is more in the buffers
        self._until_ns = 0  # all that had happened by then is given, or ready
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
            if self._anybodys.has(MARK_VICTIM):  # whoever asks for memory is not always whom it costs
                self._anybodys.enable([MARK_VICTIM])
            self._decoder = Decoder(self._own)
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

    def pause(self) -> None:
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
        because something older may still stand in a buffer that was read before it.  Of much only a part is given at
        once (``cut``), so that whoever calls can do other things between two parts.
        """
        if not self._ready:
            self._read_buffers()
        given, self._ready = self._ready[:RECORDS_AT_ONCE], self._ready[RECORDS_AT_ONCE:]
        return given

    def _read_buffers(self) -> None:
        until_ns = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        found = self._late
        self._left = False
        for fd in self._fds:
            last_ns = 0
            for _ in range(PAGES_AT_ONCE):
                page = self._read_page(fd)
                if not page:
                    break
                for raw in parse_page(page):
                    last_ns = raw.at_ns
                    if record := self._decoder.record(raw):
                        found.append(record)
            else:
                self._left = True
                until_ns = min(until_ns, last_ns)
        self._until_ns = until_ns
        found.sort(key=lambda record: record.at_ns)
        at = len(found)
        while at and found[at - 1].at_ns > until_ns:
            at -= 1
        self._ready, self._late = found[:at], found[at:]

    @property
    def cut(self) -> bool:
        """The last ``read`` gave a part only."""
        return self._left or bool(self._ready)

    def has_read_until(self, at_ns: int) -> bool:
        """All that had happened by then was given; where more happens all the time, that is true before the end."""
        if self._ready:
            return self._ready[0].at_ns > at_ns
        return not self._left or self._until_ns >= at_ns

    @property
    def waiting(self) -> bool:
        """There is something for the next ``read`` that ``fileno`` will not tell."""
        return self.cut or bool(self._late)

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
