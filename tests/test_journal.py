"""The journal: what is given a number is stored, for good and whole, and the number is never given again."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.errors import Ending
from app.events import LabStarted, Output, RunCreated, RunFinished, SourceLost
from app.journal import Journal, event_of
from tests.test_event_contract import story


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    with closing(Journal(path)) as opened:
        yield opened


def printed(text: str, run: str = "r1") -> Output:
    return Output(run=run, target=f"{run}.x", text=text, stream="pty")


def numbers(journal: Journal, **what: object) -> list[int]:
    return [each.id for each in journal.read(**what)]  # type: ignore[arg-type]


def test_every_event_comes_back_as_it_was_recorded(journal: Journal) -> None:
    told = story()
    stored = journal.append(told)
    assert [each.id for each in stored] == list(range(1, len(told) + 1))
    assert [event_of(each) for each in journal.read()] == told
    assert journal.last_id == len(told)


def test_a_row_is_a_whole_message_of_the_stream(journal: Journal) -> None:
    """Encoded once for all readers, whatever is in it; its number is in both places."""
    (stored,) = journal.append([printed("a\n\nid: x.9\ndata: {}\n\u2028\x85")])
    head, data, *rest = stored.frame.decode().split("\n")
    assert head == f"id: {journal.id}.1"
    assert rest == ["", ""]
    assert data.removeprefix("data: ").encode() == stored.json
    assert json.loads(stored.json)["id"] == 1


def test_what_is_asked_for_is_read(journal: Journal) -> None:
    journal.append([LabStarted(version="1"), printed("a"), printed("b", "r2"), SourceLost(source="engine", reason="x")])
    assert numbers(journal) == [1, 2, 3, 4]
    assert numbers(journal, run="r2") == [1, 3, 4], "what concerns the lab concerns each run"
    assert numbers(journal, kinds=frozenset({"output"})) == [2, 3]
    assert numbers(journal, run="r1", kinds=frozenset({"output"})) == [2]
    assert numbers(journal, after=2, limit=1) == [3]
    assert (journal.last_of_run("r1"), journal.last_of_run("r9")) == (2, 0)


def test_a_number_is_never_given_again(path: Path) -> None:
    with closing(Journal(path)) as journal:
        journal.append([RunCreated(run="r1", number=1, experiment=None, title="", question="", targets=())])
        journal.append([RunFinished(run="r1", reason="ended")])
        journal.forget("r1")
        assert numbers(journal) == []
        named, first = journal.id, journal.next_run_number()
    with closing(Journal(path)) as again:
        assert again.id == named, "the same list of numbers"
        assert [each.id for each in again.append([printed("x")])] == [3]
        assert again.next_run_number() == first + 1
    with closing(Journal(path.with_name("other.db"))) as other:
        assert other.id != named


def test_all_of_a_commit_is_stored_or_nothing(path: Path, journal: Journal) -> None:
    with closing(sqlite3.connect(path)) as fault:
        when = "WHEN NEW.kind = 'source_lost' BEGIN SELECT RAISE(ABORT, 'no'); END"
        fault.execute(f"CREATE TRIGGER no BEFORE INSERT ON events {when}")
    with pytest.raises(sqlite3.IntegrityError):
        journal.append([printed("a"), SourceLost(source="engine", reason="x"), printed("b")])
    assert numbers(journal) == []
    assert journal.last_id == 0
    assert [each.id for each in journal.append([printed("c")])] == [4], "a number is given once"


def test_kill_9_loses_nothing_that_has_a_number(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from app.journal import Journal; from app.events import LabStarted\n"
        "journal = Journal(Path(sys.argv[1]))\n"
        "while True: print(journal.append([LabStarted(version='1')])[0].id, flush=True)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for line in writer.stdout:
            if int(line) == 50:
                break
        writer.send_signal(signal.SIGKILL)
        told = [50, *(int(line) for line in writer.stdout if line.endswith("\n"))]
    with closing(Journal(path)) as journal:
        assert numbers(journal, limit=10**6)[: told[-1]] == list(range(1, told[-1] + 1))


def test_who_asks_a_closed_one_is_told_so(path: Path) -> None:
    journal = Journal(path)
    journal.close()
    for call in (journal.read, journal.next_run_number, lambda: journal.append([printed("x")])):
        with pytest.raises(Ending):
            call()
