"""What a person can do: start, signal, stop, type, resize, remove.

The left arm of the house.  It checks, records what was *asked* and then asks a host; what *happened* is recorded by
those who see it.  A request that is refused before it is recorded leaves no trace; one that fails afterwards leaves a
``signal_failed`` for the room and an error for the caller.

A stop is a job of its own in the lab's task group: no request and no client time-out can break it.

Longer than most files: it is the one list of what can be asked; what a run holds is in ``live.py``.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import anyio
from anyio import to_thread
from anyio.abc import TaskGroup

from app.errors import AlreadyGone, Conflict, LabError, NotFound, UnknownSignal
from app.event_parts import ScratchFile, TargetInfo
from app.events import (
    RunCreated,
    SignalFailed,
    SignalRequested,
    StopEscalated,
    StopFinished,
    StopRequested,
    now,
)
from app.foresight import told
from app.hosts.base import Handle, Host, Spec
from app.hub import Hub
from app.life import Life
from app.live import LiveRun, LiveTarget, check_pid
from app.signals import Signal, exit_meaning, parse_signal
from app.signals import UnknownSignal as NoSuchSignal
from app.sources.kernel_trace import KernelTrace
from app.sources.scratch_files import make_folder, placed
from app.targets import HostName, Target, run_id

STARTING_S = 2.0


def parse(signal: str | int) -> Signal:
    """As ``parse_signal``, with the lab's own error."""
    try:
        return parse_signal(signal)
    except NoSuchSignal as error:
        raise UnknownSignal(str(error)) from error


class Lab:
    """Use as ``async with running_lab(hub, hosts, kernel) as lab``."""

    def __init__(
        self, hub: Hub, hosts: Mapping[HostName, Host], kernel: KernelTrace, scratch: Path, tasks: TaskGroup
    ) -> None:
        self.hub, self._kernel = hub, kernel
        self._hosts, self._tasks, self._scratch = hosts, tasks, scratch
        self._life = Life(hub, hosts, kernel)
        self._runs: dict[str, LiveRun] = {}
        self._targets: dict[str, LiveTarget] = {}

    async def start(
        self,
        specs: tuple[Spec, ...],
        *,
        experiment: str | None,
        title: str,
        question: str,
        files: Mapping[str, str] | None = None,
    ) -> LiveRun:
        """Record the run and start its targets in the background; an image may have to be built first.

        ``files``: scratch files by name, in a folder of the run's own that goes with it; ``{files}`` in a command and
        working directory stands for that.
        """
        for host in dict.fromkeys(spec.host for spec in specs):
            await self.host(host).check()
        number = self.hub.journal.next_run_number()
        run = run_id(number)
        folder = make_folder(self._scratch, run, files) if files else None
        specs = tuple(placed(spec, folder) for spec in specs) if folder else specs
        targets = [LiveTarget(Target(run, spec.name, spec.host), spec) for spec in specs]
        created = await self.hub.record(
            RunCreated(
                run=run,
                author="person",
                number=number,
                experiment=experiment,
                title=title,
                question=question,
                targets=tuple(
                    TargetInfo(
                        id=live.target.id,
                        name=live.target.name,
                        host=live.target.host,
                        tty=live.target.host != "container" or live.spec.container.tty,
                        later=live.spec.later,
                    )
                    for live in targets
                ),
                files=tuple(ScratchFile(name=name, text=text) for name, text in (files or {}).items()),
            )
        )
        live_run = LiveRun(run, targets, created, folder, dict(files or {}))
        self._runs[run] = live_run
        self._targets |= {live.target.id: live for live in targets}
        self._tasks.start_soon(self._run, live_run)
        return live_run

    async def _run(self, run: LiveRun) -> None:
        try:
            await self._life.live(run)
        finally:
            del self._runs[run.id]

    def release(self, run: str) -> None:
        """Nobody will ask for a later target of this run any more: it ends when those that were started have."""
        if live := self._runs.get(run):
            live.released.set()

    async def start_later(self, target: str) -> None:
        """Start a target that waits for that.  Raises NotFound, AlreadyGone, Conflict when it was started before."""
        live = self._known(target)
        if live.ended:
            raise AlreadyGone(f"{target} has ended")
        if not live.spec.later or live.wanted.is_set():
            raise Conflict(f"{target} was started already")
        await self._hosts[live.target.host].check()
        live.wanted.set()

    def host(self, name: HostName) -> Host:
        """Raises NotFound."""
        if name not in self._hosts:
            raise NotFound(f"this lab has no host for a {name}")
        return self._hosts[name]

    @property
    def kernel_can_tell(self) -> bool:
        """Whether the kernel's trace is there."""
        return self._kernel.ready

    def _known(self, target: str) -> LiveTarget:
        if (live := self._targets.get(target)) is not None:
            return live
        if self.hub.journal.last_of_run(target.partition(".")[0]):
            raise AlreadyGone(f"{target} ended before this lab was started")
        raise NotFound(f"there is no target {target}")

    async def find(self, target: str) -> tuple[LiveTarget, Handle]:
        """A target that is alive.  Raises NotFound, AlreadyGone, or Conflict while it is starting."""
        live = self._known(target)
        if live.handle is None and not live.ended and not (live.spec.later and not live.wanted.is_set()):
            # What it prints can be seen a moment before its start is recorded.
            with anyio.move_on_after(STARTING_S):
                await live.started.wait()
        if live.ended:
            raise AlreadyGone(f"{target} has ended")
        if live.handle is None:
            waits = live.spec.later and not live.wanted.is_set()
            raise Conflict(f"{target} {'was not started yet' if waits else 'is still starting'}")
        return live, live.handle

    async def send_signal(
        self,
        target: str,
        signal: str | int,
        *,
        by: str,
        pid: int | None = None,
        group: bool = False,
        origin: Literal["outside", "inside"] = "outside",
    ) -> int:
        """Ask for one signal; gives the number of ``signal_requested`` once it has been handed over.

        Raises:
            UnknownSignal, NotFound, AlreadyGone, Conflict, NotOurs: nothing is recorded.
            EngineUnavailable, HostFailed, NotApplicable: ``signal_failed`` is recorded too.
        """
        wanted = parse(signal)
        live, handle = await self.find(target)
        await check_pid(live, handle, pid)
        async with live.sending:
            await self._kernel.settled()
            where = {"run": live.target.run, "target": live.target.id}
            request = await self.hub.record(
                SignalRequested(**where, author="person", signal=wanted.name, pid=pid, group=group, from_=origin, by=by)
            )
            try:
                await handle.send(wanted.number, pid=pid, group=group, origin=origin)
            except LabError as error:
                await self.hub.record(
                    SignalFailed(**where, request=request, signal=wanted.name, code=error.code, error=str(error))
                )
                raise
        return request

    async def forecast(self, target: str, signal: str | int | None, timeout_s: int | None) -> dict[str, Any]:
        """What a signal, and a stop, would do now, from a fresh look.  Absent: the target's own signal and time."""
        live, handle = await self.find(target)
        name = handle.stop_defaults.signal if signal is None else parse(signal).name
        wait_s = handle.stop_defaults.timeout_s if timeout_s is None else timeout_s
        seen = await handle.processes() or []
        return told(live.target, seen, await live.foresight.stop(seen, name, wait_s), name, wait_s)

    async def stop(self, target: str, *, by: str, timeout_s: int | None = None, signal: str | int | None = None) -> int:
        """Start a stop; gives the number of ``stop_requested``.

        ``timeout_s`` 0…3600, −1 for ever; absent, both come from the target itself, as with ``docker stop``.
        """
        wanted = None if signal is None else parse(signal)
        live, handle = await self.find(target)
        if live.stop is not None:
            raise Conflict(f"{target} is being stopped already", hint="Wait for its end, or kill it now.")
        live.stop, live.stopped = 0, anyio.Event()  # taken, before the first await
        try:
            name = handle.stop_defaults.signal if wanted is None else wanted.name
            wait_s = handle.stop_defaults.timeout_s if timeout_s is None else timeout_s
            await self._kernel.settled()
            at = now()
            live.stop = await self.hub.record(
                StopRequested(
                    at=at,
                    run=live.target.run,
                    target=live.target.id,
                    author="person",
                    signal=name,
                    timeout_s=wait_s,
                    deadline=None if wait_s < 0 else at + timedelta(seconds=wait_s),
                    by=by,
                )
            )
        except BaseException:
            live.stop = None
            raise
        self._tasks.start_soon(self._stop, live, handle, live.stop, name, wait_s)
        return live.stop

    async def _stop(self, live: LiveTarget, handle: Handle, request: int, signal: str, timeout_s: int) -> None:
        where = {"run": live.target.run, "target": live.target.id, "stop": request}

        async def on_timeout() -> None:
            await self.hub.record(StopEscalated(**where, reason="timeout", by="lab"))

        error, result = None, None
        try:
            result = await handle.stop(signal, timeout_s, on_timeout)
            await handle.ended()
        except LabError as failure:
            error = str(failure)
        code = result.exit_code if result else None
        await self.hub.record(
            StopFinished(
                **where,
                at=result.at if result else now(),
                clock=result.clock if result else "server",
                took_s=result.took_s if result else None,
                exit_code=code,
                killed=result.killed if result else None,
                meaning="" if code is None else exit_meaning(code),
                error=error,
            )
        )
        live.stop = None
        live.stopped.set()

    async def kill(self, target: str, *, by: str) -> int:
        """Wait no longer for a stop; gives the number of ``stop_escalated``.  Raises Conflict without a stop."""
        live, handle = await self.find(target)
        if not live.stop:
            raise Conflict(f"{target} is not being stopped", hint="Stop it first, or send it SIGKILL.")
        number = await self.hub.record(
            StopEscalated(
                run=live.target.run, target=live.target.id, author="person", stop=live.stop, reason="person", by=by
            )
        )
        await handle.kill()
        return number

    async def type(self, target: str, data: str) -> None:
        """Keys for the target's terminal, as UTF-8; ``\\u0003`` is Ctrl-C."""
        _, handle = await self.find(target)
        await self._kernel.settled()
        await handle.write(data.encode())

    async def resize(self, target: str, cols: int, rows: int) -> None:
        _, handle = await self.find(target)
        await handle.resize(cols, rows)

    def live_run(self, run: str) -> LiveRun | None:
        return self._runs.get(run)

    async def remove(self, run: str) -> None:
        """End a run and all that belongs to it; returns when ``run_finished`` is recorded.  Raises NotFound."""
        live = self._runs.get(run)
        if live is None:
            if not self.hub.journal.last_of_run(run):
                raise NotFound(f"there is no run {run}")
            return
        live.reason = "removed"
        live.scope.cancel()
        await live.done.wait()

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
    hub: Hub, hosts: Mapping[HostName, Host], kernel: KernelTrace, scratch: Path
) -> AsyncIterator[Lab]:
    """The lab with its jobs.  On leaving, every run has ended and is recorded as such.

    ``scratch``: a folder for the scratch files of runs; what an earlier server left there is removed.
    """
    await to_thread.run_sync(lambda: shutil.rmtree(scratch, ignore_errors=True))
    async with anyio.create_task_group() as tasks:
        lab = Lab(hub, hosts, kernel, scratch, tasks)
        try:
            yield lab
        finally:
            with anyio.CancelScope(shield=True):
                await lab.close()
