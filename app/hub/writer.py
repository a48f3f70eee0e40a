"""The journal's writer: one task that gathers what is recorded and commits it, and goes on when it cannot.

A commit that fails is tried again.  Where the file is the reason (a full disk, a lock) everything waits for it, and
whoever recorded something has its number and goes on; where one event is, it fails alone.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import anyio
from anyio import CapacityLimiter, to_thread

from app.errors import BadRequest, CannotStore, Ending
from app.events import AnyEvent, SourceBack, SourceLost, now
from app.folder.storage import in_words, is_of_the_file
from app.hub.waiting import Entry, Waiting
from app.journal import Journal, Stored

log = logging.getLogger("signal_lab")
PATIENCE_S = 2.5  # with a commit, before all who wait for it go on
COMMIT_RETRY_S = 0.5  # between two tries while the journal cannot be written
Published = Callable[[list[Entry], list[Stored]], None]


@dataclass(frozen=True, slots=True)
class Lost:
    """The journal cannot be written."""

    reason: str
    since: datetime


class Writer:
    """``published`` is called after each commit, ``changed`` when the journal was lost or is back."""

    def __init__(self, journal: Journal, published: Published, changed: Callable[[], None]) -> None:
        self._journal, self._published, self._changed = journal, published, changed
        self.lost: Lost | None = None
        self._waiting = Waiting()
        self._writing = 0  # events that are on their way
        self._wake = asyncio.Event()
        self._closed = self._runs = False
        self._limiter = CapacityLimiter(1)

    @property
    def well(self) -> bool:
        """It lives, and what is recorded is stored."""
        return self._runs and self.lost is None

    def put(self, event: AnyEvent) -> asyncio.Future[int]:
        """Give it its number and its place.  Raises BadRequest where it cannot be written at all."""
        if self._closed:
            raise Ending
        try:
            row = self._journal.row(event)
        except (ValueError, RecursionError) as error:
            raise BadRequest(f"this cannot be recorded: {event.kind} holds text that is no Unicode") from error
        entry = Entry(row, event, asyncio.get_running_loop().create_future())
        self._waiting.add(entry)
        if self.lost:
            entry.settle()
            self._waiting.shrink()
        self._wake.set()
        return entry.done

    def state(self) -> dict[str, Any]:
        """How the writer is.  ``waiting``: events that have no place yet; ``dropped``: that will never have one."""
        lost = self.lost
        if lost is None:
            return {
                "state": "ready" if self._runs else "ended",
                "reason": "",
                "since": None,
                "waiting": 0,
                "dropped": 0,
            }
        waiting = len(self._waiting) + self._writing
        told = {"reason": lost.reason, "since": lost.since.isoformat()}
        return {"state": "lost", **told, "waiting": waiting, "dropped": self._waiting.dropped}

    async def until_closed(self) -> None:
        """The writer: gathers, commits, publishes.  Ends when ``close`` was called and all is written, or cannot be."""
        self._runs = True
        try:
            await self._run()
        finally:
            self._runs, self._closed = False, True
            self._waiting.give_up()

    async def _run(self) -> None:
        while self._waiting or not self._closed:
            if not self._waiting:
                self._wake.clear()
                await self._wake.wait()
                continue
            batch = self._waiting.batch()
            self._writing = len(batch)
            left = batch
            try:
                left = await self._write(batch)
            finally:
                self._writing = 0
                self._waiting.put_back(left)
            if left:
                if self._closed:
                    log.error("%d events were not stored: %s", len(self._waiting), self.lost and self.lost.reason)
                    return
                await anyio.sleep(COMMIT_RETRY_S)
            elif self.lost and not self._waiting:
                self._find()

    async def _write(self, batch: list[Entry]) -> list[Entry]:
        """Store them together, else one by one; what cannot be stored now is given back."""
        try:
            await self._store(batch)
        except Exception as error:  # noqa: BLE001 (each is told below)
            if is_of_the_file(error):
                self._lose(error, batch)
                return batch
        else:
            return []
        for at, entry in enumerate(batch):
            try:
                await self._store([entry])
            except Exception as error:  # only this one is wrong, and only its caller need know
                if is_of_the_file(error):
                    self._lose(error, batch[at:])
                    return batch[at:]
                if not entry.fail(error):
                    log.exception("event %d (%s) cannot be stored", entry.row.id, entry.row.kind)
        return []

    async def _store(self, batch: list[Entry]) -> None:
        def impatient() -> None:
            self._lose(CannotStore("it takes too long"), batch)

        clock = asyncio.get_running_loop().call_later(PATIENCE_S, impatient)
        try:
            rows = [entry.row for entry in batch]
            stored = await to_thread.run_sync(self._journal.store, rows, limiter=self._limiter)
        finally:
            clock.cancel()
        self._published(batch, stored)

    def _lose(self, error: BaseException, batch: list[Entry]) -> None:
        """Nothing can be stored now.  All who wait go on."""
        reason = in_words(error.__cause__ or error)
        if self.lost is None or self.lost.reason != reason:
            since = self.lost.since if self.lost else now()
            first, self.lost = self.lost is None, Lost(reason, since)
            log.error("the journal cannot be written: %s; it is tried again", reason)
            if first:
                self.put(SourceLost(source="journal", reason=reason))
            self._changed()
        for entry in batch:
            entry.settle()
        self._waiting.settle_all()
        self._waiting.shrink()

    def _find(self) -> None:
        """All that waited is stored."""
        dropped, self._waiting.dropped, self.lost = self._waiting.dropped, 0, None
        log.warning("the journal can be written again; %d events were left out", dropped)
        self.put(SourceBack(source="journal", missing=dropped or None))
        self._changed()

    def close(self) -> None:
        """No more comes; what is there is still written, where that can be."""
        self._closed = True
        self._wake.set()
