"""Who has a connection open: browsers, not tabs, and the programs that read as the driver.

A page that moves to the next one is gone for a moment, so a change is told a moment later, and only if it is still one.

What the presenter looks at is kept here too: it is no fact of a run, so it is in no journal; it goes with the
heartbeat, at once when it changes, and who comes later hears it first of all.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

Role = Literal["driver", "viewer"]
TELL_AFTER_S = 0.5


@dataclass(frozen=True, slots=True)
class Focus:
    """What the presenter looks at.  ``at``: since when, by the server's clock; a later one goes before."""

    experiment: str | None
    run: str | None
    target: str | None
    row: str | None  # of the chosen process, as the page names rows
    present: bool  # presenter mode
    whole: bool  # of several targets: the chosen one's whole fall
    at: str


class Audience:
    """``told``: the number of viewers that was told last; ``changed`` is called after each change of it."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._open: Counter[tuple[Role, str]] = Counter()
        self._changed = changed
        self._due: asyncio.TimerHandle | None = None
        self.listener: Callable[[int], None] | None = None  # hears each number that is told
        self.told = 0
        self.evicted = 0  # how often all viewers were sent away
        self.focus: Focus | None = None  # nobody has presented yet

    @property
    def viewers(self) -> int:
        return sum(1 for role, _ in self._open if role == "viewer")

    @contextmanager
    def seat(self, role: Role, who: str) -> Iterator[None]:
        """For as long as a connection is open.  ``who``: the same for all connections of one browser."""
        self._open[role, who] += 1
        self._later()
        try:
            yield
        finally:
            self._open[role, who] -= 1
            if not self._open[role, who]:
                del self._open[role, who]
            self._later()

    def evict(self) -> None:
        """Viewers have to go: their link was revoked."""
        self.evicted += 1
        self._changed()

    def look_at(self, focus: Focus) -> None:
        """The presenter looks at something else."""
        self.focus = focus
        self._changed()

    def _later(self) -> None:
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(TELL_AFTER_S, self._tell)

    def _tell(self) -> None:
        self._due = None
        if self.viewers != self.told:
            self.told = self.viewers
            self._changed()
            if self.listener:
                self.listener(self.told)

    def close(self) -> None:
        if self._due:
            self._due.cancel()
