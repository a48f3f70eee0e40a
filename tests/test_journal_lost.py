"""The journal cannot be written: whoever acts goes on, everybody is told, and what waited is told when it can be."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest

from app.errors import BadRequest
from app.events import MODELS, AnyEvent, Output, RunFinished
from app.hub import Hub, running_hub
from app.hub.waiting import LIMIT_BYTES, OF_WITNESSES
from app.journal import Journal, event_of
from tests.killable import killable
from tests.support import WITHIN_S, LabUnderTest, Person, is_alive, kind, until

CHATTY = ("bash", "-c", "trap '' TERM; while :; do echo line; read -r -t 0.05 _; done")


@contextmanager
def locked(journal: Path) -> Iterator[sqlite3.Connection]:
    """Another program's transaction, for as long as it is not committed."""
    other = sqlite3.connect(journal, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield other
    finally:
        if other.in_transaction:
            other.execute("COMMIT")
        other.close()


def over(run: str) -> RunFinished:
    return RunFinished(run=run, reason="ended")


def printed(text: str) -> Output:
    return Output(run="r1", target="r1.main", author="program", text=text, stream="pty")


async def events_of(hub: Hub) -> list[AnyEvent]:
    return [event_of(each) async for each in hub.read_all()]


@pytest.mark.anyio
async def test_what_cannot_be_written_at_all_fails_its_own_caller(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    async with running_hub(journal) as hub:
        told: list[str] = []

        async def record(event: AnyEvent) -> None:
            try:
                await hub.record(event)
            except BadRequest as error:
                told.append(error.code)

        async with anyio.create_task_group() as tasks:
            for number in range(20):
                tasks.start_soon(record, over(f"r{number}"))
                tasks.start_soon(record, printed("\ud800"))
        assert told == ["bad_request"] * 20
        assert [each.run for each in await events_of(hub)] == [f"r{number}" for number in range(20)]
    journal.close()


@pytest.mark.anyio
async def test_of_a_commit_that_fails_only_what_is_wrong_is_left_out(tmp_path: Path) -> None:
    """SQLite takes no text that is longer than its limit; this connection has a low one."""
    journal = Journal(tmp_path / "journal.db")
    journal._writer.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 10_000)
    async with running_hub(journal) as hub:
        done = await asyncio.gather(
            *(hub.record(each) for each in (over("r1"), printed("x" * 20_000), over("r2"))), return_exceptions=True
        )
        assert [isinstance(each, int) for each in done] == [True, False, True]
        assert [each.run for each in await events_of(hub)] == ["r1", "r2"]
        assert hub.writer.well
    journal.close()


@pytest.mark.anyio
async def test_what_waits_is_bounded_and_output_goes_first(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    async with running_hub(journal) as hub, hub.join(after=0, role="viewer") as reader:
        with locked(tmp_path / "journal.db"):
            await hub.record(over("r1"))  # the first waits until it is clear that nothing can be written
            assert hub.lost
            for number in range(1500):
                await hub.record(printed(f"{number:06d}" + "x" * 16_000))
                if number % 50 == 0:
                    await hub.record(over(f"r{number}"))
            state = hub.writer.state()
            assert hub.writer._waiting.bytes <= LIMIT_BYTES
            assert state["dropped"] > 1000
            assert hub.last_id == 0, "nothing is shown that is not stored"
        while not hub.writer.well:
            await hub.news.wait()
        events = await events_of(hub)
        assert sum(each.kind == "run_finished" for each in events) == 31, "only output was left out"
        text = [each for each in events if each.kind == "output"]
        assert sum(each.left_out or 0 for each in text) + sum(len(each.text) for each in text) == 1500 * 16_006
        assert text[-1].text.startswith("001499"), "the newest is kept"
        [back] = [each for each in events if each.kind == "source_back"]
        assert (back.source, back.missing) == ("journal", state["dropped"])
        seen: list[int] = []
        while reader.place < hub.last_id:
            seen += [each.id for each in await reader.batch()]
        assert seen == [each.id async for each in hub.read_all()], "in order, none twice, holes and all"
    journal.close()


@pytest.mark.whole
def test_targets_stops_and_kills_do_not_wait_for_the_journal(lab: LabUnderTest, driver: Person, tmp_path: Path) -> None:
    run, target = driver.command(*CHATTY)
    _, other = driver.command(*CHATTY)
    with driver.events() as events:
        pids = {each: events.until(kind("target_started", target=each))["pid"] for each in (target, other)}
        with locked(tmp_path / "data/journal.db"):
            until(lambda: not driver.get("/health").json()["ok"])
            assert events.message("journal_lost")["reason"] == "another program holds it locked"
            assert driver.get("/healthz").status_code == 503
            assert all(is_alive(pid) for pid in pids.values())
            assert driver.post(f"/targets/{target}/stop", {"timeout_s": 1}).status_code == 202
            until(lambda: not is_alive(pids[target]))
            assert driver.post(f"/targets/{other}/signals", {"signal": "KILL"}).status_code == 202
            until(lambda: not is_alive(pids[other]))
            refused = driver.post("/runs", {"host": "process", "command": ["true"]})
            assert (refused.status_code, refused.json()["code"]) == (503, "cannot_store")
            with driver.events() as late:
                assert late.message("journal_lost")["waiting"] > 0, "who comes now is told as well"
        assert events.message("journal_back")["waiting"] == 0
        stopped = events.until(kind("stop_finished", target=target))
        assert (stopped["killed"], stopped.get("error")) == (True, None)
        asked = next(each for each in events.seen if each["id"] == stopped["stop"])
        assert asked["kind"] == "stop_requested"
        events.until(kind("verdict", target=target, request=asked["id"]))
        assert events.until(kind("target_exited", target=other))["signal"] == "SIGKILL"
        events.until(kind("run_finished", run=run))
        numbers = [each["id"] for each in events.seen]
        assert numbers == sorted(set(numbers))
    assert driver.get("/health").json()["ok"] is True
    driver.command("true")


@contextmanager
def small_disk(at: Path) -> Iterator[Path]:
    """As root a disk of 3 MB; else a folder, and the kernel refuses what makes a file longer (setrlimit(2))."""
    at.mkdir()
    root = os.geteuid() == 0
    if root:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m,mode=700", "tmpfs", str(at)], check=True)
    try:
        yield at
    finally:
        if root:
            subprocess.run(["umount", "--lazy", str(at)], check=True)


@contextmanager
def full(disk: Path, server: int) -> Iterator[None]:
    if os.geteuid() == 0:
        with (disk / "filler").open("wb", buffering=0) as filler, pytest.raises(OSError, match="No space left"):
            while True:
                filler.write(bytes(4096))
        yield
        (disk / "filler").unlink()
        return
    before = resource.prlimit(server, resource.RLIMIT_FSIZE)
    resource.prlimit(server, resource.RLIMIT_FSIZE, (4096, before[1]))
    yield
    resource.prlimit(server, resource.RLIMIT_FSIZE, before)


@pytest.mark.whole
@pytest.mark.timeout(120)
def test_a_full_disk_is_said_and_ends_nobody(tmp_path: Path) -> None:
    env: dict[str, Any] = {"DOCKER_HOST": f"unix://{tmp_path}/none.sock", "SIGNAL_LAB_HEARTBEAT_S": "0.3"}
    with (
        small_disk(tmp_path / "small") as disk,
        killable(disk / "data", **env) as server,
        server.person() as person,
        person.events() as events,
    ):
        targets = [person.command(*words)[1] for words in (CHATTY, ("sleep", "633"))]
        pids = [events.until(kind("target_started", target=each))["pid"] for each in targets]
        with full(disk, server.pid):
            assert events.message("journal_lost")["reason"] in ("the disk is full", "the disk has an error")
            assert person.get("/health").json()["ok"] is False
            assert all(is_alive(pid) for pid in pids)
        events.message("journal_back")
        assert all(is_alive(pid) for pid in pids)
        with full(disk, server.pid):
            events.message("journal_lost")
            os.kill(server.pid, signal.SIGTERM)
            server.wait(WITHIN_S)
        until(lambda: not any(is_alive(pid) for pid in pids))


# What a person asked for, and how things began and ended.
LAST = {
    *(
        "lab_started",
        "kernel_trial",
        "source_lost",
        "source_back",
        "run_created",
        "run_finished",
        "truncated",
        "verdict",
    ),
    *("target_starting", "target_started", "target_exited", "signal_requested", "signal_failed", "pause_requested"),
    *("stop_requested", "stop_escalated", "stop_overdue", "stop_finished", "exec_requested", "http_requested"),
    *("step_done", "step_failed", "step_unseen", "bet_opened", "bet_placed", "bet_closed"),
    *("foreign_asked", "foreign_done", "rehearsed"),
}


def test_of_each_kind_somebody_has_said_when_it_is_left_out() -> None:
    assert OF_WITNESSES.isdisjoint(LAST)
    assert OF_WITNESSES | LAST | {"output"} == set(MODELS)
