"""Runs experiments: starts them, does their steps, and records the ticks that events earn (``lesson.py``)."""

from __future__ import annotations

import logging
import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import assert_never

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream

from app.errors import BadRequest, Conflict, Ending, LabError, NotFound, NotPossible, leaves
from app.events import AnyEvent, now
from app.experiments.actions import (
    Do,
    Exec,
    Get,
    Pause,
    Resize,
    SendSignal,
    Start,
    Stop,
    Type,
    Unpause,
    Write,
)
from app.experiments.lesson import Lesson, Tick
from app.experiments.model import Experiment
from app.jobs import in_words, running_jobs
from app.lab.actions import Actions
from app.lab.lab import Lab
from app.lab.state import RunState

log = logging.getLogger("signal_lab")
LAST_WORDS_S = 1.0  # what the kernel said at the end may come a moment after the run was said to be over
TICKS = ("step_done", "step_failed", "step_unseen")


class Runner:
    """Use as ``async with running_experiments(lab, actions, catalogue) as runner``."""

    def __init__(self, lab: Lab, actions: Actions, catalogue: dict[str, Experiment], faults: list[str]) -> None:
        self.catalogue, self.faults = catalogue, faults
        self._lab, self._actions = lab, actions
        self._lessons: dict[str, Lesson] = {}
        self._moved = anyio.Event()

    def experiment(self, experiment: str) -> Experiment:
        """Raises NotFound."""
        try:
            return self.catalogue[experiment]
        except KeyError:
            known = ", ".join(self.catalogue)
            raise NotFound(f"there is no experiment {experiment!r}", hint=f"There are: {known}.") from None

    async def why_not(self, experiment: Experiment, *, no_engine: str | None = None) -> str | None:
        """Why it cannot be run on this machine now; None when it can.

        ``no_engine``: why there is none, where that is known already; else an engine is waited for, for a moment.
        """
        if missing := experiment.missing():
            return missing
        for host in experiment.hosts:
            if host == "container" and no_engine is not None:
                return no_engine
            try:
                await self._lab.host(host).check()
            except LabError as error:
                return f"{error}. {error.hint}"
        return self._unlimited(experiment) or self._of_another_engine(experiment)

    def _of_another_engine(self, experiment: Experiment) -> str | None:
        engine = self._lab.host("container").ways.engine
        why = experiment.not_on.get(engine) if experiment.needs_engine else None
        return f"this is Docker's, and the engine here is {engine}: {why}" if why else None

    def _unlimited(self, experiment: Experiment) -> str | None:
        """Why it would be dangerous here."""
        for host in experiment.hosts:
            if gone := self._lab.host(host).lacks(experiment.limits):
                who = "this engine cannot limit" if host == "container" else "nothing here limits"
                return f"{who} {' and '.join(gone)}: it would take what all of the machine needs"
        return None

    async def possible(self, experiment: str) -> Experiment:
        """One that may be started here, alone or as lanes of a race.

        Raises NotFound, NotPossible, EngineUnavailable.
        """
        wanted = self.experiment(experiment)
        if missing := wanted.missing():
            raise NotPossible(missing)
        if wanted.limits or wanted.not_on:
            for host in wanted.hosts:
                await self._lab.host(host).check()  # an engine that is just coming up says what it can
        if unlimited := self._unlimited(wanted):
            raise NotPossible(unlimited)
        if foreign := self._of_another_engine(wanted):
            raise NotPossible(foreign)
        return wanted

    async def start(self, experiment: str) -> RunState:
        """Raises NotFound, NotPossible, EngineUnavailable."""
        wanted = await self.possible(experiment)
        return await self._lab.start(
            wanted.target,
            experiment=wanted.id,
            title=wanted.title,
            question=wanted.question,
            files={file.name: file.text for file in wanted.file},
        )

    async def do_step(self, run: str, step: int, *, by: str) -> int | None:
        """Do what the step says, for the person.  Gives the number of the first request's event, where there is one.

        Raises NotFound (step), BadRequest (nothing to do in it), Conflict (the run is over), and what the lab raises.
        """
        lesson, state = self._lessons.get(run), self._lab.run_state(run)
        if lesson is None or state is None:
            raise Conflict(f"{run} is not running an experiment", hint="Run the experiment again.")
        if not 0 <= step < len(lesson.experiment.step):
            raise NotFound(f"{lesson.experiment.id} has no step {step}")
        actions = lesson.experiment.step[step].do
        if not actions:
            raise BadRequest(f"step {step} is for reading", hint="Look at what it says; there is nothing to send.")
        lesson.go_to(step)
        lesson.begin(anyio.current_time(), now(), self._lab.hub.last_id)
        self._wake()
        numbers: list[int | None] = [None] * len(actions)

        async def do(index: int, action: Do) -> None:
            numbers[index] = await self._do(action, state, by=by)

        try:
            async with anyio.create_task_group() as together:
                for index, action in enumerate(actions):
                    together.start_soon(do, index, action)
        except* LabError as group:
            raise leaves(group)[0] from None
        return next((number for number in numbers if number is not None), None)

    async def _do(self, do: Do, state: RunState, *, by: str) -> int | None:
        lab, actions, what = self._lab, self._actions, do.what
        target = f"{state.id}.{what.target}" if what.target else state.targets[0].target.id
        match what:
            case Start():
                await lab.start_later(target)
            case SendSignal(signal=signal, pid=pid, group=group, from_=origin):
                if what.process is not None:
                    pid = await actions.pid_of(target, what.process)
                return await lab.send_signal(target, signal, pid=pid, group=group, origin=origin, by=by)
            case Stop(signal=name, timeout_s=timeout_s):
                return await lab.stop(target, timeout_s=timeout_s, signal=name, by=by)
            case Type(data=data):
                await lab.type(target, data)
            case Resize(cols=cols, rows=rows):
                await lab.resize(target, cols, rows)
            case Pause() | Unpause():
                return await actions.pause(target, paused=isinstance(what, Pause), by=by)
            case Write(file=file, text=text):
                return await actions.write_file(state.id, file, text, by=by)
            case Get(port=port, path=path):
                return await actions.get(target, port, path, by=by)
            case Exec(command=command):
                return await actions.run(target, command, by=by)
            case never:
                assert_never(never)
        return None

    # Ticks.

    def _wake(self) -> None:
        self._moved.set()

    async def _record(self, lesson: Lesson, ticks: list[Tick]) -> None:
        for tick in ticks:
            await self._lab.hub.record(tick)
        if lesson.over:
            self._lab.release(lesson.run)

    async def tick_until_closed(self, events: MemoryObjectReceiveStream[tuple[int, AnyEvent]]) -> None:
        async with running_jobs() as tasks:
            tasks.keep(self._pass_time)
            async for number, event in events:
                if event.run is None or event.kind in TICKS:
                    continue
                if event.kind == "run_created" and event.experiment in self.catalogue:
                    trace = self._lab.kernel_can_tell
                    self._lessons[event.run] = Lesson(
                        event.run, self.catalogue[event.experiment], trace, self._lab.host("container").ways
                    )
                if event.kind == "run_finished" and event.run in self._lessons:
                    tasks.start_soon(self._end, event.run)
                if lesson := self._lessons.get(event.run):
                    seen = partial(lesson.see, number, event)
                    await self._tick(lesson, seen)
                    self._wake()
            tasks.cancel_scope.cancel()

    async def _tick(self, lesson: Lesson, earned: Callable[[float], list[Tick]]) -> None:
        """Record what it has earned.  A defect costs this lesson its ticks, and no other one."""
        try:
            await self._record(lesson, earned(anyio.current_time()))
        except Ending:
            raise
        except Exception as error:
            log.exception("defect in the lesson of %s", lesson.run)
            if self._lessons.pop(lesson.run, None):
                await self._record(lesson, lesson.give_up(in_words(error), begun=False))
            self._lab.release(lesson.run)

    async def _end(self, run: str) -> None:
        """The lesson of a run that is over, a moment later."""
        await anyio.sleep(LAST_WORDS_S)
        if lesson := self._lessons.pop(run, None):
            await self._record(lesson, lesson.give_up("the run is over"))

    async def _pass_time(self) -> None:
        while True:
            self._moved = anyio.Event()
            due_s = min((at for each in self._lessons.values() if (at := each.due_s) is not None), default=math.inf)
            with anyio.move_on_at(due_s):
                await self._moved.wait()
            for lesson in list(self._lessons.values()):
                await self._tick(lesson, lesson.pass_time)


@asynccontextmanager
async def running_experiments(
    lab: Lab, actions: Actions, catalogue: dict[str, Experiment], faults: list[str]
) -> AsyncIterator[Runner]:
    """The runner with its ticking task."""
    runner = Runner(lab, actions, catalogue, faults)
    send, receive = anyio.create_memory_object_stream[tuple[int, AnyEvent]](math.inf)
    with lab.hub.listening(lambda number, event: send.send_nowait((number, event))):
        async with receive, running_jobs() as tasks:
            tasks.keep(lambda: runner.tick_until_closed(receive))
            try:
                yield runner
            finally:
                tasks.cancel_scope.cancel()
    send.close()
