"""Where the kernel's word comes from: the trace that this process reads.

``app/hosts/engine/probe_feed.py`` has the other feed.
"""

from __future__ import annotations

import time
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import Literal, Protocol

import anyio
import anyio.lowlevel
from anyio import to_thread

from app.probe.files import ProcFiles
from app.probe.filter_writer import TraceFilterWriter
from app.probe.observations import Observation
from app.probe.procfs import ProcessFacts
from app.probe.senders import Senders
from app.probe.target_matcher import TargetMatcher
from app.probe.trace import Trace

Where = Literal["server", "probe container"]


class Feed(Protocol):
    """Follows processes of targets, and tells what the kernel did with their signals.

    None of the calls waits but ``next``, ``until_followed`` and ``caught_up``.
    """

    where: Where

    def expect_children_of(self, target: str, parent: int) -> None:
        """What ``parent`` starts from now on belongs to the target."""
        ...

    def add_processes(self, target: str, seen: list[ProcessFacts]) -> bool:
        """Follow all processes of the target.  True: some are new, and may have started others before that."""
        ...

    def forget(self, target: str) -> None: ...

    async def until_followed(self) -> None:
        """Returns once the kernel's filter covers whoever was added: later signals to them cannot be missed."""
        ...

    async def caught_up(self) -> None:
        """Returns when what has happened up to now can be taken."""
        ...

    def pause(self) -> None:
        """The trace costs nothing from now on: nobody is followed, until somebody is added."""
        ...

    async def next(self) -> None:
        """Returns when there may be something to take."""
        ...

    @property
    def waiting(self) -> bool:
        """There is already something more to take."""
        ...

    def take(self) -> tuple[list[Observation], int]:
        """What has come since, or a part of it, and the ns that make UTC of its times."""
        ...

    def taken_until(self, at_ns: int, /) -> bool:
        """All that had happened by then (CLOCK_MONOTONIC) was taken; more may have happened since."""
        ...


class LocalFeed:
    """The trace of this machine, read in this process."""

    where: Where = "server"

    def __init__(self, trace: Trace) -> None:
        files = ProcFiles()
        self._trace, self._matcher = trace, TargetMatcher(files, Senders(files, trace.root))
        self._writer = TraceFilterWriter(trace)

    def expect_children_of(self, target: str, parent: int) -> None:
        self._matcher.expect_children_of(target, parent)
        self._writer.follow([parent])

    def add_processes(self, target: str, seen: list[ProcessFacts]) -> bool:
        fresh = self._matcher.add_processes(target, seen)
        self._writer.follow(fresh)
        return bool(fresh)

    async def until_followed(self) -> None:
        with suppress(CancelledError):  # the lab is being closed
            await to_thread.run_sync(self._writer.then(lambda: None).result, abandon_on_cancel=True)

    async def caught_up(self) -> None:
        """``take`` reads it from the kernel itself."""

    def forget(self, target: str) -> None:
        self._matcher.forget(target)

    def pause(self) -> None:
        self._writer.pause()

    async def next(self) -> None:
        if self._trace.waiting:
            await anyio.lowlevel.checkpoint()
        else:
            await anyio.wait_readable(self._trace)

    @property
    def waiting(self) -> bool:
        return self._trace.cut

    def take(self) -> tuple[list[Observation], int]:
        clock_ns = time.time_ns() - time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        return self._matcher.tell(self._trace.read()), clock_ns

    def taken_until(self, at_ns: int, /) -> bool:
        return self._trace.has_read_until(at_ns)

    def close(self) -> None:
        """Takes the trace away; whatever was still to be written is not."""
        self._writer.close()
        self._trace.close()
