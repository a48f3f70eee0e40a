"""Where the kernel's word comes from: the trace that this process reads.  ``hosts/probe.py`` has the other feed."""

from __future__ import annotations

import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, Protocol

import anyio
import anyio.lowlevel

from app.probe.files import ProcFiles
from app.probe.procfs import ProcessFacts
from app.probe.senders import Senders
from app.probe.told import Told
from app.probe.trace import Trace
from app.probe.watch import Watch

Where = Literal["server", "probe container"]


class Feed(Protocol):
    """Something that follows processes and tells.  None of the calls waits but ``next``."""

    where: Where

    def expect(self, target: str, parent: int) -> None:
        """What ``parent`` starts from now on belongs to the target."""
        ...

    def know(self, target: str, seen: list[ProcessFacts]) -> bool:
        """These are its processes now.  True: some were not known, and may have started others meanwhile."""
        ...

    def forget(self, target: str) -> None: ...

    def rest(self) -> None:
        """Nobody is followed any more: cost nothing."""
        ...

    async def next(self) -> None:
        """Returns when there may be something to take."""
        ...

    def take(self) -> tuple[list[Told], int]:
        """What has come since, and the ns that make UTC of its times."""
        ...


class LocalFeed:
    """The trace of this machine, read in this process.

    Whom to follow is written by a thread of its own, in order: the kernel answers such a write when all processors
    have heard of it, which takes tens of milliseconds; it counts at once.  All who wait for that are written together,
    or the last of a dozen targets that start at one moment would be followed half a second late.
    """

    where: Where = "server"

    def __init__(self, trace: Trace) -> None:
        files = ProcFiles()
        self._trace, self._watch = trace, Watch(files, Senders(files, trace.root))
        self._clerk = ThreadPoolExecutor(1, "kernel-trace")
        self._waiting: deque[int] = deque()  # pids that are still to be followed

    def expect(self, target: str, parent: int) -> None:
        self._watch.expect(target, parent)
        self._follow([parent])

    def know(self, target: str, seen: list[ProcessFacts]) -> bool:
        fresh = self._watch.know(target, seen)
        if fresh:
            self._follow(fresh)
        return bool(fresh)

    def _follow(self, pids: list[int]) -> None:
        self._waiting.extend(pids)
        self._clerk.submit(self._write)

    def _write(self) -> None:
        """In the clerk's thread.  What an earlier call has written along is not there any more."""
        pids = []
        while self._waiting:
            pids.append(self._waiting.popleft())
        if pids:
            self._trace.follow(pids)

    def forget(self, target: str) -> None:
        self._watch.forget(target)

    def rest(self) -> None:
        self._clerk.submit(self._trace.rest)

    async def next(self) -> None:
        if self._trace.waiting:
            await anyio.lowlevel.checkpoint()
        else:
            await anyio.wait_readable(self._trace)

    def take(self) -> tuple[list[Told], int]:
        clock_ns = time.time_ns() - time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        return self._watch.tell(self._trace.read()), clock_ns

    def close(self) -> None:
        """Takes the trace away; whatever was still to be written is not."""
        self._clerk.shutdown(cancel_futures=True)
        self._trace.close()
