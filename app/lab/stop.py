"""One stop of one target as an object: it is there from before its first record until after its last.

So whoever ends the run can wait for it, and nothing of it can be recorded after the run's own end.  How it is carried
out is in ``stops.py``.
"""

from __future__ import annotations

from datetime import datetime

import anyio

from app.errors import Ending
from app.signals import Signal


class StopUnderWay:
    """A stop with ``signal`` and SIGKILL after ``timeout_s`` (−1: never)."""

    def __init__(self, signal: Signal, timeout_s: int) -> None:
        self.signal, self.timeout_s = signal, timeout_s
        self.deadline: datetime | None = None  # when SIGKILL is due; None: never, or it is not recorded yet
        self.waiting = anyio.CancelScope()  # for the target's end
        self._request: int | None = None
        self._refused: Exception | None = None
        self._answered, self._over = anyio.Event(), anyio.Event()

    async def requested(self) -> int:
        """Number of its ``stop_requested``, once that is recorded.  Raises what it was refused for."""
        await self._answered.wait()
        if self._request is None:
            raise self._refused or Ending()
        return self._request

    async def ended(self) -> None:
        """Returns when its last event is recorded, or it was refused."""
        await self._over.wait()

    def give_up(self) -> None:
        """Wait no longer for the target: its end is recorded as one that nobody saw."""
        self.waiting.cancel()

    # For the job that carries it out.

    def was_recorded(self, request: int) -> None:
        """As the event of that number."""
        self._request = request
        self._answered.set()

    def was_refused(self, why: Exception) -> None:
        """Nothing is recorded; whoever asked is told why."""
        self._refused = why
        self._answered.set()

    def end(self) -> None:
        """Nothing more of it will be recorded."""
        self._answered.set()
        self._over.set()
