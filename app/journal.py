"""The append-only list of events, in SQLite.

Row id n *is* the event's number, its SSE id and the browser's replay guard, so rows are never changed and numbers are
never used twice (AUTOINCREMENT); old runs are forgotten as a whole.  ``id`` names this list of numbers: a reader who
resumes with numbers of another journal is told to forget what it has.  WAL with synchronous=NORMAL loses nothing to
``kill -9`` of the server.

A number is given when an event is recorded (``row``), in that order, and stored with it later; so whoever refers to an
event need not wait until the disk has it.  What is never stored leaves a hole.

Calls block; the hub makes them in threads.  One connection writes, another reads, each behind its own lock.  SQLite's
errors come out as CannotStore where the file is the reason.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.errors import Ending
from app.events import AnyEvent, from_dict, to_json
from app.folder.storage import Connection, connect, open_file, translated

VERSION = 1  # of the schema: raised with every change that an older lab would not understand
WAIT_S = 2.0  # for a program that holds the journal locked; whoever records waits no longer than that, too
SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS run_numbers (number INTEGER PRIMARY KEY AUTOINCREMENT);
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run TEXT,
    kind TEXT NOT NULL,
    data TEXT NOT NULL
);
DROP TABLE IF EXISTS open_runs;
CREATE INDEX IF NOT EXISTS events_by_run ON events (run, id);
CREATE INDEX IF NOT EXISTS events_by_kind ON events (kind, id);
"""
# What the newest rehearsal of each image showed; of the newest thousand images.
SHOWN = """
SELECT max(id) FROM events WHERE kind = 'rehearsed' AND json_extract(data, '$.image') IS NOT NULL
GROUP BY json_extract(data, '$.image') ORDER BY max(id) DESC LIMIT 1000
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """One event as readers get it: ``frame`` is a whole server-sent event, encoded once for all of them."""

    id: int
    run: str | None
    kind: str
    frame: bytes

    @property
    def json(self) -> bytes:
        """The event with its ``id``, as JSON on one line."""
        return self.frame[self.frame.index(b"{") : -2]


@dataclass(frozen=True, slots=True)
class Row:
    """One event that has its number, and is not stored yet."""

    id: int
    run: str | None
    kind: str
    data: str


def event_of(stored: Stored) -> AnyEvent:
    """The event as it was recorded.  Raises KeyError, ValidationError: a newer lab may have written it."""
    data = json.loads(stored.json)
    del data["id"]
    return from_dict(stored.kind, data)


class Journal:
    """Opens or makes the file at ``path``; its folder must exist."""

    def __init__(self, path: Path) -> None:
        self._write_lock, self._read_lock = threading.Lock(), threading.Lock()
        self._closed = False
        self.path = path
        self._writer = open_file(path, SCHEMA, version=VERSION, wait_s=WAIT_S)
        self._writer.execute("INSERT OR IGNORE INTO meta VALUES ('id', ?)", (uuid.uuid4().hex[:12],))
        self._reader = connect(path)
        (self.id,) = self._reader.execute("SELECT value FROM meta WHERE key = 'id'").fetchone()
        (self._last_id,) = self._reader.execute("SELECT coalesce(max(id), 0) FROM events").fetchone()
        used = self._reader.execute("SELECT seq FROM sqlite_sequence WHERE name = 'events'").fetchone()
        self._given = max(self._last_id, used[0] if used else 0)  # numbers of what was forgotten are not used again

    @property
    def last_id(self) -> int:
        """Number of the newest committed event; 0 for none."""
        return int(self._last_id)

    def row(self, event: AnyEvent) -> Row:
        """Give it its number.  Raises ValueError where it cannot be written as JSON: half of a surrogate pair."""
        data = to_json(event)
        self._given += 1
        return Row(self._given, event.run, event.kind, data)

    def append(self, events: Sequence[AnyEvent]) -> list[Stored]:
        """Store all in one commit, in order, and give them their numbers."""
        return self.store([self.row(event) for event in events])

    def store(self, rows: Sequence[Row]) -> list[Stored]:
        """All in one commit.  Raises CannotStore where nothing can be written now; else one of these cannot."""
        stored = [self._stored(row.id, row.run, row.kind, row.data) for row in rows]
        with self._open(self._write_lock):
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                insert = "INSERT INTO events (id, run, kind, data) VALUES (?, ?, ?, ?)"
                self._writer.executemany(insert, [(row.id, row.run, row.kind, row.data) for row in rows])
                self._writer.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise
            self._last_id = stored[-1].id if stored else self._last_id
        return stored

    def _roll_back(self) -> None:
        if self._writer.in_transaction:  # a full disk may have ended it
            self._writer.execute("ROLLBACK")

    def read(
        self,
        *,
        after: int = 0,
        run: str | None = None,
        kinds: frozenset[str] = frozenset(),
        limit: int = 500,
        most_bytes: int = 2**62,
    ) -> list[Stored]:
        """The next events after number ``after``, oldest first.

        ``run`` keeps that run's events and those of no run; ``kinds``, when not empty, keeps only these.  The last one
        is the first with which they come to ``most_bytes``.
        """
        only = ""
        parameters: list[object] = [after, run, limit]
        if kinds:
            only = f" AND kind IN ({','.join(f'?{number}' for number in range(4, 4 + len(kinds)))})"
            parameters.extend(sorted(kinds))
        each = f"SELECT id, run, kind, data FROM events WHERE id > ?1{only}"  # noqa: S608 (only marks are put in)
        if run is not None:  # two walks along an index that are merged; with OR all of a run is sorted each time
            each = f"{each} AND run = ?2 UNION ALL {each} AND run IS NULL"
        query = f"{each} ORDER BY id LIMIT ?3"
        found: list[Stored] = []
        size = 0
        with self._open(self._read_lock), closing(self._reader.execute(query, parameters)) as rows:
            for row in rows:
                found.append(self._stored(*row))
                size += len(found[-1].frame)
                if size >= most_bytes:
                    break
        return found

    def _stored(self, number: int, run: str | None, kind: str, data: str) -> Stored:
        return Stored(number, run, kind, f'id: {self.id}.{number}\ndata: {{"id":{number},{data[1:]}\n\n'.encode())

    def last_of_run(self, run: str) -> int:
        """Number of the newest event of ``run``; 0 for none."""
        with self._open(self._read_lock):
            (last,) = self._reader.execute("SELECT coalesce(max(id), 0) FROM events WHERE run = ?", (run,)).fetchone()
        return int(last)

    def next_run_number(self) -> int:
        """1, 2, 3 … never the same twice, also after a restart."""
        with self._open(self._write_lock):
            return int(self._writer.execute("INSERT INTO run_numbers DEFAULT VALUES").lastrowid or 0)

    def beyond(self, count: int) -> list[str]:
        """The runs that have ended and are not among the newest ``count``, the newest first."""
        with self._open(self._read_lock):
            return self._beyond(self._reader, count)[0]

    def _beyond(self, db: Connection, count: int) -> tuple[list[str], int]:
        """And the number of the oldest ``run_created`` that stays."""
        created = db.execute("SELECT run, id FROM events WHERE kind = 'run_created' ORDER BY id DESC").fetchall()
        over = {run for (run,) in db.execute("SELECT run FROM events WHERE kind = 'run_finished'")}
        gone = [run for at, (run, _) in enumerate(created) if at >= count and run in over]
        return gone, min((number for run, number in created if run not in gone), default=2**62)

    def forget_all_but(self, count: int) -> int:
        """Keep the newest ``count`` runs, and those that have not ended; gives how many others were forgotten.

        What belongs to no run goes with the runs of its time.  Two things are asked for as long as what they are about
        is the same, and stay: what was tried on a kernel, and what the newest rehearsal of an image showed.
        """
        with self._open(self._write_lock):
            gone, oldest = self._beyond(self._writer, count)
            if not gone:
                return 0
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                self._writer.executemany(
                    f"DELETE FROM events WHERE run = ? AND id NOT IN ({SHOWN})",  # noqa: S608 (nothing is put in)
                    [(run,) for run in gone],
                )
                self._writer.execute(
                    f"DELETE FROM events WHERE kind = 'rehearsed' AND id NOT IN ({SHOWN}) AND run NOT IN "  # noqa: S608
                    "(SELECT run FROM events WHERE kind = 'run_created')"
                )
                self._writer.execute(
                    "DELETE FROM events WHERE run IS NULL AND kind != 'kernel_trial' AND id < ?", (oldest,)
                )
                self._writer.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise
        return len(gone)

    def compact(self) -> None:
        """Give the disk back what was forgotten; takes its time, and nobody else may have the file open."""
        with self._open(self._write_lock):
            self._writer.execute("VACUUM")

    def forget(self, run: str) -> None:
        """All events of one run, for good.  Its numbers are not used again."""
        with self._open(self._write_lock):
            self._writer.execute("DELETE FROM events WHERE run = ?", (run,))

    @contextmanager
    def _open(self, lock: threading.Lock) -> Iterator[None]:
        """Holds it.  Raises CannotStore, and Ending when it is closed: a page may ask while the server ends."""
        with lock:
            if self._closed:
                raise Ending
            with translated(self.path):
                yield

    def close(self) -> None:
        with self._write_lock, self._read_lock:
            self._closed = True
            self._reader.close()
            self._writer.close()
