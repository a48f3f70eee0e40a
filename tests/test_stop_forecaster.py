"""Of the forecasts of a stop, its own is the last word before it."""

from __future__ import annotations

import os
from dataclasses import replace

import anyio
import pytest

from app.events import StopForecast
from app.hosts.looking import look_at
from app.lab.forecasts import LOOKS, StopForecaster, forecast_payload
from app.probe.procfs import Proc, ProcessFacts
from app.signals import SIGTERM, Signal
from app.targets import Target
from app.verdict.stop import StopSaid


class Slow(StopForecaster):
    """One whose thoughts take until they may go on."""

    def __init__(self, target: Target) -> None:
        super().__init__(target)
        self.thinking, self.may = anyio.Event(), anyio.Event()

    async def stop(self, seen: list[ProcessFacts], signal: Signal, timeout_s: int) -> StopSaid | None:
        said = await super().stop(seen, signal, timeout_s)
        if not self.thinking.is_set():
            self.thinking.set()
            await self.may.wait()
        return said


@pytest.mark.anyio
async def test_what_was_thought_before_a_stop_is_not_told_after_its_own_forecast() -> None:
    forecaster = Slow(Target("r1", "one", "process"))
    seen = await look_at(Proc(), [os.getpid()])
    forecast_payload: list[StopForecast | None] = []

    async def look() -> None:
        forecast_payload.append(await forecaster.forecast_if_changed(seen, SIGTERM, 10))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(look)
        await forecaster.thinking.wait()
        own = await forecaster.forecast_asked(seen, SIGTERM, 2)
        forecaster.may.set()
    assert own is not None
    assert forecast_payload == [None]


@pytest.mark.anyio
async def test_what_is_seen_is_told_once() -> None:
    forecaster = StopForecaster(Target("r1", "one", "process"))
    seen = await look_at(Proc(), [os.getpid()])
    first = await forecaster.forecast_if_changed(seen, SIGTERM, 10)
    assert first is not None
    assert first.target == "r1.one"
    assert await forecaster.forecast_if_changed(seen, SIGTERM, 10) is None


@pytest.mark.anyio
async def test_a_stop_is_foretold_of_programs_and_not_of_copies_that_are_about_to_become_one() -> None:
    forecaster = StopForecaster(Target("r1", "one", "process"))
    (me,) = await look_at(Proc(), [os.getpid()])
    copy = replace(me, pid=me.pid + 1, ppid=me.pid, age_s=0.01)
    looks = [[me, copy], [me, copy], [me, replace(copy, comm="sleep", argv=("sleep", "9"))]]
    left = iter(looks)

    async def look() -> list[ProcessFacts] | None:
        return next(left, None)

    assert await forecaster.look(look) == looks[-1]
    assert next(left, None) is None
    left = iter([[me, replace(copy, age_s=5.0)], []])
    assert len(await forecaster.look(look)) == 2, "it stays one, and is no new one"
    left = iter([[me, copy]] * 20)
    assert await forecaster.look(look) == [me, copy]
    assert len([*left]) == 20 - LOOKS, "a stop does not wait for it for ever"


@pytest.mark.anyio
async def test_of_runc_that_is_about_to_become_the_program_no_stop_is_foretold() -> None:
    (me,) = await look_at(Proc(), [os.getpid()])
    runc = replace(me, comm="runc:[2:INIT]", is_init=True, age_s=0.1)
    target = Target("r1", "one", "container")
    assert await StopForecaster(target).stop([runc], SIGTERM, 10) is None
    assert forecast_payload(target, [runc], None, SIGTERM, 10)["processes"] == []
