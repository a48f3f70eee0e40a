"""Record, store, show: the one place that every fact passes.

``record`` returns after the row is committed, and only then can a reader see the event; so ``kill -9`` loses nothing
that anyone saw.  While one commit is under way the next events gather, and go into the next commit together.

A reader is one screen's place in the journal: a number, not a queue.  It takes what lies after its place from the
newest few thousand events in memory, or from the journal when it is further behind.  So joining, replaying and
following are one and the same, nothing can be lost or seen twice, and a reader that does not read costs nothing: its
connection is dropped by the stream when it cannot be written to.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import anyio
from anyio import CapacityLimiter, to_thread

from app.errors import Ending
from app.events import AnyEvent
from app.hub.audience import Audience, Focus, Role
from app.journal import Journal, Stored

Listener = Callable[[int, AnyEvent], None]
IN_MEMORY = 4096  # events; a browser that reconnects within minutes never touches the disk
IN_MEMORY_BYTES = 16 * 2**20
BATCH = 500


class Reader:
    """One screen's place.  ``run`` and ``kinds`` say what it wants to see (empty: everything)."""

    def __init__(self, hub: Hub, after: int, role: Role, run: str | None, kinds: frozenset[str]) -> None:
        self._hub, self.place, self._run, self._kinds = hub, after, run, kinds
        self._role, self._evicted, self._viewers = role, hub.audience.evicted, hub.audience.told
        self._focus: Focus | None = None  # what it was told: it may have changed since the stream's first heartbeat

    def wants(self, event: Stored) -> bool:
        if self._run is not None and event.run not in (None, self._run):
            return False
        return not self._kinds or event.kind in self._kinds

    async def batch(self) -> list[Stored]:
        """What comes next, waits for it; none at all: the number of viewers is another, or what the presenter looks at.

        Raises Ending when there will be no more.
        """
        audience = self._hub.audience
        while True:
            news = self._hub.news
            if self._role == "viewer" and audience.evicted != self._evicted:
                raise Ending
            if audience.told != self._viewers or audience.focus is not self._focus:
                self._viewers, self._focus = audience.told, audience.focus
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
            skip = max(0, self.place + 1 - recent[0].id)  # numbers have no holes within one server's life
            found = [recent[i] for i in range(skip, min(len(recent), skip + BATCH))]
            self.place = found[-1].id
            return [event for event in found if self.wants(event)]
        found = await self._hub.read(after=self.place, run=self._run, kinds=self._kinds, limit=BATCH)
        self.place = found[-1].id if len(found) == BATCH else max(last, found[-1].id if found else 0)
        return found


class Hub:
    """Owns the journal's writer task.  Use as ``async with running_hub(journal) as hub``."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.recent: deque[Stored] = deque()
        self._recent_bytes = 0
        self.last_id = journal.last_id  # newest event that may be shown
        self.news = asyncio.Event()  # set and replaced at each publication
        self.closed = False
        self.audience = Audience(self._wake_readers)
        self._pending: list[tuple[AnyEvent, asyncio.Future[int]]] = []
        self._wake = asyncio.Event()
        self._limiter = CapacityLimiter(4)
        self._listeners: list[Listener] = []

    async def record(self, event: AnyEvent, /) -> int:
        """Store one event; gives its number once it is committed.  Order of calls is order of numbers."""
        if self.closed:
            raise Ending
        done: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._pending.append((event, done))
        self._wake.set()
        return await asyncio.shield(done)

    @contextmanager
    def listening(self, listener: Listener) -> Iterator[None]:
        """Call ``listener(number, event)`` after each commit, on the loop.  It must neither block nor raise."""
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)

    async def read(
        self, *, after: int = 0, run: str | None = None, kinds: frozenset[str] = frozenset(), limit: int = BATCH
    ) -> list[Stored]:
        return await to_thread.run_sync(
            lambda: self.journal.read(after=after, run=run, kinds=kinds, limit=limit), limiter=self._limiter
        )

    async def read_all(self, *, run: str | None = None, kinds: frozenset[str] = frozenset()) -> AsyncIterator[Stored]:
        """Everything that is stored now, in order."""
        after = 0
        while found := await self.read(after=after, run=run, kinds=kinds):
            for event in found:
                yield event
            after = found[-1].id

    async def forget(self, run: str) -> None:
        """Remove a run that has ended.  Who reads from further back reads the journal, where it is no more."""
        await to_thread.run_sync(self.journal.forget, run, limiter=self._limiter)
        self.recent.clear()
        self._recent_bytes = 0

    @asynccontextmanager
    async def join(
        self, *, after: int, role: Role, who: str = "", run: str | None = None, kinds: frozenset[str] = frozenset()
    ) -> AsyncIterator[Reader]:
        """A place in the journal for as long as the block is open."""
        with self.audience.seat(role, who):
            yield Reader(self, after, role, run, kinds)

    async def write_until_closed(self) -> None:
        """The writer: gathers, commits, publishes.  Ends when ``close`` was called and all is written."""
        while self._pending or not self.closed:
            if not self._pending:
                self._wake.clear()
                await self._wake.wait()
                continue
            batch, self._pending = self._pending, []
            events = [event for event, _ in batch]
            try:
                stored = await to_thread.run_sync(self.journal.append, events, limiter=self._limiter)
            except Exception as error:  # noqa: BLE001 (whoever recorded must hear it; the writer goes on)
                for _, done in batch:
                    done.set_exception(error)
                continue
            self._publish(stored)
            for (event, done), row in zip(batch, stored, strict=True):
                done.set_result(row.id)
                for listener in self._listeners:
                    listener(row.id, event)

    def _publish(self, stored: list[Stored]) -> None:
        self.recent.extend(stored)
        self._recent_bytes += sum(len(event.frame) for event in stored)
        while len(self.recent) > IN_MEMORY or self._recent_bytes > IN_MEMORY_BYTES:
            self._recent_bytes -= len(self.recent.popleft().frame)
        self.last_id = stored[-1].id
        self._wake_readers()

    def _wake_readers(self) -> None:
        news, self.news = self.news, asyncio.Event()
        news.set()

    def close(self) -> None:
        """No more events; readers come to their end after they have seen all."""
        self.closed = True
        self.audience.close()
        self._wake.set()
        self.news.set()


@asynccontextmanager
async def running_hub(journal: Journal) -> AsyncIterator[Hub]:
    """The hub with its writer.  On leaving, what was recorded is stored and readers have ended."""
    hub = Hub(journal)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(hub.write_until_closed)
        try:
            yield hub
        finally:
            hub.close()
