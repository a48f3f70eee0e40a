"""One container of the lab, from its start to its removal.  See ``hosts/base.py`` for what each call promises.

Signals from outside go by pidfd to the machine's pid where this server is on the engine's machine and may do that, so
that any process can be hit and the engine's restart policy is left alone; else the engine is asked, which can only
reach PID 1.  "Inside" is a short-lived container in the same PID namespace, where the kernel protects PID 1.

Longer than most files: what is told and what is asked share one container's state.
"""

from __future__ import annotations

import os
import signal as signals
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import Literal

import anyio
from anyio.abc import TaskGroup

from app.errors import AlreadyGone, EngineUnavailable, HostFailed, LabError, NotApplicable, NotOurs
from app.events import Clock, EngineEvent, SourceLost, TargetExited, TargetStarted, now
from app.hosts.attachment import Attachment, Input
from app.hosts.base import Ran, Record, Spec, StopDefaults, Stopped
from app.hosts.container_exec import run_in_container
from app.hosts.container_inside import send_from_inside
from app.hosts.container_ports import published
from app.hosts.engine import Client, Engine
from app.probe.procfs import Proc, ProcessFacts
from app.signals import UnknownSignal, exit_meaning, parse_signal
from app.sources.output import pump_output
from app.targets import Target

DRAIN_S = 2.0  # how long the end waits for the last of the output
TELL_S = 5.0  # how long an answer of the engine waits for the event that should come with it
SIGNAL_IN_STOP = (1, 42)  # the first API whose stop takes a signal; older ones ignore it in silence


Look = Callable[[int, str], Awaitable[list[ProcessFacts] | None]]  # pid of its first process, container id


class ContainerHandle:
    def __init__(
        self,
        target: Target,
        spec: Spec,
        container: str,
        engine: Engine,
        record: Record,
        tasks: TaskGroup,
        look: Look | None = None,
    ) -> None:
        self.target = target
        self.container = container
        self.stop_defaults = StopDefaults("SIGTERM", 10)
        self.stdin = spec.container.stdin_open
        self.ports: dict[str, int] = {}
        self._spec, self._engine, self._record, self._tasks = spec, engine, record, tasks
        self._proc = Proc()
        self._look, self._pid = look, 0
        self._init: ProcessFacts | None = None  # PID 1, where this machine can see it
        self._output = Attachment(engine, container)
        self._input = Input(engine, container) if self.stdin else None
        self._drained, self._died, self._ended = anyio.Event(), anyio.Event(), anyio.Event()
        self._kills: list[EngineEvent] = []
        self._die: EngineEvent | None = None
        self._exit_code: int | None = None
        self._started = False

    # What happens.

    async def start(self, equivalent: str) -> None:
        """Attach, start, and say what was started."""
        await self._output.open()
        if self._input:
            await self._input.open()
        self._tasks.start_soon(self._follow_output)
        await self._engine.call(lambda client: client.start(self.container), what=f"starting {self.target.id}")
        self._started = True
        facts = await self._engine.call(lambda client: client.inspect_container(self.container))
        config, state = facts["Config"], facts["State"]
        timeout_s = config.get("StopTimeout")
        self.stop_defaults = StopDefaults(
            _signal_name(config.get("StopSignal")), 10 if timeout_s is None else timeout_s
        )
        pid = self._pid = state.get("Pid") or 0
        self.ports = published(facts)
        seen = self._proc.read_process(pid) if pid else None
        if seen and self.container.encode() in (self._proc.read(pid, "cgroup") or b""):
            self._init = seen
        await self._record(
            TargetStarted(
                run=self.target.run,
                target=self.target.id,
                author="engine",
                pid=pid or None,
                start=self._init.start if self._init else None,
                container_id=self.container,
                command=(facts["Path"], *facts["Args"]),
                equivalent=equivalent,
                tty=self._spec.container.tty,
                stdin=self.stdin,
                stop_signal=self.stop_defaults.signal,
                stop_timeout_s=self.stop_defaults.timeout_s,
                ports=self.ports,
            )
        )

    async def _follow_output(self) -> None:
        run, target = self.target.run, self.target.id
        first: Literal["pty", "stdout"] = "pty" if self._spec.container.tty else "stdout"
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._output.read_until_end)
                read = self._output.reader
                tasks.start_soon(lambda: pump_output(read(0), self._record, run=run, target=target, stream=first))
                await pump_output(read(1), self._record, run=run, target=target, stream="stderr")
        finally:
            self._output.close()
            self._drained.set()
        with anyio.move_on_after(TELL_S):
            await self._died.wait()
        if not self._died.is_set():
            reason = "the engine ended the connection"
            await self._record(SourceLost(run=run, target=target, source="output", reason=reason))

    def told(self, event: EngineEvent) -> None:
        """One event of the engine about this container."""
        if event.action == "kill":
            self._kills.append(event)
        elif event.action == "die":
            self._die = event
            self._end(event.exit_code, event.at, "engine")

    async def look_again(self) -> None:
        """After the engine was away: its state tells what its events did not."""
        if self._ended.is_set():
            return
        try:
            facts = await self._engine.call(lambda client: client.inspect_container(self.container))
        except AlreadyGone:
            self._end(None, now(), "server")
            return
        except LabError:
            return
        if not facts["State"]["Running"]:
            self._end(facts["State"]["ExitCode"], now(), "server")

    def _end(self, code: int | None, at: datetime, clock: Clock) -> None:
        if not self._died.is_set():
            self._died.set()
            self._exit_code = code
            self._tasks.start_soon(self._record_end, code, at, clock)

    async def _record_end(self, code: int | None, at: datetime, clock: Clock) -> None:
        """Once the last output has come."""
        with anyio.move_on_after(DRAIN_S):
            await self._drained.wait()
        killed = code == 137 and any(kill.signal == "SIGKILL" for kill in self._kills)
        with anyio.CancelScope(shield=True):
            await self._record(
                TargetExited(
                    run=self.target.run,
                    target=self.target.id,
                    author="engine",
                    at=at,
                    clock=clock,
                    exit_code=code,
                    cause="unknown" if code is None else "killed" if killed else "exited",
                    meaning="nobody saw it end" if code is None else exit_meaning(code),
                )
            )
            self._ended.set()

    async def ended(self) -> None:
        await self._ended.wait()

    async def processes(self) -> list[ProcessFacts] | None:
        if self._look and self._pid and (seen := await self._look(self._pid, self.container)) is not None:
            return seen
        if self._init is None:
            return None
        if self._proc.identity(self._init.pid) != (self._init.pid, self._init.start):
            return []
        return self._proc.facts(self._proc.container_processes(self._init.pid, self.container))

    # What is asked.

    def _alive(self) -> None:
        if self._died.is_set():
            raise AlreadyGone(f"{self.target.id} has ended")

    async def send(self, number: int, *, pid: int | None, group: bool, origin: Literal["outside", "inside"]) -> None:
        self._alive()
        if origin == "inside":
            if self._spec.container.pid_mode == "host":
                # "Inside" would be the whole machine: pid 1 its init, and others not ours at all.
                raise NotApplicable(f"{self.target.id} has no PID namespace of its own", hint="Send it from outside.")
            if group:
                raise NotApplicable("a group cannot be reached from inside", hint="Send it from outside.")
            await send_from_inside(self._engine, self.container, number, pid)
            return
        seen = await self.processes()
        if seen is None or not self._may_signal():
            await self._send_by_engine(number, pid, group)
            return
        root = self._init.ns_pid if self._init else 1
        facts = next((each for each in seen if each.ns_pid == (pid or root)), None)
        if facts is None and (pid is None or not seen):
            raise AlreadyGone(f"{self.target.id} has ended")
        if facts is None:
            raise NotOurs(f"{self.target.id} has no process {pid}")
        self._send_by_pid(facts, number, group)

    def _may_signal(self) -> bool:
        """Whether this user may send signals to PID 1 by its pid on the machine: signal 0 asks the kernel."""
        try:
            os.kill(self._init.pid if self._init else -1, 0) if self._init else None
        except OSError:
            return False
        return self._init is not None

    def _send_by_pid(self, facts: ProcessFacts, number: int, group: bool) -> None:
        try:
            fd = os.pidfd_open(facts.pid)
            try:
                if self._proc.identity(facts.pid) != (facts.pid, facts.start):
                    raise AlreadyGone(f"process {facts.ns_pid} of {self.target.id} has ended")
                if group:
                    os.killpg(facts.pgid, number)
                else:
                    signals.pidfd_send_signal(fd, number)
            finally:
                os.close(fd)
        except ProcessLookupError as error:
            raise AlreadyGone(f"process {facts.ns_pid} of {self.target.id} has ended") from error
        except OSError as error:
            raise HostFailed(f"the kernel refused: {error.strerror}") from error

    async def _send_by_engine(self, number: int, pid: int | None, group: bool) -> None:
        if group or pid not in (None, 1):
            raise NotApplicable(
                "from here only PID 1 can be reached: the engine sends signals to nobody else",
                hint="Run the lab on the engine's machine as root, or send it from inside.",
            )
        await self._engine.call(lambda client: client.kill(self.container, number), what=self.target.id)

    async def stop(self, signal: str, timeout_s: int, on_timeout: Callable[[], Awaitable[object]]) -> Stopped:
        self._alive()
        since, before = now(), len(self._kills)
        api = tuple(int(part) for part in str(self._engine.status()["api"] or "0").split(".")[:2])
        own = signal != self.stop_defaults.signal and api < SIGNAL_IN_STOP
        if own or timeout_s < 0:
            await self._stop_by_hand(signal, timeout_s, on_timeout)
        else:
            await self._stop_by_engine(signal, timeout_s)
        with anyio.move_on_after(TELL_S):
            await self._died.wait()
        kills = self._kills[before:]
        if self._die is not None and kills:
            killed = any(kill.signal == "SIGKILL" for kill in kills)
            took_s = (self._die.at - kills[0].at).total_seconds()
            return Stopped(took_s, self._exit_code, killed, "engine", self._die.at)
        # This engine says no `kill` (Podman), or it was away: our own clock, and nobody can tell who killed it.
        at = self._die.at if self._die else now()
        return Stopped((at - since).total_seconds(), self._exit_code, None, "server", at)

    async def _stop_by_engine(self, signal: str, timeout_s: int) -> None:
        """The engine's own stop, without a time limit on its answer: docker-py's would break a long stop."""
        params: dict[str, object] = {"t": timeout_s}
        if signal != self.stop_defaults.signal:
            params["signal"] = signal

        def stop(client: Client) -> None:
            url = client._url("/containers/{0}/stop", self.container)
            client._raise_for_status(client._post(url, params=params, timeout=None))

        try:
            await self._engine.call(stop, what=f"stopping {self.target.id}", waits=True)
        except (AlreadyGone, EngineUnavailable):
            if not self._died.is_set():
                raise

    async def _stop_by_hand(self, signal: str, timeout_s: int, on_timeout: Callable[[], Awaitable[object]]) -> None:
        """What an old engine cannot do: another signal, or waiting for ever."""
        number = parse_signal(signal).number
        await self._engine.call(lambda client: client.kill(self.container, number), what=f"stopping {self.target.id}")
        with anyio.move_on_after(None if timeout_s < 0 else timeout_s):
            await self._died.wait()
        if not self._died.is_set():
            await on_timeout()
            await self.kill()
            await self._died.wait()

    async def kill(self) -> None:
        self._alive()
        await self._engine.call(lambda client: client.kill(self.container, "SIGKILL"), what=f"killing {self.target.id}")

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

    async def run(self, command: tuple[str, ...]) -> Ran:
        """As ``docker exec``."""
        self._alive()
        return await run_in_container(self._engine, self.container, command)

    async def close(self) -> None:
        """Remove it, running or not; its end is recorded if it was started."""
        if self._input:
            self._input.close()
        with suppress(LabError):
            await self._engine.call(
                lambda client: client.remove_container(self.container, force=True, v=True), what="removing it"
            )
        if self._started:
            with anyio.move_on_after(DRAIN_S):
                await self._ended.wait()
            if not self._ended.is_set():
                self._end(None, now(), "server")
                with anyio.move_on_after(DRAIN_S):
                    await self._ended.wait()
        self._output.close()


def _signal_name(signal: str | None) -> str:
    """The engine gives a name or a number, as the image's author wrote it; nothing means SIGTERM."""
    try:
        return parse_signal(signal).name if signal else "SIGTERM"
    except UnknownSignal:
        return str(signal)
