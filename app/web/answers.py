"""Answers that are kept for a minute, each under the key that its request came with.

A client whose answer was lost asks again with the same key and gets that answer; what it asked for is done once.  One
that asks again while the first is still under way waits for the same answer.

There is room for so many keys of each person, and for so many people.  Where there is none the oldest key of that
person goes, or the person who was not heard of for longest: what comes again after that is taken for a new request.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

import anyio

KEPT_S = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """As it went over the wire."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


@dataclass(slots=True)
class Kept:
    """What one key stands for.  ``asked``: what was asked for with it, all of it, as a hash."""

    asked: bytes
    until_s: float = math.inf  # by the clock of ``Answers``; while it is under way it is kept
    _answer: Answer | None = None
    _done: anyio.Event = field(default_factory=anyio.Event)

    async def answer(self) -> Answer:
        """Waits for it, while the first request is under way."""
        await self._done.wait()
        assert self._answer is not None
        return self._answer

    def give(self, answer: Answer, until_s: float) -> None:
        self._answer, self.until_s = answer, until_s
        self._done.set()


class Answers:
    """``each``: keys of one person; ``people``: how many of them.  ``now_s``: a monotonic clock."""

    def __init__(self, each: int, people: int, now_s: Callable[[], float] = time.monotonic) -> None:
        self._each, self._people, self._now_s = each, people, now_s
        self._kept: OrderedDict[str, dict[str, Kept]] = OrderedDict()  # who was heard of last stands last

    def __len__(self) -> int:
        return sum(map(len, self._kept.values()))

    def of(self, who: str, key: str) -> Kept | None:
        """What this key of that person stands for; None: nothing, or not any more."""
        return self._of(who).get(key)

    def begin(self, who: str, key: str, asked: bytes) -> Kept:
        """A request that was not there before."""
        mine = self._of(who)
        while len(mine) >= self._each:
            del mine[next(iter(mine))]
        mine[key] = kept = Kept(asked)
        return kept

    def give(self, kept: Kept, answer: Answer) -> None:
        """To those who wait for it, and to those who ask within a minute."""
        kept.give(answer, self._now_s() + KEPT_S)

    def _of(self, who: str) -> dict[str, Kept]:
        """Those of one person whose time is not over."""
        now_s = self._now_s()
        fresh = {key: kept for key, kept in self._kept.pop(who, {}).items() if kept.until_s > now_s}
        self._kept[who] = fresh
        while len(self._kept) > self._people:
            self._kept.popitem(last=False)
        return fresh
