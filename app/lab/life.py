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
from app.lab.forecasts import foresee
from app.lab.judge import Judge
from app.lab.state import LiveRun, LiveTarget
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

    async def live(self, run: LiveRun) -> None:
        """Whatever ends it, its targets are closed and ``run_finished`` is recorded."""
        error: str | None = None
        try:
            with run.scope:
                async with anyio.create_task_group() as jobs, anyio.create_task_group() as watching:
                    run.jobs = jobs
                    if run.folder:
                        scratch = ScratchFiles(run.id, run.folder, run.files)
                        watching.start_soon(scratch.report, self._hub.record)
                    async with anyio.create_task_group() as tasks:
                        for live in run.targets:
                            tasks.start_soon(self._keep, run, live)
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
                for live in run.targets:
                    live.ended = True
                if run.folder:
                    shutil.rmtree(run.folder, ignore_errors=True)
                try:
                    await self._say_over(run, error)
                finally:
                    run.done.set()

    async def _say_over(self, run: LiveRun, error: str | None) -> None:
        try:
            await self._hub.record(RunFinished(run=run.id, reason=run.reason, error=error))
        except BadRequest:  # words of somebody else that are no text
            await self._hub.record(RunFinished(run=run.id, reason=run.reason, error="why cannot be told"))

    async def _keep(self, run: LiveRun, live: LiveTarget) -> None:
        """One target from start to end."""
        waits = live.spec.later and not (live.left and live.left.starting)
        if waits and not await _wanted(run, live):
            live.ended = True
            return
        handle = None
        try:
            handle = await self._begin(run, live)
        finally:
            if handle is None:
                live.ended = True
                live.started.set()
                await _close(live, None)
        if handle is None:
            return
        live.handle = handle
        live.started.set()
        judge = Judge(self._hub, live.target)
        with self._hub.listening(judge.heard):
            try:
                await self._watch(live, handle, judge)
            finally:
                with anyio.move_on_after(CLOSE_WITHIN_S, shield=True):
                    await judge.finish()

    async def _watch(self, live: LiveTarget, handle: Handle, judge: Judge) -> None:
        """Until it has ended, and all its witnesses have said their last words."""
        over = anyio.Event()
        async with anyio.create_task_group() as judging:
            judging.start_soon(judge.run)
            async with anyio.create_task_group() as watching:
                watching.start_soon(self._watch_tree, live, handle, over)
                try:
                    await handle.ended()
                except anyio.get_cancelled_exc_class():
                    judge.cut()
                    raise
                finally:
                    live.ended = True
                    try:
                        await _close(live, handle)
                    finally:
                        over.set()
            judging.cancel_scope.cancel()

    async def _begin(self, run: LiveRun, live: LiveTarget) -> Handle | None:
        """Start it, or go on with what a killed server had started.  None: there is nothing to go on with."""
        host = self._hosts[live.target.host]
        left = live.left
        if left is None or (live.spec.later and not left.starting):
            try:
                return await host.start(live.target, live.spec)
            except BaseException:
                self._kernel.forget(live.target.id)
                raise
        if left.exited:
            return None
        handle = await host.adopt(live.target, live.spec, left) if left.starting else None
        if handle is None:
            run.reason = "lab_was_gone"
        return handle

    async def _watch_tree(self, live: LiveTarget, handle: Handle, over: anyio.Event) -> None:
        run, target = live.target.run, live.target.id
        tree = ProcessTree(run, target, lambda facts: foresee(facts, live.tried()))
        looks, tried = Looks(lambda: self._kernel.ready), live.tried()
        tree.left = set(live.left.processes) if live.left else set()

        async def record(event: AnyEvent, /) -> int:
            if event.kind in ("process_appeared", "process_changed") and event.ns_pid is not None:
                live.pids_seen.add(event.ns_pid)
            return await self._hub.record(event)

        async def foretell(seen: list[ProcessFacts]) -> None:
            defaults = handle.stop_defaults
            if news := await live.foresight.news(seen, defaults.signal, defaults.timeout_s):
                await self._hub.record(news)

        async with self._kernel.following(run, target, looks.moved, tree.ended), anyio.create_task_group() as tasks:

            def know(seen: list[ProcessFacts] | None) -> None:
                nonlocal tried
                if live.tried() != tried:  # the answer came after the first forecasts
                    tried = live.tried()
                    tree.foretell_again()
                if seen is not None:
                    self._kernel.add_processes(target, seen)
                    live.alive = [(facts.pid, facts.start) for facts in seen]
                live.known.set()

            def forecast(seen: list[ProcessFacts]) -> None:
                if not live.ended and live.stop is None:  # while it stops, what was said before is what counts
                    tasks.start_soon(foretell, seen)  # beside the looks: a new child must not wait for it

            processes = Processes(
                run=run,
                target=target,
                look=handle.processes,
                before=know,
                after=forecast,
                tree=tree,
                looks=looks,
                over=over,
            )
            await processes.report(record)
            tasks.cancel_scope.cancel()


async def _close(live: LiveTarget, handle: Handle | None) -> None:
    """Let go of a target that has ended, or is to end now.

    The end of its stop is part of the run, also of one that is just being asked for: where it does not come in time,
    that is recorded as its end.
    """
    with anyio.CancelScope(shield=True):
        with anyio.move_on_after(CLOSE_WITHIN_S):
            if handle is not None:
                await handle.close()
            if live.stop is not None:
                await live.stop.ended()
        if live.stop is not None:
            live.stop.give_up()
            await live.stop.ended()


async def _wanted(run: LiveRun, live: LiveTarget) -> bool:
    """Whether somebody asks for a later target, before nobody will any more."""

    async def until(event: anyio.Event, tasks: TaskGroup) -> None:
        await event.wait()
        tasks.cancel_scope.cancel()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(until, live.wanted, tasks)
        tasks.start_soon(until, run.released, tasks)
    return live.wanted.is_set()
