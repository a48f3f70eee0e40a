"""A stop is part of its run: whatever happens to either, nothing of it is recorded after ``run_finished``."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from app.errors import AlreadyGone
from app.events import AnyEvent
from app.hosts.base import Spec, Stopped
from app.hosts.local.handle import ProcessHandle
from app.hosts.local.host import ProcessesHost, running_processes
from app.hub import Hub, running_hub
from app.journal import Journal, Row, Stored, event_of
from app.lab import life
from app.lab.kernels import trying_kernels
from app.lab.lab import Lab, running_lab
from app.lab.state import RunState
from app.probe.procfs import ProcessFacts
from app.signals import Signal
from app.sources.kernel_trace import running_kernel_trace
from tests.support import WITHIN_S
from tests.test_kernels import BOOT, Kernel, forbidden, trial

pytestmark = pytest.mark.anyio
SLEEPS = (Spec(host="process", command=("sleep", "695")),)


class HeldJournal(Journal):
    """Holds the commit of ``held`` until it may be written."""

    held = "stop_requested"

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.comes, self.may = threading.Event(), threading.Event()

    def store(self, rows: Sequence[Row]) -> list[Stored]:
        if any(row.kind == self.held for row in rows):
            self.comes.set()
            assert self.may.wait(WITHIN_S)
        return super().store(rows)

    async def is_held(self) -> None:
        assert await anyio.to_thread.run_sync(self.comes.wait, WITHIN_S)


class Deaf(ProcessHandle):
    """Its stop does not come to an end by itself, and a look at it takes until it may."""

    stop_may_end, may_look = anyio.Event(), anyio.Event()

    async def stop(self, signal: Signal, timeout_s: int, on_timeout: Callable[[], Awaitable[object]]) -> Stopped:
        await self.stop_may_end.wait()
        return Stopped(1.0, 0, False, "server", datetime.now(UTC))

    async def processes(self) -> list[ProcessFacts]:
        await self.may_look.wait()
        return await super().processes()


class DeafHost(ProcessesHost):
    make = Deaf


@asynccontextmanager
async def a_run(
    folder: Path, journal: Journal, host: type[ProcessesHost] = ProcessesHost
) -> AsyncIterator[tuple[Lab, RunState, int]]:
    """A lab with a run of one process that has started, whose pid is the last of the three."""
    async with (
        running_hub(journal) as hub,
        running_kernel_trace(hub.record, "off") as kernel,
        trying_kernels(hub, BOOT, Kernel(trial()).try_it, Kernel(forbidden(), there=False)) as kernels,
        running_processes(hub.record, host=host) as processes,
        running_lab(hub, {"process": processes}, kernel, kernels, folder) as lab,
    ):
        with anyio.fail_after(WITHIN_S):
            run = await lab.start(SLEEPS, experiment=None, title="", question="")
            await run.targets[0].started.wait()
            (started,) = await of_kind(hub, "target_started")
            assert started.kind == "target_started"
            yield lab, run, started.pid or 0


async def of_kind(hub: Hub, *kinds: str) -> list[AnyEvent]:
    return [event_of(each) for each in await hub.read(kinds=frozenset(kinds))]


async def told(hub: Hub) -> list[str]:
    """What was said of stops and of the run's end, in order."""
    wanted = ("stop_requested", "stop_escalated", "stop_finished", "target_exited", "run_finished")
    return [event.kind for event in await of_kind(hub, *wanted)]


async def test_a_stop_that_does_not_end_in_time_ends_with_its_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(life, "CLOSE_WITHIN_S", 0.2)
    monkeypatch.setattr(Deaf, "stop_may_end", anyio.Event())
    monkeypatch.setattr(Deaf, "may_look", looking := anyio.Event())
    looking.set()
    journal = Journal(tmp_path / "journal.db")
    async with a_run(tmp_path, journal, DeafHost) as (lab, run, _):
        await lab.stop(run.targets[0].target.id, by="driver")
        await lab.remove(run.id)
        Deaf.stop_may_end.set()  # what comes now comes too late
        await anyio.wait_all_tasks_blocked()
        assert await told(lab.hub) == ["stop_requested", "target_exited", "stop_finished", "run_finished"]
        (end,) = await of_kind(lab.hub, "stop_finished")
        assert end.kind == "stop_finished"
        assert (end.took_s, end.exit_code, end.killed) == (None, None, None), "nobody saw it"
        assert end.error == "its run was over before anybody saw how it ended"
    journal.close()


async def test_whoever_asked_may_go_before_it_is_recorded_and_it_is_carried_out(tmp_path: Path) -> None:
    journal = HeldJournal(tmp_path / "journal.db")
    async with a_run(tmp_path, journal) as (lab, run, _):
        async with anyio.create_task_group() as asking:
            asking.start_soon(lambda: lab.stop(run.targets[0].target.id, by="driver", timeout_s=60))
            await journal.is_held()
            asking.cancel_scope.cancel()
        journal.may.set()
        await run.done.wait()
        assert await told(lab.hub) == ["stop_requested", "target_exited", "stop_finished", "run_finished"]
    journal.close()


async def test_kill_now_waits_for_a_stop_that_is_being_recorded(tmp_path: Path) -> None:
    journal = HeldJournal(tmp_path / "journal.db")
    async with a_run(tmp_path, journal) as (lab, run, pid):
        target = run.targets[0].target.id
        os.kill(pid, signal.SIGSTOP)  # so that SIGTERM alone does not end it
        async with anyio.create_task_group() as asking:
            asking.start_soon(lambda: lab.stop(target, by="driver", timeout_s=-1))
            await journal.is_held()
            asking.start_soon(lambda: lab.kill(target, by="driver"))
            await anyio.wait_all_tasks_blocked()
            journal.may.set()
        await run.done.wait()
        assert await told(lab.hub) == [
            *("stop_requested", "stop_escalated", "target_exited", "stop_finished", "run_finished")
        ]
    journal.close()


async def test_a_run_waits_for_a_stop_that_is_just_being_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Deaf, "may_look", anyio.Event())
    journal = Journal(tmp_path / "journal.db")
    async with a_run(tmp_path, journal, DeafHost) as (lab, run, pid):
        state = run.targets[0]

        async def ask() -> None:
            with pytest.raises(AlreadyGone):
                await lab.stop(state.target.id, by="driver")
            assert not run.done.is_set(), "its run had not ended before it was refused"

        async with anyio.create_task_group() as asking:
            asking.start_soon(ask)
            while state.stop is None:
                await anyio.lowlevel.checkpoint()
            os.kill(pid, signal.SIGKILL)
        Deaf.may_look.set()
        await run.done.wait()
        assert await told(lab.hub) == ["target_exited", "run_finished"]
    journal.close()
