"""One part fails and the others go on; all of it fails and the process says so; whatever hangs, the end has a limit."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import anyio
import pytest

from app.errors import Conflict, Ending
from app.jobs import running_jobs
from app.serve.ending import LIMIT_S
from tests.killable import Killable, killable
from tests.support import WITHIN_S, is_alive, kind, prints, until

BREAKS = """
from app.hub.writer import Writer
before = Writer._write
async def write(self, batch):
    if any("fall over" in entry.row.data for entry in batch):
        raise SystemError("a defect")
    return await before(self, batch)
Writer._write = write
"""
HANGS = """
import anyio
from app.lab.lab import Lab
from app.serve.ending import Limit
async def close(self):
    await anyio.sleep_forever()
Lab.close = close
before = Limit.asked
def asked(self, number):
    before(self, number)
    print("asked", flush=True)
Limit.asked = asked
"""


def broken_by(code: str) -> tuple[str, ...]:
    """The words of a `signal-lab` with a defect."""
    return (sys.executable, "-c", f"{code}\nfrom app.cli import main; main()")


@pytest.mark.anyio
async def test_a_job_that_fails_ends_no_other_and_is_told(caplog: pytest.LogCaptureFixture) -> None:
    told: list[str] = []
    tried = 0

    async def say(words: str) -> None:
        told.append(words)

    async def fail(error: Exception) -> None:
        raise error

    async def at_the_third_time() -> None:
        nonlocal tried
        tried += 1
        if tried < 3:
            raise LookupError

    with anyio.fail_after(WITHIN_S):
        async with running_jobs() as jobs:
            for error in (KeyError("x"), Conflict("not now"), Ending(), ExceptionGroup("g", [ValueError()])):
                jobs.start_soon(fail, error, defect=say)
            jobs.keep(at_the_third_time, defect=say)
    assert tried == 3
    assert sorted(told) == sorted(
        ["the lab made a mistake: KeyError", "not now", "the lab is ending", "the lab made a mistake: ValueError"]
        + ["the lab made a mistake: LookupError"] * 2
    )
    assert "defect in" in caplog.text


@pytest.mark.whole
def test_services_that_end_unasked_end_the_process_with_the_reason(tmp_path: Path) -> None:
    with killable(tmp_path / "data", lab=broken_by(BREAKS)) as server, server.person() as person:
        run, _ = person.command("bash", "-c", "echo ready; exec sleep 634")
        with person.events(run=run) as events:
            pid = events.until(kind("target_started"))["pid"]
            events.until(prints("ready"))
        person.post("/runs", {"host": "process", "command": ["echo", "fall over"]})
        code, said = server.wait(WITHIN_S)
        assert code == 1
        assert said.splitlines()[-2:] == [
            "signal-lab: the lab ended: the lab made a mistake: SystemError",
            "  Start it again: runs and events are kept. Keepers and janitor end what it had started.",
        ]
        until(lambda: not is_alive(pid))


def hung(server: Killable) -> None:
    os.kill(server.pid, signal.SIGTERM)
    server.says("asked")


@pytest.mark.whole
def test_an_end_that_hangs_is_cut_short(tmp_path: Path) -> None:
    with killable(tmp_path / "data", lab=broken_by(HANGS)) as server:
        began = time.monotonic()
        hung(server)
        code, said = server.wait(LIMIT_S + WITHIN_S)
        assert code == 128 + signal.SIGTERM
        assert "took more than 10 s" in said
        assert time.monotonic() - began >= LIMIT_S


@pytest.mark.whole
@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
def test_asked_again_it_ends_at_once(tmp_path: Path, second: signal.Signals) -> None:
    with killable(tmp_path / "data", lab=broken_by(HANGS)) as server, server.person() as person:
        run, _ = person.command("bash", "-c", "trap '' TERM HUP; setsid sleep 635 & echo child $!; wait; sleep 636")
        with person.events(run=run) as events:
            pids = [events.until(kind("target_started"))["pid"]]
            pids.append(int(events.until(prints("child"))["text"].split()[1]))
        began = time.monotonic()
        hung(server)
        os.kill(server.pid, second)
        code, _ = server.wait(WITHIN_S)
        assert code == -second
        assert time.monotonic() - began < LIMIT_S
        until(lambda: not any(is_alive(pid) for pid in pids))
