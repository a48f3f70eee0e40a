"""Record, store, show: the one place that every fact passes.

``record`` returns after the row is committed, and only then can a reader see the event; so ``kill -9`` loses nothing
that anyone saw.  While one commit is under way the next events gather, and go into the next commit together.

While the journal cannot be written (the disk is full, somebody holds it locked) nothing is shown, and nothing else
stops: events wait in bounded memory (``waiting.py``), whoever records them goes on with their numbers, readers are told
by a notice that has none, and it is tried again.  An event that alone cannot be written fails its own caller.

Who writes is in ``writer.py``, who reads in ``reader.py``.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TypeVar

import anyio
from anyio import CapacityLimiter, to_thread

from app.errors import Ending
from app.events import AnyEvent
from app.hub.audience import Audience, Role
from app.hub.reader import BATCH, BATCH_BYTES, Reader
from app.hub.waiting import Entry
from app.hub.writer import Lost, Writer
from app.journal import Journal, Stored

log = logging.getLogger("signal_lab")
T = TypeVar("T")
Listener = Callable[[int, AnyEvent], None]
IN_MEMORY = 4096  # events; a browser that reconnects within minutes never touches the disk
IN_MEMORY_BYTES = 16 * 2**20


class Hub:
    """Owns the journal's writer task.  Use as ``async with running_hub(journal) as hub``."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.recent: deque[Stored] = deque()
        self._recent_bytes = 0
        self.last_id = journal.last_id  # newest event that may be shown
        self.news = asyncio.Event()  # set and replaced at each publication
        self.closed = False
        self.forgotten = 0  # how often something was
        self.audience = Audience(self._wake_readers)
        self.writer = Writer(journal, self._publish, self._wake_readers)
        self._limiter = CapacityLimiter(4)
        self._listeners: list[Listener] = []

    async def record(self, event: AnyEvent, /) -> int:
        """Store one event; gives its number once it is committed.  Order of calls is order of numbers.

        While the journal cannot be written the number is given at once.  Raises BadRequest where the event cannot be
        written at all, Ending when there will be no more.
        """
        if self.closed:
            raise Ending
        done = self.writer.put(event)
        if self.writer.lost:
            await asyncio.sleep(0)  # who records without end must not keep the others from their turn
        return await asyncio.shield(done)

    @property
    def lost(self) -> Lost | None:
        """Why nothing can be stored now; None while all is well."""
        return self.writer.lost

    async def ask(self, question: Callable[[], T]) -> T:
        """Something of the journal, in a thread: whoever holds it locked must not hold everybody up.

        Raises CannotStore.
        """
        return await to_thread.run_sync(question, limiter=self._limiter)

    @contextmanager
    def listening(self, listener: Listener) -> Iterator[None]:
        """Call ``listener(number, event)`` after each commit, on the loop.  It must not block."""
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)

    async def read(
        self, *, after: int = 0, run: str | None = None, kinds: frozenset[str] = frozenset(), limit: int = BATCH
    ) -> list[Stored]:
        """The next stored ones, as many as go together (``is_full``: there may be more)."""
        return await to_thread.run_sync(
            lambda: self.journal.read(after=after, run=run, kinds=kinds, limit=limit, most_bytes=BATCH_BYTES),
            limiter=self._limiter,
        )

    async def read_all(self, *, run: str | None = None, kinds: frozenset[str] = frozenset()) -> AsyncIterator[Stored]:
        """Everything that is stored now, in order."""
        after = 0
        while found := await self.read(after=after, run=run, kinds=kinds):
            for event in found:
                yield event
            after = found[-1].id

    async def has_run(self, run: str) -> bool:
        """Whether it is kept, and not only something that outlives it."""
        return bool(await self.read(after=0, run=run, kinds=frozenset({"run_created"})))

    async def forget(self, run: str) -> None:
        """Remove a run that has ended.  Who reads from further back reads the journal, where it is no more."""
        await self.ask(lambda: self.journal.forget(run))
        self.forgotten += 1
        self.recent.clear()
        self._recent_bytes = 0

    @asynccontextmanager
    async def join(
        self, *, after: int, role: Role, who: str = "", run: str | None = None, kinds: frozenset[str] = frozenset()
    ) -> AsyncIterator[Reader]:
        """A place in the journal for as long as the block is open."""
        with self.audience.seat(role, who):
            yield Reader(self, after, role, run, kinds)

    def _publish(self, batch: list[Entry], stored: list[Stored]) -> None:
        self.recent.extend(stored)
        self._recent_bytes += sum(len(event.frame) for event in stored)
        while len(self.recent) > IN_MEMORY or self._recent_bytes > IN_MEMORY_BYTES:
            self._recent_bytes -= len(self.recent.popleft().frame)
        self.last_id = stored[-1].id
        self._wake_readers()
        for entry in batch:
            entry.settle()
            for listener in self._listeners:
                try:
                    listener(entry.row.id, entry.event)
                except Exception:  # a defect of one that listens is no concern of the others
                    log.exception("defect of a listener at event %d", entry.row.id)

    def _wake_readers(self) -> None:
        news, self.news = self.news, asyncio.Event()
        news.set()

    def close(self) -> None:
        """No more events; readers come to their end after they have seen all."""
        self.closed = True
        self.audience.close()
        self.writer.close()
        self.news.set()


@asynccontextmanager
async def running_hub(journal: Journal) -> AsyncIterator[Hub]:
    """The hub with its writer.  On leaving, what was recorded is stored and readers have ended."""
    hub = Hub(journal)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(hub.writer.until_closed)
        try:
            yield hub
        finally:
            hub.close()
