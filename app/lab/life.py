"""The life of one run: its targets start, are watched, end, and are let go of; then ``run_finished`` is recorded.

What a person can ask of it meanwhile is in ``lab.py``.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping

import anyio
from anyio.abc import TaskGroup

from app.errors import BadRequest, LabError, leaves
from app.events import AnyEvent, RunFinished
from app.hosts.base import Handle, Host
from app.hub import Hub
from app.lab.forecasts import forecasts_of
from app.lab.judge import Judge
from app.lab.state import RunState, TargetState
from app.probe.procfs import ProcessFacts
from app.sources.kernel_trace import KernelTrace
from app.sources.looks import Looks, Processes
from app.sources.process_tree import ProcessTree
from app.sources.scratch_files import ScratchFiles
from app.targets import HostName

log = logging.getLogger("signal_lab")

CLOSE_WITHIN_S = 10.0
JOBS_WITHIN_S = 10.0  # how long what was asked of a target may go on after all targets have ended


class Life:
    def __init__(self, hub: Hub, hosts: Mapping[HostName, Host], kernel: KernelTrace) -> None:
        self._hub, self._hosts, self._kernel = hub, hosts, kernel

    async def follow_run(self, run: RunState) -> None:
        """Whatever ends it, its targets are closed and ``run_finished`` is recorded."""
        error: str | None = None
        try:
            with run.scope:
                async with anyio.create_task_group() as jobs, anyio.create_task_group() as watching:
                    run.jobs = jobs
                    if run.job:
                        jobs.start_soon(run.job, run)
                    if run.folder:
                        scratch = ScratchFiles(run.id, run.folder, run.files)
                        watching.start_soon(scratch.report, self._hub.record)
                    async with anyio.create_task_group() as tasks:
                        for state in run.targets:
                            tasks.start_soon(self._keep, run, state)
                    watching.cancel_scope.cancel()
                    jobs.cancel_scope.deadline = anyio.current_time() + JOBS_WITHIN_S
        except* LabError as group:
            run.reason, error = "failed", "; ".join(str(each) for each in leaves(group))
        except* Exception as group:  # a defect ends this run, and no other
            log.exception("defect in %s", run.id, exc_info=group)
            names = {type(each).__name__ for each in leaves(group)}
            run.reason, error = "failed", f"the lab made a mistake: {', '.join(sorted(names))}"
        finally:
            with anyio.CancelScope(shield=True):
                run.jobs = None
                for state in run.targets:
                    state.ended = True
                if run.folder:
                    shutil.rmtree(run.folder, ignore_errors=True)
                try:
                    await self._say_over(run, error)
                finally:
                    run.done.set()

    async def _say_over(self, run: RunState, error: str | None) -> None:
        try:
            await self._hub.record(RunFinished(run=run.id, reason=run.reason, error=error))
        except BadRequest:  # words of somebody else that are no text
            await self._hub.record(RunFinished(run=run.id, reason=run.reason, error="why cannot be told"))

    async def _keep(self, run: RunState, state: TargetState) -> None:
        try:
            await self._from_start_to_end(run, state)
        finally:
            state.over.set()

    async def _from_start_to_end(self, run: RunState, state: TargetState) -> None:
        """One target."""
        if state.spec.later and not await _wanted(run, state):
            state.ended = True
            return
        try:
            handle = await self._hosts[state.target.host].start(state.target, state.spec)
        except BaseException:
            self._kernel.forget(state.target.id)
            state.ended = True
            state.started.set()
            await _close(state, None)
            raise
        state.handle = handle
        state.stop_forecaster.ways = self._hosts[state.target.host].ways
        state.started.set()
        judge = Judge(self._hub, state.target)
        with self._hub.listening(judge.heard):
            try:
                await self._watch(state, handle, judge)
            finally:
                with anyio.move_on_after(CLOSE_WITHIN_S, shield=True):
                    await judge.finish()

    async def _watch(self, state: TargetState, handle: Handle, judge: Judge) -> None:
        """Until it has ended, and all its witnesses have said their last words."""
        over = anyio.Event()
        async with anyio.create_task_group() as judging:
            judging.start_soon(judge.run)
            async with anyio.create_task_group() as watching:
                watching.start_soon(self._watch_tree, state, handle, over)
                try:
                    await handle.ended()
                except anyio.get_cancelled_exc_class():
                    judge.cut()
                    raise
                finally:
                    state.ended = True
                    try:
                        await _close(state, handle)
                    finally:
                        over.set()
            judging.cancel_scope.cancel()

    async def _watch_tree(self, state: TargetState, handle: Handle, over: anyio.Event) -> None:
        run, target = state.target.run, state.target.id
        tree = ProcessTree(run, target, lambda facts: forecasts_of(facts, state.tried()))
        looks, tried = Looks(lambda: self._kernel.ready), state.tried()

        async def record(event: AnyEvent, /) -> int:
            if event.kind in ("process_appeared", "process_changed") and event.ns_pid is not None:
                state.pids_seen.add(event.ns_pid)
            return await self._hub.record(event)

        async def record_forecast(seen: list[ProcessFacts]) -> None:
            defaults = handle.stop_defaults
            if changed := await state.stop_forecaster.forecast_if_changed(seen, defaults.signal, defaults.timeout_s):
                await self._hub.record(changed)

        async with (
            self._kernel.following(run, target, looks.tree_changed, tree.ended),
            anyio.create_task_group() as tasks,
        ):

            def know(seen: list[ProcessFacts] | None) -> None:
                nonlocal tried
                if state.tried() != tried:  # the answer came after the first forecasts
                    tried = state.tried()
                    tree.forecast_again()
                if seen is not None:
                    self._kernel.add_processes(target, seen)
                    state.alive = [(facts.pid, facts.start) for facts in seen]
                state.known.set()

            def forecast(seen: list[ProcessFacts]) -> None:
                if not state.ended and state.stop is None:  # while it stops, what was said before is what counts
                    tasks.start_soon(record_forecast, seen)  # beside the looks: a new child must not wait for it

            processes = Processes(
                run=run,
                target=target,
                look=handle.processes,
                before=know,
                after=forecast,
                tree=tree,
                looks=looks,
                over=over,
                last_words=self._kernel.last_words,
            )
            await processes.report(record)
            tasks.cancel_scope.cancel()


async def _close(state: TargetState, handle: Handle | None) -> None:
    """Let go of a target that has ended, or is to end now.

    The end of its stop is part of the run, also of one that is just being asked for: where it does not come in time,
    that is recorded as its end.
    """
    with anyio.CancelScope(shield=True):
        with anyio.move_on_after(CLOSE_WITHIN_S):
            if handle is not None:
                await handle.close()
            if state.stop is not None:
                await state.stop.ended()
        if state.stop is not None:
            state.stop.give_up()
            await state.stop.ended()


async def _wanted(run: RunState, state: TargetState) -> bool:
    """Whether somebody asks for a later target, before nobody will any more."""

    async def until(event: anyio.Event, tasks: TaskGroup) -> None:
        await event.wait()
        tasks.cancel_scope.cancel()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(until, state.wanted, tasks)
        tasks.start_soon(until, run.released, tasks)
    return state.wanted.is_set()
