"""What a process called itself, and when.

A record of the trace is read a moment after it was made, on a busy machine a second; by then its process may have
become another program: systemd that ends its services, and then becomes ``systemd-shutdown``.  So its names are kept
with their times, from fork, from each change that the kernel tells, and from looks at /proc.
"""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, field

KEPT = 8
ALWAYS = -1
LOOK_NS = 10_000_000  # a look has its time right after it read the name; within this it may be of before


@dataclass(slots=True)
class Names:
    """Of one process.  Times in ns of CLOCK_MONOTONIC; they may come in any order."""

    _since: list[tuple[int, str, bool]] = field(default_factory=list)  # True: the kernel told of the change

    def seen(self, at_ns: int, name: str) -> None:
        """It had this name when it was looked at, or a moment before that."""
        just_told = any(told and at_ns - LOOK_NS <= since <= at_ns for since, _, told in self._since)
        if not just_told and (not self._since or self.at(at_ns) != name):
            self._add(at_ns, name, told=False)

    def renamed(self, at_ns: int, was: str, name: str) -> None:
        """It changed its name."""
        self._since = [each for each in self._since if each[2] or not at_ns <= each[0] <= at_ns + LOOK_NS]
        if not self._since or at_ns < self._since[0][0]:
            self._add(ALWAYS, was, told=False)
        self._add(at_ns, name, told=True)

    def at(self, at_ns: int) -> str:
        """Before the first that is known it had that one, too, as far as anybody knows; "" where there is none."""
        before = [name for since, name, _ in self._since if since <= at_ns]
        return before[-1] if before else self._since[0][1] if self._since else ""

    def _add(self, at_ns: int, name: str, *, told: bool) -> None:
        insort(self._since, (at_ns, name, told), key=lambda each: each[0])
        del self._since[:-KEPT]
