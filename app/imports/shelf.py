"""Imported runs: recordings from somewhere else, apart from the journal: by their names nothing alive can be found.

A file of its own, ``imported.db``; all of an import is written in one commit.  Calls block; they are made in threads.
"""

from __future__ import annotations

import re
import threading
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from app.events import now
from app.folder.storage import open_file, translated
from app.imports.reading import imported_rows
from app.journal import Stored

SCHEMA = """
CREATE TABLE IF NOT EXISTS imports (number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS events (
    import INTEGER NOT NULL, id INTEGER NOT NULL, kind TEXT NOT NULL, own INTEGER NOT NULL, data TEXT NOT NULL,
    PRIMARY KEY (import, id)
) WITHOUT ROWID;
"""
NAME = re.compile(r"i([1-9][0-9]{0,17})")


def number_of(run: str) -> int | None:
    """3 for ``i3``; None: no name of an imported run."""
    found = NAME.fullmatch(run)
    return int(found[1]) if found else None


@dataclass(frozen=True, slots=True)
class Import:
    run: str
    at: str  # when it came here, RFC 3339


class Imported:
    """Opens or makes the file at ``path``.  The newest ``keep`` imports are kept; 0: all are."""

    def __init__(self, path: Path, keep: int) -> None:
        self._lock, self._keep = threading.Lock(), keep
        self._path = path
        self._db = open_file(path, SCHEMA, version=1)
        (self._number,) = self._db.execute("SELECT coalesce(max(number), 0) FROM imports").fetchone()
        if seen := self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'imports'").fetchone():
            self._number = max(self._number, seen[0])

    def take(self, file: bytes) -> tuple[str, int]:
        """Read a file and keep its run; gives its name here and its number of events.  Raises BadRequest, BadLine."""
        with self._lock, translated(self._path):
            number = self._number + 1
            rows = imported_rows(file, f"i{number}")
            values = [(number, row.id, row.kind, row.own, row.data) for row in rows]
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._db.execute("INSERT INTO imports VALUES (?, ?)", (number, now().isoformat()))
                self._db.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?)", values)
                old = "SELECT number FROM imports ORDER BY number DESC LIMIT -1 OFFSET ?"
                for (over,) in self._db.execute(old, (self._keep,)).fetchall() if self._keep else ():
                    self._delete(over)
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
            self._number = number
        return f"i{number}", len(rows)

    def kept(self) -> list[Import]:
        """Newest first."""
        with self._lock, translated(self._path):
            found = self._db.execute("SELECT number, at FROM imports ORDER BY number DESC").fetchall()
        return [Import(f"i{number}", at) for number, at in found]

    def read(
        self, run: str, kinds: frozenset[str] = frozenset(), after: int = -1, most_bytes: int = 2**62
    ) -> list[Stored]:
        """Its next events after number ``after``, in order; ``kinds``, when not empty, keeps only these.

        The last one is the first with which they come to ``most_bytes``.
        """
        query = "SELECT id, own, kind, data FROM events WHERE import = ? AND id > ?"
        if kinds:
            query += f" AND kind IN ({','.join('?' * len(kinds))})"
        values = (number_of(run), after, *sorted(kinds))
        found: list[Stored] = []
        size = 0
        with self._lock, translated(self._path), closing(self._db.execute(query + " ORDER BY id", values)) as rows:
            for id_, own, kind, data in rows:
                frame = f'data: {{"id":{id_},{data[1:]}\n\n'.encode()
                found.append(Stored(id_, run if own else None, kind, frame))
                size += len(frame)
                if size >= most_bytes:
                    break
        return found

    def last_id(self, run: str) -> int:
        """Number of its last event."""
        with self._lock, translated(self._path):
            found = self._db.execute("SELECT max(id) FROM events WHERE import = ?", (number_of(run),)).fetchone()
        return int(found[0])

    def forget(self, run: str) -> None:
        with self._lock, translated(self._path):
            self._db.execute("BEGIN IMMEDIATE")
            self._delete(number_of(run) or 0)
            self._db.execute("COMMIT")

    def _delete(self, number: int) -> None:
        self._db.execute("DELETE FROM events WHERE import = ?", (number,))
        self._db.execute("DELETE FROM imports WHERE number = ?", (number,))

    def close(self) -> None:
        with self._lock:
            self._db.close()
