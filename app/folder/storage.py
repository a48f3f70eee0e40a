"""SQLite files of the data folder: private, of a known version, set aside where damaged; errors in clear words.

Leaf module but for ``errors``.  A file that is damaged is never written to again: it is renamed, and the start ends
with its new name; the next start begins a new one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from app.errors import CannotStore, DataFolder

Connection = sqlite3.Connection
Mend = Callable[[sqlite3.Connection], None]
PRIVATE = 0o600
CHECKED_BYTES = 64 * 2**20  # 0.1 s: a larger file is read through while the lab runs, see `checking.py`
_BESIDE = ("", "-wal", "-shm")
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_WORDS = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_BUSY: "another program holds it locked",
    sqlite3.SQLITE_LOCKED: "another program holds it locked",
    sqlite3.SQLITE_READONLY: "it may not be written",
    sqlite3.SQLITE_PERM: "it may not be opened",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened",
    sqlite3.SQLITE_IOERR: "the disk has an error",
    sqlite3.SQLITE_CORRUPT: "it is damaged",
    sqlite3.SQLITE_NOTADB: "it is no database",
}
_CLOSED = "Cannot operate on a closed database."  # has no code of its own
# Of these the file is the reason, and not what was to be written.
_OF_THE_FILE = frozenset({*_WORDS, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_INTERRUPT})


def _code(error: BaseException) -> int:
    return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF


def is_of_the_file(error: BaseException) -> bool:
    """Whether nothing at all can be written now; else only what was to be written is wrong."""
    return isinstance(error, OSError | CannotStore) or _code(error) in _OF_THE_FILE


def in_words(error: BaseException) -> str:
    """``the disk is full``: why it cannot be read or written."""
    return _WORDS.get(_code(error)) or str(error) or type(error).__name__


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """SQLite's errors as CannotStore, for whoever asks while the lab runs."""
    try:
        yield
    except sqlite3.ProgrammingError as error:
        if str(error) != _CLOSED:
            raise
        raise CannotStore(f"{path.name} is closed: the lab is ending", hint="Ask again when it has started.") from error
    except (sqlite3.OperationalError, sqlite3.DatabaseError) as error:
        if not is_of_the_file(error):
            raise
        raise CannotStore(f"{path.name} cannot be used now: {in_words(error)}") from error


def connect(path: Path, wait_s: float = 5.0) -> sqlite3.Connection:
    """For several threads, each statement a transaction unless one is begun.  ``wait_s``: for who holds it locked."""
    return sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=wait_s)


def open_file(
    path: Path,
    schema: str,
    *,
    version: int,
    wait_s: float = 5.0,
    mend: Callable[[sqlite3.Connection], None] | None = None,
) -> sqlite3.Connection:
    """Open or make the file, readable by this user only.

    Args:
        schema: makes what is not there; a file of an older version has run through it, too.
        version: that this lab writes; kept in ``user_version`` (0: before there were versions).
        mend: what else an older version's file needs, in the same transaction.

    Raises:
        DataFolder: it may not be used, a newer lab wrote it, or it is damaged; that one has another name then.
    """
    try:
        return _opened(path, schema, version, wait_s, mend)
    except sqlite3.DatabaseError as error:
        if _code(error) in _DAMAGED:
            raise set_aside(path, in_words(error)) from error
        raise DataFolder(f"{path}: {in_words(error)}") from error
    except OSError as error:
        raise DataFolder(f"{path}: {error.strerror}") from error


def _opened(path: Path, schema: str, version: int, wait_s: float, mend: Mend | None) -> sqlite3.Connection:
    if path.is_dir():
        raise DataFolder(f"{path}: it is a folder, and no file")
    path.touch(PRIVATE, exist_ok=True)
    make_private(path)
    database = connect(path, wait_s)
    try:
        (found,) = database.execute("PRAGMA user_version").fetchone()
        if found > version:
            raise DataFolder(
                f"{path}: a newer lab wrote it (version {found}; this one knows {version})",
                hint="Start that lab, or give this one a folder of its own with --data.",
            )
        if path.stat().st_size <= CHECKED_BYTES and not _is_well(database):
            raise set_aside(path, "it is damaged")
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=NORMAL")
        database.executescript(schema)
        if found < version:
            database.execute("BEGIN IMMEDIATE")
            if mend:
                mend(database)
            database.execute(f"PRAGMA user_version = {version}")
            database.execute("COMMIT")
    except BaseException:
        database.close()
        raise
    make_private(path)
    return database


def read_through(path: Path) -> None:
    """All of a file that is in use, by a connection of its own: about 2 s for each GiB.

    Raises DataFolder: it is damaged, and has another name now; whoever has it open writes into that one.
    """
    with closing(connect(path)) as database:
        try:
            well = _is_well(database)
        except sqlite3.DatabaseError as error:
            if _code(error) not in _DAMAGED:
                raise DataFolder(f"{path}: {in_words(error)}") from error
            well = False
    if not well:
        raise set_aside(path, "it is damaged")


def _is_well(database: sqlite3.Connection) -> bool:
    (said,) = database.execute("PRAGMA quick_check(1)").fetchone()
    return bool(said == "ok")


def make_private(path: Path) -> None:
    """Also a file that was there before, and what SQLite keeps beside it."""
    for beside in _BESIDE:
        with suppress(FileNotFoundError):
            file = path.with_name(path.name + beside)
            if file.stat().st_mode & 0o777 != PRIVATE:
                file.chmod(PRIVATE)


def set_aside(path: Path, why: str) -> DataFolder:
    """Give it another name, so that nothing is ever written over it; the error that tells which."""
    number = 1
    while (kept := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    for beside in reversed(_BESIDE):  # the file itself last: until then the next start finds it damaged again
        with suppress(FileNotFoundError):
            path.with_name(path.name + beside).rename(kept.with_name(kept.name + beside))
    return DataFolder(
        f"{path}: {why}; it is kept as {kept.name}",
        hint="Start again: a new one is begun. `sqlite3 FILE .recover` reads what is left of the old one.",
    )
