"""One container of the lab, from its start to its removal.

See ``app/hosts/base.py`` for what each call promises.

A signal from outside goes by the machine's pid where that can be (``signals.py``).  "Inside" is a short-lived
container in the same PID namespace, where the kernel protects PID 1.

Longer than most files: what happens to a container and what is asked of it share one state.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

import anyio
from anyio import to_thread

from app.errors import AlreadyGone, LabError, NotApplicable
from app.events import Cause, Clock, EngineEvent, TargetExited, TargetStarted, now
from app.events.parts import Origin
from app.events.record import Record
from app.hosts.base import RUN_WITHIN_S, Ran, Spec, StopDefaults, Stopped
from app.hosts.container.attachment import Input
from app.hosts.container.docker_run import lacking
from app.hosts.container.exec import run_in_container
from app.hosts.container.output import ContainerOutput
from app.hosts.container.ports import published
from app.hosts.container.removal import removed
from app.hosts.container.signal_inside import send_from_inside
from app.hosts.container.signals import send_from_outside
from app.hosts.container.stop import KILLED, Stopper, stop_signal
from app.hosts.container.story import Story
from app.hosts.engine.engine import Engine
from app.hosts.engine.remembered import engine_time, read_afterwards
from app.hosts.looking import first_process, look_at
from app.jobs import Jobs
from app.probe.procfs import Proc, ProcessFacts
from app.signals import Signal, exit_meaning
from app.targets import Target

log = logging.getLogger("signal_lab.engine")

DRAIN_S = 2.0  # how long the end waits for the last of the output

Look = Callable[[int, str], Awaitable[list[ProcessFacts] | None]]  # pid of its first process, container id
KernelKilled = Callable[[str, int], Awaitable[bool | None]]  # target, pid of its first process; as ``Killed``


class ContainerHandle:
    def __init__(
        self,
        target: Target,
        spec: Spec,
        container: str,
        engine: Engine,
        record: Record,
        tasks: Jobs,
        look: Look | None = None,
        kernel_killed: KernelKilled | None = None,
    ) -> None:
        self._ask_kernel = kernel_killed
        self.target = target
        self.container = container
        self.stdin = spec.container.stdin_open
        self.ports: dict[str, int] = {}
        self.left_over = False  # it is over, and could not be removed
        self._spec, self._engine, self._record, self._tasks = spec, engine, record, tasks
        self._proc = Proc()
        self._look, self._pid = look, 0
        self._init: ProcessFacts | None = None  # PID 1, where this machine can see it
        self._story = Story(engine, container)
        self._output = ContainerOutput(engine, container, target, record, tty=spec.container.tty)
        self._input = Input(engine, container) if self.stdin else None
        self._stopper = Stopper(engine, container, target.id, self._story, self.look_again, tasks, self._kernel_killed)
        self._ended = anyio.Event()
        self._catching_up = anyio.Lock()
        self._started = False
        self._start_recorded = False  # in the journal; without a start there is no end
        self._start_known = anyio.Event()  # it was told, or never will be

    @property
    def stop_defaults(self) -> StopDefaults:
        return self._stopper.defaults

    # What happens.

    async def start(self, equivalent: str) -> None:
        """Attach, start, and say what was started."""
        await self._attach()
        self._tasks.start_soon(self._output.follow, self._story.died)
        await self._engine.call(lambda client: client.start(self.container), what=f"starting {self.target.id}")
        self._started = True
        await self._tell_start(await self._inspect(), equivalent)

    async def _attach(self) -> None:
        await self._output.open()
        if self._input:
            self._input.close()
            await self._input.open()

    async def _attach_again(self) -> None:
        """Nobody read for a while: first what the log has of that time, then what comes."""
        since, until = self._output.ended_at, now()
        with suppress(AlreadyGone):  # it may end just now
            await self._attach()
        await self._output.fill(since, until, "the engine was gone")
        self._tasks.start_soon(self._output.follow, self._story.died)

    async def _inspect(self) -> dict[str, Any]:
        facts: dict[str, Any] = await self._engine.call(lambda client: client.inspect_container(self.container))
        self._learn(facts)
        return facts

    def _learn(self, facts: dict[str, Any]) -> None:
        config = facts["Config"]
        timeout_s = config.get("StopTimeout")
        self._stopper.defaults = StopDefaults(
            stop_signal(config.get("StopSignal")), 10 if timeout_s is None else timeout_s
        )
        self.ports = published(facts) or self.ports
        pid = facts["State"].get("Pid") or 0
        if pid == self._pid:
            return
        self._pid = pid
        self._init = first_process(self._proc, pid, self.container) or self._init

    async def _tell_start(self, facts: dict[str, Any], equivalent: str) -> None:
        self._start_recorded = True
        self._start_known.set()  # what is recorded next comes after it
        await self._record(
            TargetStarted(
                run=self.target.run,
                target=self.target.id,
                author="engine",
                pid=self._pid or None,
                start=self._init.start if self._init else None,
                container_id=self.container,
                command=(facts["Path"], *facts["Args"]),
                equivalent=equivalent,
                tty=self._spec.container.tty,
                stdin=self.stdin,
                stop_signal=self.stop_defaults.signal.name,
                stop_timeout_s=self.stop_defaults.timeout_s,
                ports=self.ports,
                fence=self._spec.container.fence,
                without=lacking(self._engine.info),
            )
        )

    async def on_engine_event(self, event: EngineEvent) -> None:
        """One event of the engine about this container; it is recorded once, however often it is told."""
        if not self._story.is_new(event):
            return
        self._story.on_engine_event(event)
        await self._record(event)
        if event.action == "die":
            self._end(event.exit_code, event.at, "engine")

    async def look_again(self) -> None:
        """After the engine was away: what it said meanwhile, and its state for what it has forgotten."""
        if not self._started or self._ended.is_set():
            return
        with suppress(LabError):
            facts = await self._catch_up()
            if facts and facts["State"]["Running"] and self._output.drained.is_set():
                await self._attach_again()

    async def _hear_missed(self) -> None:
        async with self._catching_up:
            for event in await self._story.missed():
                await self.on_engine_event(event)

    async def _catch_up(self) -> dict[str, Any] | None:
        await self._hear_missed()
        async with self._catching_up:
            try:
                facts = await self._inspect()
            except AlreadyGone:
                self._end(None, now(), "server", "it was removed while nobody watched")
                return None
            state = facts["State"]
            if not state["Running"]:
                code, why = read_afterwards(state["ExitCode"])
                self._end(code, engine_time(state["FinishedAt"]), "engine", why)
            return facts

    def _end(self, code: int | None, at: datetime, clock: Clock, why: str = "") -> None:
        if self._story.end(code, at):
            log.debug("engine: %s has ended with %s %s", self.target.id, code, why)

            async def give_up(_defect: str) -> None:
                self._ended.set()  # its run does not wait for an end that cannot be told

            self._tasks.start_soon(self._record_end, code, at, clock, why, defect=give_up)

    async def _record_end(self, code: int | None, at: datetime, clock: Clock, why: str) -> None:
        """Once the last output has come, and never before its start."""
        if code == KILLED and not self._story.killed:
            with anyio.move_on_after(DRAIN_S), suppress(LabError):
                await self._hear_missed()
        self._story.whole.set()
        with anyio.move_on_after(DRAIN_S):
            await self._output.drained.wait()
        await self._start_known.wait()
        if not self._start_recorded:
            self._ended.set()
            return
        cause = await self._cause(code)
        meaning = "nobody saw it end" if code is None else exit_meaning(code)
        with anyio.CancelScope(shield=True):
            await self._record(
                TargetExited(
                    run=self.target.run,
                    target=self.target.id,
                    author="engine",
                    at=at,
                    clock=clock,
                    exit_code=code,
                    cause=cause,
                    meaning=f"{meaning}; {why}" if why else meaning,
                )
            )
            self._ended.set()

    async def _cause(self, code: int | None) -> Cause:
        if code is None:
            return "unknown"
        if code != KILLED:
            return "exited"
        if self._story.killed:
            return "killed"
        killed = False if self._engine.ways.tells_signals else await self._kernel_killed()
        return "unknown" if killed is None else "killed" if killed else "exited"

    async def _kernel_killed(self) -> bool | None:
        """Whether the kernel saw somebody outside send SIGKILL to its first process; None: nobody can tell."""
        return await self._ask_kernel(self.target.id, self._pid) if self._ask_kernel and self._pid else None

    async def ended(self) -> None:
        await self._ended.wait()

    async def processes(self) -> list[ProcessFacts] | None:
        if self._look and self._pid and (seen := await self._look(self._pid, self.container)) is not None:
            return seen
        if self._init is None:
            return None
        if self._proc.identity(self._init.pid) != (self._init.pid, self._init.start):
            return []
        return await look_at(self._proc, await to_thread.run_sync(self._pids))

    def _pids(self) -> list[int]:
        """Its processes, on this machine; none where this machine cannot see them."""
        return self._proc.container_processes(self._init.pid, self.container) if self._init else []

    # What is asked.

    def _alive(self) -> None:
        if self._story.died.is_set():
            raise AlreadyGone(f"{self.target.id} has ended")

    async def send(self, signal: Signal, *, pid: int | None, group: bool, origin: Origin) -> None:
        self._alive()
        if origin == "inside":
            if self._spec.container.pid_mode == "host":
                # "Inside" would be the whole machine: pid 1 its init, and others not ours at all.
                raise NotApplicable(f"{self.target.id} has no PID namespace of its own", hint="Send it from outside.")
            if group:
                raise NotApplicable("a group cannot be reached from inside", hint="Send it from outside.")
            await send_from_inside(self._engine, self.container, signal, pid)
            return
        await send_from_outside(
            *(self._engine, self.container, self.target.id, self._init, await self.processes(), signal),
            pid=pid,
            members=self._pids if group else None,
        )

    async def stop(self, signal: Signal, timeout_s: int, on_timeout: Callable[[], Awaitable[object]]) -> Stopped:
        self._alive()
        return await self._stopper.stop(signal, timeout_s, on_timeout)

    async def kill(self) -> None:
        self._alive()
        await self._stopper.kill()

    async def write(self, data: bytes) -> None:
        self._alive()
        if self._input is None:
            raise NotApplicable(
                f"{self.target.id} has no open standard input", hint="A container has one with `docker run -i`."
            )
        await self._input.write(data)

    async def resize(self, cols: int, rows: int) -> None:
        self._alive()
        if not self._spec.container.tty:
            raise NotApplicable(f"{self.target.id} has no terminal", hint="Only targets with a terminal have a size.")
        await self._engine.call(lambda client: client.resize(self.container, height=rows, width=cols))

    async def pause(self) -> None:
        self._alive()
        await self._engine.call(lambda client: client.pause(self.container), what=f"pausing {self.target.id}")

    async def unpause(self) -> None:
        self._alive()
        await self._engine.call(lambda client: client.unpause(self.container), what=f"unpausing {self.target.id}")

    async def run(self, command: tuple[str, ...], within_s: float = RUN_WITHIN_S) -> Ran:
        """As ``docker exec``."""
        self._alive()
        return await run_in_container(self._engine, self.container, command, within_s)

    async def close(self) -> None:
        """Remove it, running or not; its end is recorded if its start was."""
        self._start_known.set()
        if self._input:
            self._input.close()
        if self._story.died.is_set() and self._stopper.answered:
            with anyio.move_on_after(DRAIN_S):  # a stop that is not done would meet a container that is gone
                await self._stopper.answered.wait()
        self.left_over = True
        self.left_over = not await removed(self._engine, self.container, self.target.id)
        if self._start_recorded:
            with anyio.move_on_after(DRAIN_S):
                await self._ended.wait()
            if not self._ended.is_set():
                self._end(None, now(), "server")
                with anyio.move_on_after(DRAIN_S):
                    await self._ended.wait()
        self._output.close()
