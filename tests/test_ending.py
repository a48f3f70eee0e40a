"""While the server ends a page may still ask: it is told so, and nothing is a defect."""

from __future__ import annotations

import logging
from pathlib import Path

import anyio
import pytest

from app.errors import Ending
from app.events import RunFinished
from app.hub import running_hub
from app.jobs import running_jobs
from app.journal import Journal

pytestmark = pytest.mark.anyio


def over(run: str) -> RunFinished:
    return RunFinished(run=run, reason="removed")


async def test_a_reader_reads_to_the_end_and_then_there_is_no_more(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    async with running_hub(journal) as hub, hub.join(after=0, role="viewer") as reader:
        await hub.record(over("r1"))
        assert [each.run for each in await reader.batch()] == ["r1"]
        hub.close()
        with pytest.raises(Ending):
            await reader.batch()
        with pytest.raises(Ending):
            await hub.record(over("r2"))
    journal.close()


async def test_a_closed_journal_says_so_to_whoever_asks_late(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    async with running_hub(journal) as hub:
        await hub.record(over("r1"))
    journal.close()
    hub.recent.clear()  # as for who is further behind than what is kept in memory
    late = (lambda: hub.read(), lambda: hub.forget("r1"))
    for ask in late:
        with pytest.raises(Ending) as told:
            await ask()
        assert (told.value.status, told.value.code) == (503, "ending")
    async with hub.join(after=0, role="viewer") as reader:
        with pytest.raises(Ending):
            await reader.batch()
    with pytest.raises(Ending):
        journal.last_of_run("r1")


async def test_a_job_that_comes_when_all_have_ended_is_none(caplog: pytest.LogCaptureFixture) -> None:
    """Services end one by one, and one that still hears the engine asks another that has ended."""
    carried_out = []

    async def job() -> None:
        carried_out.append("one")

    async with running_jobs() as jobs:
        jobs.start_soon(job)
    assert carried_out == ["one"]
    with caplog.at_level(logging.DEBUG, "signal_lab"):
        jobs.start_soon(job)
        jobs.keep(job)
    await anyio.wait_all_tasks_blocked()
    assert carried_out == ["one"]
    assert [each.levelname for each in caplog.records] == ["DEBUG", "DEBUG"]
