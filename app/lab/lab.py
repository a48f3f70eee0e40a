"""What a person can do: start, signal, stop, type, resize, remove.

The left arm of the house.  It checks, records what was *asked* and then asks a host; what *happened* is recorded by
those who see it.  A request that is refused before it is recorded leaves no trace; one that fails afterwards leaves a
``signal_failed`` for the room and an error for the caller.

Longer than most files: it is the one list of what can be asked; what a run holds is in ``state.py``, stops are in
``stops.py``.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import anyio

from app.errors import AlreadyGone, CannotStore, Conflict, LabError, NotFound, UnknownSignal
from app.events import SignalFailed, SignalRequested
from app.events.parts import Origin
from app.hosts.base import Handle, Host, Spec
from app.hub import Hub
from app.jobs import Jobs, running_jobs
from app.lab.forecasts import forecast_payload
from app.lab.kernels import Kernels
from app.lab.life import Life
from app.lab.scratch import make_folder, placed
from app.lab.state import Made, RunState, TargetState, announced, check_pid
from app.lab.stops import Stops
from app.signals import RESERVED, Signal, parse_signal
from app.signals import UnknownSignal as NoSuchSignal
from app.sources.kernel_trace import KernelTrace
from app.targets import HostName, Target, run_id

STARTING_S = 2.0
MADE_KEPT = 50  # runs of one's own that can be started again


def parse(signal: str | int) -> Signal:
    """As ``parse_signal``, with the lab's own error."""
    try:
        return parse_signal(signal)
    except NoSuchSignal as error:
        raise UnknownSignal(str(error)) from error


def _stop_signal(handle: Handle, signal: str | int | None) -> Signal:
    """Its own, also by name: an image may have one that nobody else may be sent."""
    own = handle.stop_defaults.signal
    return own if signal is None or signal == own.name else parse(signal)


class Lab:
    """Use as ``async with running_lab(hub, hosts, kernel, kernels, scratch) as lab``."""

    def __init__(
        self,
        hub: Hub,
        hosts: Mapping[HostName, Host],
        kernel: KernelTrace,
        kernels: Kernels,
        scratch: Path,
        tasks: Jobs,
    ) -> None:
        self.hub, self._kernel, self.kernels = hub, kernel, kernels
        self._hosts, self._tasks, self._scratch = hosts, tasks, scratch
        self._life = Life(hub, hosts, kernel)
        self._stops = Stops(hub, kernel, tasks)
        self._runs: dict[str, RunState] = {}
        self._targets: dict[str, TargetState] = {}
        # Of the newest runs that no experiment describes.  Their commands are not masked: it stays in memory.
        self.made: dict[str, Made] = {}

    async def start(
        self,
        specs: tuple[Spec, ...],
        *,
        experiment: str | None,
        title: str,
        question: str,
        files: Mapping[str, str] | None = None,
        job: Callable[[RunState], Coroutine[Any, Any, None]] | None = None,
    ) -> RunState:
        """Record the run and start its targets in the background; an image may have to be built first.

        ``files``: scratch files by name, in a folder of the run's own that goes with it; ``{files}`` in a command and
        working directory stands for that.  ``job``: what the run is for; it ends with the run, and the run after it.
        """
        for host in dict.fromkeys(spec.host for spec in specs):
            await self.host(host).check()
        if lost := self.hub.lost:
            raise CannotStore(f"nothing new can be started: the journal cannot be written: {lost.reason}")
        number = await self.hub.ask(self.hub.journal.next_run_number)
        run = run_id(number)
        folder = make_folder(self._scratch, run, files) if files else None
        try:
            specs = tuple(placed(spec, folder) for spec in specs) if folder else specs
            targets = [self._target(run, spec) for spec in specs]
            made = Made(specs, title, question)
            created = await self.hub.record(announced(run, number, experiment, made, targets, files or {}))
        except BaseException:
            if folder:
                shutil.rmtree(folder, ignore_errors=True)
            raise
        if experiment is None and job is None:
            self.made[run] = made
            while len(self.made) > MADE_KEPT:
                del self.made[next(iter(self.made))]
        return self._go(RunState(run, targets, created, folder, dict(files or {}), job))

    def _target(self, run: str, spec: Spec) -> TargetState:
        return TargetState(Target(run, spec.name, spec.host), spec, lambda: self.kernels.tried(spec.host))

    def _go(self, run: RunState) -> RunState:
        self._runs[run.id] = run
        self._targets |= {state.target.id: state for state in run.targets}
        self._tasks.start_soon(self._run, run)
        return run

    async def _run(self, run: RunState) -> None:
        try:
            await self._life.follow_run(run)
        finally:
            del self._runs[run.id]
            for state in run.targets:
                del self._targets[state.target.id]

    def release(self, run: str) -> None:
        """Nobody will ask for a later target of this run any more: it ends when those that were started have."""
        if state := self._runs.get(run):
            state.released.set()

    async def start_later(self, target: str, spec: Spec | None = None) -> None:
        """Start a target that waits for that.  ``spec``: of it, instead of the one that was announced.

        Raises NotFound, AlreadyGone, Conflict when it was started before.
        """
        state = self._known(target)
        if state.ended:
            raise AlreadyGone(f"{target} has ended")
        if not state.spec.later or state.wanted.is_set():
            raise Conflict(f"{target} was started already")
        await self._hosts[state.target.host].check()
        state.spec = spec or state.spec
        state.wanted.set()

    def host(self, name: HostName) -> Host:
        """Raises NotFound."""
        if name not in self._hosts:
            raise NotFound(f"this lab has no host for a {name}")
        return self._hosts[name]

    @property
    def running(self) -> int:
        """How many runs are going on."""
        return len(self._runs)

    @property
    def kernel_can_tell(self) -> bool:
        """Whether the kernel's trace is there."""
        return self._kernel.ready

    def _known(self, target: str) -> TargetState:
        if (state := self._targets.get(target)) is not None:
            return state
        run = target.partition(".")[0]
        for created in self.hub.journal.read(run=run, kinds=frozenset({"run_created"}), limit=1):
            if target in {each["id"] for each in json.loads(created.json)["targets"]}:
                raise AlreadyGone(f"{target} has ended")
        raise NotFound(f"there is no target {target}")

    async def find(self, target: str) -> tuple[TargetState, Handle]:
        """A target that is alive.  Raises NotFound, AlreadyGone, or Conflict while it is starting."""
        state = self._known(target)
        if state.handle is None and not state.ended and not (state.spec.later and not state.wanted.is_set()):
            # What it prints can be seen a moment before its start is recorded.
            with anyio.move_on_after(STARTING_S):
                await state.started.wait()
        if state.ended:
            raise AlreadyGone(f"{target} has ended")
        if state.handle is None:
            waits = state.spec.later and not state.wanted.is_set()
            raise Conflict(f"{target} {'was not started yet' if waits else 'is still starting'}")
        return state, state.handle

    async def send_signal(
        self,
        target: str,
        signal: str | int,
        *,
        by: str,
        pid: int | None = None,
        group: bool = False,
        origin: Origin = "outside",
    ) -> int:
        """Ask for one signal; gives the number of ``signal_requested`` once it has been handed over.

        Raises:
            UnknownSignal, NotFound, AlreadyGone, Conflict, NotOurs: nothing is recorded.
            EngineUnavailable, HostFailed, NotApplicable: ``signal_failed`` is recorded too.
        """
        wanted = parse(signal)
        state, handle = await self.find(target)
        await check_pid(state, handle, pid)
        async with state.sending:
            await state.looked_at()
            await self._kernel.until_followed()
            where = {"run": state.target.run, "target": state.target.id}
            request = await self.hub.record(
                SignalRequested(**where, author="person", signal=wanted.name, pid=pid, group=group, from_=origin, by=by)
            )
            try:
                await handle.send(wanted, pid=pid, group=group, origin=origin)
            except LabError as error:
                await self.hub.record(
                    SignalFailed(**where, request=request, signal=wanted.name, code=error.code, error=str(error))
                )
                raise
        return request

    async def forecast(self, target: str, signal: str | int | None, timeout_s: int | None) -> dict[str, Any]:
        """What a signal, and a stop, would do now, from a fresh look.  Absent: the target's own signal and time.

        Of a target that has ended there is nothing to forecast, and that is the answer: who asks again and again while
        it runs meets its end sooner or later.
        """
        try:
            state, handle = await self.find(target)
        except AlreadyGone:
            if signal is not None and signal not in {each.name for each in RESERVED}:  # its own may have been one
                parse(signal)
            return {"target": target, "stop": None, "processes": []}
        wanted = _stop_signal(handle, signal)
        wait_s = handle.stop_defaults.timeout_s if timeout_s is None else timeout_s
        seen = await state.stop_forecaster.look(handle.processes)
        stop = await state.stop_forecaster.stop(seen, wanted, wait_s)
        return forecast_payload(state.target, seen, stop, wanted, wait_s, state.tried())

    async def stop(self, target: str, *, by: str, timeout_s: int | None = None, signal: str | int | None = None) -> int:
        """Start a stop; gives the number of ``stop_requested``.

        ``timeout_s`` 0…3600, −1 for ever; absent, both come from the target itself, as with ``docker stop``.
        """
        state, handle = await self.find(target)
        return await self._stops.ask(state, handle, _stop_signal(handle, signal), timeout_s, by=by)

    async def kill(self, target: str, *, by: str) -> int:
        """Wait no longer for a stop; gives the number of ``stop_escalated``.  Raises Conflict without a stop."""
        state, handle = await self.find(target)
        return await self._stops.kill(state, handle, by=by)

    async def type(self, target: str, data: str) -> None:
        """Keys for the target's terminal, as UTF-8; ``\\u0003`` is Ctrl-C."""
        _, handle = await self.find(target)
        await self._kernel.until_followed()
        await handle.write(data.encode())

    async def resize(self, target: str, cols: int, rows: int) -> None:
        """Another size for the target's terminal; one that has ended has none left to change, and that is no error."""
        with suppress(AlreadyGone):
            _, handle = await self.find(target)
            await handle.resize(cols, rows)

    def run_state(self, run: str) -> RunState | None:
        return self._runs.get(run)

    async def remove(self, run: str) -> None:
        """End a run and all that belongs to it; returns when ``run_finished`` is recorded.  Raises NotFound."""
        state = self._runs.get(run)
        if state is None:
            if not self.hub.journal.last_of_run(run):
                raise NotFound(f"there is no run {run}")
            return
        state.reason = "removed"
        state.scope.cancel()
        await state.done.wait()

    async def close(self) -> None:
        """End every run; returns when nothing is left.  Nothing is recorded after that."""
        runs = list(self._runs.values())
        for run in runs:
            run.reason = "lab_stopped"
            run.scope.cancel()
        for run in runs:
            await run.done.wait()
        self._tasks.cancel_scope.cancel()


@asynccontextmanager
async def running_lab(
    hub: Hub, hosts: Mapping[HostName, Host], kernel: KernelTrace, kernels: Kernels, scratch: Path
) -> AsyncIterator[Lab]:
    """The lab with its jobs.  On leaving, every run has ended and is recorded as such.

    ``scratch``: a folder for the scratch files of runs.
    """
    async with running_jobs() as tasks:
        lab = Lab(hub, hosts, kernel, kernels, scratch, tasks)
        try:
            yield lab
        finally:
            with anyio.CancelScope(shield=True):
                await lab.close()
