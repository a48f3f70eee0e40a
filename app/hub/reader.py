"""One screen's place in the journal: a number, not a queue.

It takes what lies after its place from the newest few thousand events in memory, or from the journal when it is further
behind.  So joining, replaying and following are one and the same, nothing can be lost or seen twice, and a reader that
does not read costs nothing: its connection is dropped by the stream when it cannot be written to.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from app.errors import Ending
from app.hub.audience import Focus, Role
from app.journal import Stored

if TYPE_CHECKING:
    from app.hub import Hub

BATCH, BATCH_BYTES = 500, 128 * 2**10  # a reader takes no more at a time: what does not read holds that much


class Reader:
    """One screen's place.  ``run`` and ``kinds`` say what it wants to see (empty: everything)."""

    def __init__(self, hub: Hub, after: int, role: Role, run: str | None, kinds: frozenset[str]) -> None:
        self._hub, self.place, self._run, self._kinds = hub, after, run, kinds
        self._role, self._evicted, self._viewers = role, hub.audience.evicted, hub.audience.told
        self._focus: Focus | None = None  # what it was told: it may have changed since the stream's first heartbeat
        self.lost = hub.lost  # that was told

    def wants(self, event: Stored) -> bool:
        if self._run is not None and event.run not in (None, self._run):
            return False
        return not self._kinds or event.kind in self._kinds

    async def batch(self) -> list[Stored]:
        """What comes next, waits for it; none at all: the number of viewers is another, or what the presenter looks at,
        or whether the journal can be written.

        Raises Ending when there will be no more.
        """
        audience = self._hub.audience
        while True:
            news = self._hub.news
            if self._role == "viewer" and audience.evicted != self._evicted:
                raise Ending
            told = audience.told, audience.focus, self._hub.lost
            if told != (self._viewers, self._focus, self.lost):
                self._viewers, self._focus, self.lost = told
                return []
            if self.place < self._hub.last_id:
                if found := await self._take():
                    return found
                continue
            if self._hub.closed:
                raise Ending
            await news.wait()

    async def _take(self) -> list[Stored]:
        last, recent = self._hub.last_id, self._hub.recent
        if recent and recent[0].id <= self.place + 1:
            skip = min(max(0, self.place + 1 - recent[0].id), len(recent) - 1)
            while skip and recent[skip - 1].id > self.place:  # what was never stored left a hole
                skip -= 1
            found, size = [], 0
            for event in islice(recent, skip, skip + BATCH):
                self.place = event.id
                if self.wants(event):
                    found.append(event)
                    size += len(event.frame)
                    if size >= BATCH_BYTES:
                        break
            return found
        found = await self._hub.read(after=self.place, run=self._run, kinds=self._kinds)
        self.place = found[-1].id if is_full(found) else max(last, found[-1].id if found else 0)
        return found


def is_full(found: list[Stored], limit: int = BATCH) -> bool:
    """Whether there may be more after what was read together."""
    return len(found) >= limit or sum(len(event.frame) for event in found) >= BATCH_BYTES
