"""Runs experiments: starts them, does their steps, and ticks an expectation when an event proves it.

Who did what makes no difference: a step's button, the board, or ``kill`` in somebody's own terminal, the event is the
same.  Only the first step that is not done is looked at, so that a later one is not ticked by something older.
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream

from app.errors import BadRequest, Conflict, NotFound
from app.events import AnyEvent, StepDone, to_dict
from app.experiments.model import Do, Expect, Experiment
from app.lab import Lab
from app.live import LiveRun

OUTPUT_KEPT = 64 * 1024  # characters since the step began


@dataclass(slots=True)
class Lesson:
    """How far one run has come with its experiment's steps."""

    experiment: Experiment
    step: int = 0
    done: set[int] = field(default_factory=set)  # expectations of the current step
    output: str = ""
    processes: dict[int, dict[str, Any]] = field(default_factory=dict)

    def see(self, number: int, event: AnyEvent) -> list[StepDone]:
        """The ticks that this event earns."""
        facts = to_dict(event)
        self._remember(facts)
        ticks: list[StepDone] = []
        while self.step < len(self.experiment.step):
            expected = self.experiment.step[self.step].expect
            for index, expect in enumerate(expected):
                if index not in self.done and self._holds(expect, facts):
                    self.done.add(index)
                    ticks.append(StepDone(run=event.run, step=self.step, expect=index, evidence=number))
            if len(self.done) < len(expected):
                break
            self.step, self.done, self.output = self.step + 1, set(), ""
            facts = {"kind": ""}  # the next step must be seen to happen; only what stays true may hold at once
        return ticks

    def _remember(self, facts: dict[str, Any]) -> None:
        match facts["kind"]:
            case "output":
                self.output = (self.output + facts["text"])[-OUTPUT_KEPT:]
            case "process_appeared":
                self.processes[facts["pid"]] = facts
            case "process_changed":
                known = self.processes.pop(facts.get("was", facts["pid"]), {})
                self.processes[facts["pid"]] = {**known, **facts}
            case "process_gone":
                self.processes.pop(facts["pid"], None)

    def _holds(self, expect: Expect, facts: dict[str, Any]) -> bool:
        match expect.kind:
            case "output":
                return str(expect.fields["text"]) in self.output
            case "process":
                return any(_fits(expect.fields, process) for process in self.processes.values())
            case kind:
                return bool(facts["kind"] == kind) and _fits(expect.fields, facts)


def _fits(wanted: dict[str, Any], facts: dict[str, Any]) -> bool:
    return all(_equals(value, facts.get(name)) for name, value in wanted.items())


def _equals(wanted: Any, found: Any) -> bool:
    match wanted:
        case [int() | float() as low, int() | float() as high] if isinstance(found, int | float):
            return bool(low <= found <= high) and not math.isnan(found)
        case _:
            return bool(wanted == found)


class Runner:
    """Use as ``async with running_experiments(lab, catalogue) as runner``."""

    def __init__(self, lab: Lab, catalogue: dict[str, Experiment]) -> None:
        self.catalogue = catalogue
        self._lab = lab
        self._lessons: dict[str, Lesson] = {}

    def experiment(self, experiment: str) -> Experiment:
        """Raises NotFound."""
        try:
            return self.catalogue[experiment]
        except KeyError:
            known = ", ".join(self.catalogue)
            raise NotFound(f"there is no experiment {experiment!r}", hint=f"There are: {known}.") from None

    async def start(self, experiment: str) -> LiveRun:
        wanted = self.experiment(experiment)
        return await self._lab.start(wanted.target, experiment=wanted.id, title=wanted.title, question=wanted.question)

    async def do_step(self, run: str, step: int, *, by: str) -> int | None:
        """Do what the step says, for the person.  Gives the number of the request's event, where there is one.

        Raises NotFound (step), BadRequest (nothing to do in it), Conflict (the run is over), and what the lab raises.
        """
        lesson, live = self._lessons.get(run), self._lab.live_run(run)
        if lesson is None or live is None:
            raise Conflict(f"{run} is not running an experiment", hint="Run the experiment again.")
        if not 0 <= step < len(lesson.experiment.step):
            raise NotFound(f"{lesson.experiment.id} has no step {step}")
        do = lesson.experiment.step[step].do
        if do is None:
            raise BadRequest(f"step {step} is for reading", hint="Look at what it says; there is nothing to send.")
        return await self._do(do, live, by=by)

    async def _do(self, do: Do, live: LiveRun, *, by: str) -> int | None:
        def target(name: str | None) -> str:
            return f"{live.id}.{name}" if name else live.targets[0].target.id

        if do.signal:
            return await self._lab.send_signal(target(do.signal.target), do.signal.signal, pid=do.signal.pid, by=by)
        if do.stop:
            stop = do.stop
            return await self._lab.stop(target(stop.target), timeout_s=stop.timeout_s, signal=stop.signal, by=by)
        if do.type:
            await self._lab.type(target(do.type.target), do.type.data)
        if do.resize:
            await self._lab.resize(target(do.resize.target), do.resize.cols, do.resize.rows)
        return None

    async def tick_until_closed(self, events: MemoryObjectReceiveStream[tuple[int, AnyEvent]]) -> None:
        async for number, event in events:
            if event.run is None or event.kind == "step_done":
                continue
            if event.kind == "run_created" and event.experiment in self.catalogue:
                self._lessons[event.run] = Lesson(self.catalogue[event.experiment])
            if event.kind == "run_finished":
                self._lessons.pop(event.run, None)
            elif lesson := self._lessons.get(event.run):
                for tick in lesson.see(number, event):
                    await self._lab.hub.record(tick)


@asynccontextmanager
async def running_experiments(lab: Lab, catalogue: dict[str, Experiment]) -> AsyncIterator[Runner]:
    """The runner with its ticking task."""
    runner = Runner(lab, catalogue)
    send, receive = anyio.create_memory_object_stream[tuple[int, AnyEvent]](math.inf)
    with lab.hub.listening(lambda number, event: send.send_nowait((number, event))):
        async with receive, anyio.create_task_group() as tasks:
            tasks.start_soon(runner.tick_until_closed, receive)
            try:
                yield runner
            finally:
                tasks.cancel_scope.cancel()
    send.close()
