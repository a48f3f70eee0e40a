"""Writes to the trace whom to follow, in a thread of its own.

The kernel answers such a write when all processors have heard of it, which takes tens of milliseconds; it counts at
once.  All who wait for that are written together, or the last of a dozen targets that start at one moment would be
followed half a second late.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor

from app.probe.trace import Trace


class TraceFilterWriter:
    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._thread = ThreadPoolExecutor(1, "kernel-trace")
        self._waiting: deque[int] = deque()  # pids that are still to be followed

    def follow(self, pids: Iterable[int]) -> None:
        """These and what they start from now on, soon."""
        self._waiting.extend(pids)
        if self._waiting:
            self._thread.submit(self._write)

    def _write(self) -> None:
        """What an earlier call has written along is not there any more."""
        pids = []
        while self._waiting:
            pids.append(self._waiting.popleft())
        if pids:
            self._trace.follow(pids)

    def pause(self) -> None:
        """The trace follows nobody, soon."""
        self._thread.submit(self._trace.pause)

    def then(self, do: Callable[[], None]) -> Future[None]:
        """Do this, in the writer's thread, when all that was asked so far is written."""
        return self._thread.submit(do)

    def close(self) -> None:
        """Whatever was still to be written is not."""
        self._thread.shutdown(cancel_futures=True)
