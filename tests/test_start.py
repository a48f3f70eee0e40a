"""What is in the data folder: opened if it can be, else named in one line; nothing is ever written over."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from app.errors import DataFolder, leaves
from app.folder import checking, storage
from app.hub import running_hub
from app.imports.shelf import Imported
from app.journal import VERSION, Journal, event_of
from app.web.access import Access
from tests.support import LabUnderTest, Person, kind, running_lab

LAB = str(Path(sys.executable).parent / "signal-lab")
KEPT = sorted((Path(__file__).parent / "kept").glob("journal-*.sql"))
GARBAGE = b"this is no database, whatever its name says\n" * 300
OPENS: dict[str, Callable[[Path], object]] = {
    "journal.db": lambda data: Journal(data / "journal.db"),
    "imported.db": lambda data: Imported(data / "imported.db", 10),
    "access.db": lambda data: Access(data, "a token"),
}


def restored(kept: Path, to: Path) -> Path:
    database = sqlite3.connect(to)
    database.executescript(kept.read_text())
    database.close()
    return to


@pytest.mark.parametrize("name", OPENS)
def test_what_is_damaged_is_set_aside_and_named(tmp_path: Path, name: str) -> None:
    for number in (1, 2):
        (tmp_path / name).write_bytes(GARBAGE)
        with pytest.raises(DataFolder, match=f"{name}: it is no database; it is kept as {name}.damaged-{number}"):
            OPENS[name](tmp_path)
        assert (tmp_path / f"{name}.damaged-{number}").read_bytes() == GARBAGE
        assert not (tmp_path / name).exists()
    OPENS[name](tmp_path)


def test_so_is_a_journal_of_which_a_page_is_damaged(tmp_path: Path) -> None:
    path = restored(KEPT[0], tmp_path / "journal.db")
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(2048))
    before = path.read_bytes()
    with pytest.raises(DataFolder, match=r"damaged; it is kept as journal\.db\.damaged-1|malformed|kept as"):
        Journal(path)
    assert (tmp_path / "journal.db.damaged-1").read_bytes() == before


@pytest.mark.anyio
async def test_what_a_start_has_no_time_for_is_found_while_the_lab_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large journal: it is set aside then, with the reason, and not written on for ever."""
    monkeypatch.setattr(storage, "CHECKED_BYTES", 0)
    path = restored(KEPT[0], tmp_path / "journal.db")
    Journal(path).close()
    async with checking.checking(path):
        await anyio.lowlevel.checkpoint()
    storage.read_through(path)
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(2048))
    before = path.read_bytes()
    with pytest.raises(ExceptionGroup) as found:
        async with checking.checking(path):
            await anyio.sleep_forever()
    assert "it is kept as journal.db.damaged-1" in str(leaves(found.value)[0])
    assert (tmp_path / "journal.db.damaged-1").read_bytes() == before


def test_so_are_a_journal_that_was_cut_and_one_that_is_a_folder(tmp_path: Path) -> None:
    path = restored(KEPT[0], tmp_path / "journal.db")
    os.truncate(path, 5000)
    with pytest.raises(DataFolder, match=r"it is kept as journal\.db\.damaged-1"):
        Journal(path)
    path.mkdir()
    with pytest.raises(DataFolder, match="it is a folder, and no file"):
        Journal(path)


def test_a_newer_labs_journal_is_left_as_it_is(tmp_path: Path) -> None:
    path = restored(KEPT[0], tmp_path / "journal.db")
    newer = sqlite3.connect(path)
    newer.execute(f"PRAGMA user_version = {VERSION + 1}")
    newer.close()
    before = path.read_bytes()
    with pytest.raises(DataFolder, match=f"a newer lab wrote it .version {VERSION + 1}; this one knows {VERSION}"):
        Journal(path)
    assert path.read_bytes() == before


@pytest.mark.anyio
@pytest.mark.parametrize("kept", KEPT, ids=lambda path: path.stem)
async def test_journals_of_older_labs_are_opened(tmp_path: Path, kept: Path) -> None:
    path = restored(kept, tmp_path / "journal.db")
    raw = sqlite3.connect(path)
    rows = raw.execute("SELECT id, kind FROM events ORDER BY id").fetchall()
    (name,) = raw.execute("SELECT value FROM meta WHERE key = 'id'").fetchone()
    raw.close()
    journal = Journal(path)
    async with running_hub(journal) as hub:
        assert journal.id == name
        events = [(each.id, event_of(each)) async for each in hub.read_all()]
    assert [(number, event.kind) for number, event in events] == rows
    journal.close()
    raw = sqlite3.connect(path)
    assert raw.execute("PRAGMA user_version").fetchone() == (VERSION,)
    raw.close()


def test_every_file_of_the_data_folder_is_private(tmp_path: Path) -> None:
    """Also in a folder that was open to others before, and files that were there."""
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    restored(KEPT[0], data / "journal.db").chmod(0o644)
    (data / "address").touch(0o644)
    before = os.umask(0)
    try:
        with running_lab(data) as lab, lab.person() as person:
            _one_run(lab, person)
            files = [path for path in data.iterdir() if path.is_file()]
            assert {"journal.db", "journal.db-wal", "imported.db", "access.db", "token", "address", "lab.lock"} <= {
                path.name for path in files
            } | {"token"}  # this lab was given its token
            open_ = [path.name for path in files if stat.S_IMODE(path.stat().st_mode) != 0o600]
            assert not open_
    finally:
        os.umask(before)


def _one_run(lab: LabUnderTest, person: Person) -> None:
    assert lab.driver_link
    run, _ = person.command("true")
    with person.events(run=run) as events:
        events.until(kind("run_finished"))
    assert run == "r2", "an older journal's numbers are not used again"


@pytest.mark.whole
def test_what_a_start_does_not_survive_is_one_line_and_a_hint(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "journal.db").write_bytes(GARBAGE)
    (tmp_path / "a file").touch()
    for words, why, hint in (
        (["--data", str(folder)], "journal.db: it is no database; it is kept as journal.db.damaged-1", "Start again"),
        (["--data", str(tmp_path / "a file")], "File exists", "--data"),
        (["--log-level", "loud"], "log_level: Input should be 'debug', 'info'", "SIGNAL_LAB_LOG_LEVEL"),
    ):
        command = [LAB, "serve", "--port", "0", *words]
        env = {**os.environ, "COLUMNS": "200", "TERM": "dumb", "DOCKER_HOST": f"unix://{tmp_path}/none.sock"}
        said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=50, env=env)
        assert said.returncode in (1, 2), said
        assert said.stdout == ""
        assert why in said.stderr
        assert hint in said.stderr, said.stderr
        assert "Traceback" not in said.stderr
        assert len(said.stderr.splitlines()) <= 6
