"""Records for which the trace had no room: one gap, from the first that is missing until it has had room for a while.

A program that signals itself without end overruns the buffer some hundred times a second.
"""

from __future__ import annotations

import time

from app.events import AnyEvent, SourceBack, SourceLost

QUIET_S = 0.5


class Overflow:
    def __init__(self) -> None:
        self._missing = 0  # at least
        self._missed_at: float | None = None  # last; None: there is no gap

    def missed(self, count: int) -> list[AnyEvent]:
        """``count`` records are missing; −1 is some.  Only the first says so."""
        first = self._missed_at is None
        self._missed_at = time.monotonic()
        self._missing += max(count, 0)
        reason = "more happens than its buffer holds, and some of it is missing"
        return [SourceLost(source="kernel", author="kernel", reason=reason)] if first else []

    @property
    def due_s(self) -> float | None:
        """When to ask whether it is over; None: there is no gap."""
        return None if self._missed_at is None else max(0.0, self._missed_at + QUIET_S - time.monotonic())

    def over(self) -> list[AnyEvent]:
        """The end of the gap, once; [] while there is none, or it may go on."""
        if self.due_s != 0.0:
            return []
        return self.end()

    def end(self) -> list[AnyEvent]:
        """As ``over``, without waiting whether it goes on."""
        if self._missed_at is None:
            return []
        missing = self._missing or None
        self._missing, self._missed_at = 0, None
        return [SourceBack(source="kernel", author="kernel", missing=missing)]
