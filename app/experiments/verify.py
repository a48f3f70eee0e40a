"""Runs experiments headless and says which expectations hold on this machine.

It does what a person would: start, do each step when the one before is ticked, remove the run.  What it reports are the
ticks that everybody else sees.
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream

from app.errors import LabError
from app.events import AnyEvent
from app.experiments.model import Experiment
from app.experiments.runner import Runner
from app.hub import Hub
from app.lab.lab import Lab

AT_ONCE = 4  # experiments that run side by side: more would disturb each other's times on two cores
START_WITHIN_S = 600.0  # an image may have to be built first
SPARE_S = 10.0  # beyond the time of a step, for its own verdict to come

Outcome = Literal["passed", "failed", "unseen", "not_reached"]
Result = Literal["passed", "failed", "not_possible"]


@dataclass(slots=True)
class Row:
    """One expectation.  ``step`` and ``expect`` count from 1.  ``why``: for all but "passed"."""

    step: int
    expect: int
    say: str
    outcome: Outcome = "not_reached"
    took_s: float | None = None
    why: str | None = None


@dataclass(slots=True)
class Report:
    """One experiment."""

    experiment: str
    title: str
    result: Result = "passed"
    why: str | None = None  # it could not be started or ended, or is not possible here
    took_s: float = 0.0
    rows: list[Row] = field(default_factory=list)


def rows_of(experiment: Experiment) -> list[Row]:
    return [
        Row(number, index, expect.say)
        for number, step in enumerate(experiment.step, 1)
        for index, expect in enumerate(step.expect, 1)
    ]


async def verify(
    lab: Lab, runner: Runner, experiments: list[Experiment], on_report: Callable[[Report], Awaitable[None]]
) -> list[Report]:
    """All of them, side by side where they do not disturb each other; ``on_report`` is awaited as each one ends."""
    reports: dict[str, Report] = {}
    limiter = anyio.CapacityLimiter(AT_ONCE)

    async def one(experiment: Experiment) -> None:
        async with limiter:
            report = await _verify(lab, runner, experiment)
        reports[experiment.id] = report
        await on_report(report)

    # Those that take long first: so that the last one is not waited for alone.
    together = sorted((each for each in experiments if not each.alone), key=_longest, reverse=True)
    async with anyio.create_task_group() as tasks:
        for experiment in together:
            tasks.start_soon(one, experiment)
    for experiment in experiments:
        if experiment.alone:
            await one(experiment)
    return [reports[each.id] for each in experiments]


def _longest(experiment: Experiment) -> float:
    """A guess at how long it takes, from the times that its expectations name."""
    stops = [expect.fields.get("took_s") for step in experiment.step for expect in step.expect]
    return sum(float(stop[0]) for stop in stops if isinstance(stop, list)) + len(experiment.target)


async def _verify(lab: Lab, runner: Runner, experiment: Experiment) -> Report:
    report = Report(experiment.id, experiment.title)
    begun = anyio.current_time()
    if why := await runner.why_not(experiment):
        report.result, report.why = "not_possible", why
        return report
    report.rows = rows_of(experiment)
    run: str | None = None
    async with _listening(lab.hub) as heard:
        try:
            run = (await runner.start(experiment.id)).id
            await _Walk(runner, experiment, report, run, heard).walk()
        except LabError as error:
            report.result, report.why = "failed", f"{error}. {error.hint}"
        finally:
            if run is not None:
                with anyio.CancelScope(shield=True):
                    await lab.remove(run)
    report.took_s = round(anyio.current_time() - begun, 3)
    if report.why or any(row.outcome in ("failed", "not_reached") for row in report.rows):
        report.result = "failed"
    return report


class _Walk:
    """One run, step by step."""

    def __init__(
        self,
        runner: Runner,
        experiment: Experiment,
        report: Report,
        run: str,
        heard: MemoryObjectReceiveStream[tuple[int, AnyEvent]],
    ) -> None:
        self._runner, self._experiment, self._report = runner, experiment, report
        self._run, self._heard = run, heard
        self._started: set[str] = set()
        self._over: str | None = None
        self._rows = {(row.step - 1, row.expect - 1): row for row in report.rows}

    async def walk(self) -> None:
        first = {f"{self._run}.{spec.name}" for spec in self._experiment.target if not spec.later}
        if not await self._hear(lambda: first <= self._started, START_WITHIN_S):
            self._report.why = self._over or "its targets did not start in time"
            return
        for index, step in enumerate(self._experiment.step):
            mine = [row for (number, _), row in self._rows.items() if number == index]
            if step.do:
                try:
                    await self._runner.do_step(self._run, index, by="verify")
                except LabError as error:
                    for row in mine:
                        row.outcome, row.why = "failed", str(error)
                    return
            longest = max([step.within_s, *(each.within_s or each.absent_for_s or 0 for each in step.expect)])
            settled = await self._hear(
                lambda mine=mine: all(row.outcome != "not_reached" for row in mine),  # type: ignore[misc]
                longest + SPARE_S,
            )
            if not settled or any(row.outcome == "failed" for row in mine):
                return

    async def _hear(self, until: Callable[[], bool], within_s: float) -> bool:
        with anyio.move_on_after(within_s):
            while not until():
                _, event = await self._heard.receive()
                if event.run == self._run:
                    self._on_event(event)
                    if event.kind == "run_finished" and event.reason == "failed":
                        return until()
        return until()

    def _on_event(self, event: AnyEvent) -> None:
        match event.kind:
            case "target_started":
                self._started.add(event.target or "")
            case "run_finished":
                self._over = event.error or f"the run {event.reason}"
            case "step_done":
                self._settle((event.step, event.expect), "passed", event.took_s, None)
            case "step_failed":
                self._settle((event.step, event.expect), "failed", None, event.why)
            case "step_unseen":
                self._settle((event.step, event.expect), "unseen", None, event.why)

    def _settle(self, at: tuple[int, int], outcome: Outcome, took_s: float | None, why: str | None) -> None:
        row = self._rows[at]
        row.outcome, row.took_s, row.why = outcome, took_s, why


@asynccontextmanager
async def _listening(hub: Hub) -> AsyncIterator[MemoryObjectReceiveStream[tuple[int, AnyEvent]]]:
    """Everything that is recorded from now on."""
    send, receive = anyio.create_memory_object_stream[tuple[int, AnyEvent]](math.inf)
    with send, receive, hub.listening(lambda number, event: send.send_nowait((number, event))):
        yield receive


def summary(reports: list[Report], took_s: float) -> dict[str, Any]:
    """Counts of experiments and of expectations."""
    rows = [row for report in reports for row in report.rows]
    return {
        "experiments": len(reports),
        **{result: sum(report.result == result for report in reports) for result in ("passed", "failed")},
        "not_possible": sum(report.result == "not_possible" for report in reports),
        "expectations": {
            outcome: sum(row.outcome == outcome for row in rows)
            for outcome in ("passed", "failed", "unseen", "not_reached")
        },
        "took_s": round(took_s, 1),
    }
