"""One local target: a command on a pty of its own, in its own session, under a keeper (``app/hosts/local/keeper.py``).

What ended, and how, is read from the keeper's report (the wait status), never inferred from a signal that was sent.
See ``hosts/base.py`` for what each call promises.  Longer than most files: reports and requests share one state.
"""

from __future__ import annotations

import errno
import logging
import os
import subprocess
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
from anyio import to_thread

from app.errors import AlreadyGone, BadRequest, HostFailed, LabError, NotApplicable, NotOurs
from app.events import TargetExited, TargetStarted
from app.events.masking import masked_words
from app.events.parts import Origin
from app.events.record import Record
from app.hosts.base import RUN_WITHIN_S, Ran, Spec, StopDefaults, Stopped
from app.hosts.local.fence import LIMITS, NO_GROUP, Group, remove
from app.hosts.local.keeper_client import KILL, START, Kind, keeper_argv, reports
from app.hosts.local.pty import Pty
from app.hosts.local.side_command import run_side_command
from app.hosts.looking import look_at
from app.hosts.send import send_to_group, send_to_process
from app.probe.procfs import Proc, ProcessFacts
from app.signals import SIGTERM, Signal, exit_meaning, name_of
from app.sources.output import PrintedBytes
from app.targets import ProcessRef, Target

log = logging.getLogger("signal_lab.keeper")

STOP = StopDefaults(SIGTERM, 10)
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "USER", "TZ")  # no more: an environment holds secrets
CLOSE_WITHIN_S = 5.0
LEAST_S = 0.01  # a timeout of 0: what an engine gives, too

SAID = ("event", "pid", "status", "exit_code", "signal", "core", "errno")  # of a keeper's report, for the log


class ProcessHandle:
    """One local target.  See ``hosts/base.py`` for what each call promises."""

    stdin = True
    stop_defaults = STOP
    kind: Kind = "process"  # what the keeper is to make of it

    def __init__(
        self,
        target: Target,
        spec: Spec,
        equivalent: str,
        ports: dict[str, int],
        record: Record,
        ends: int | None = None,
        group: Group = NO_GROUP,
    ) -> None:
        """``ends``: the open file where its keeper puts down how it ended.  ``group``: what limits it."""
        self.target, self.ports = target, ports
        self._record, self._spec, self._equivalent, self._limits = record, spec, equivalent, group
        self._proc = Proc()
        self._root: ProcessRef | None = None
        self._failed: LabError | None = None
        self._started, self._ended, self._closed = anyio.Event(), anyio.Event(), anyio.Event()
        self._said_end = anyio.Event()  # the keeper said how the root process ended, or is gone itself
        self._killed = self._end_recorded = False
        self._exit: dict[str, Any] | None = None
        self._terminal = Pty(spec.process.cols, spec.process.rows)
        control_read, self._control = os.pipe()  # after the terminal: the kernel closes it first when the server dies
        self._report, report_write = os.pipe()
        os.set_blocking(self._report, False)
        slave = self._terminal.slave
        try:
            self._keeper = subprocess.Popen(
                keeper_argv(
                    control_read,
                    report_write,
                    self.kind,
                    spec.command,
                    None if ends is None else (ends, target.id),
                    group.paths,
                ),
                stdin=slave,
                stdout=slave,
                stderr=slave,
                pass_fds=(control_read, report_write, *(() if ends is None else (ends,))),
                **self._surroundings(),
                start_new_session=True,
            )
        except BaseException as error:  # whatever it is, nothing is left open
            remove(group.paths)
            os.close(self._control)
            os.close(self._report)
            self._terminal.close()
            if not isinstance(error, OSError | ValueError):
                raise
            why = getattr(error, "strerror", None) or str(error)
            if getattr(error, "errno", None) == errno.E2BIG:
                raise BadRequest(f"command: {why}", hint="A program takes so much and no more: execve(2).") from error
            raise HostFailed(f"cannot start {spec.command[0][:80]}: {why}") from error
        finally:
            os.close(control_read)
            os.close(report_write)
            self._terminal.close_slave()

        log.debug("keeper %d: of %s: %s", self._keeper.pid, self.target.id, " ".join(masked_words(spec.command)))

    @property
    def keeper_pid(self) -> int:
        return self._keeper.pid

    def _surroundings(self) -> dict[str, Any]:
        """Working directory and environment, of the target and of what is run beside it."""
        given = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        return {
            "cwd": self._spec.process.cwd or Path.home(),
            "env": {"TERM": "xterm-256color", **given, **self._spec.process.env},
        }

    # Reports: what the keeper and the terminal say, until both have ended.

    async def follow(self) -> None:
        """Record what happens until the keeper has gone; then let go of everything."""
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._follow_report)
                run, target = self.target.run, self.target.id
                await PrintedBytes(read=self._terminal.read, run=run, target=target, stream="pty").report(self._record)
                await self._said_end.wait()  # a closed terminal alone is no end
                await self._record_exit()
        finally:
            with anyio.CancelScope(shield=True):
                self._let_go()
                await to_thread.run_sync(self._keeper.wait)
                self._started.set()
                self._ended.set()
                self._closed.set()

    async def _follow_report(self) -> None:
        """What the keeper says; its end is the end of the pipe."""
        async for said in reports(self._report):
            await self._on_report(said)
        self._terminal.drain()
        self._said_end.set()
        self._started.set()

    async def _on_report(self, said: dict[str, Any]) -> None:
        log.debug("keeper %d: says %s", self._keeper.pid, {name: said[name] for name in SAID if name in said})
        match said["event"]:
            case "started":
                self._root = ProcessRef(said["pid"], said["start"])
                await self._record(
                    TargetStarted(
                        run=self.target.run,
                        target=self.target.id,
                        pid=said["pid"],
                        start=said["start"],
                        command=self._spec.command,
                        equivalent=self._equivalent,
                        tty=True,
                        stdin=True,
                        stop_signal=STOP.signal.name,
                        stop_timeout_s=STOP.timeout_s,
                        ports=self.ports,
                        without=tuple(limit for limit in LIMITS if limit not in self._limits.has),
                    )
                )
                self._started.set()
            case "failed":
                self._failed = self._why_failed(said)
            case "exited":
                self._exit = said
                self._terminal.drain()
                self._said_end.set()

    def _why_failed(self, said: dict[str, Any]) -> LabError:
        return HostFailed(f"cannot start {said['argv0']}: {said['error']}", hint="Check the command and its path.")

    async def _record_exit(self) -> None:
        """After the last output."""
        if self._root is None:
            return
        said = self._exit or {}
        number = said.get("signal")
        code = said.get("exit_code") if number is None else 128 + number
        at = datetime.fromtimestamp(said["at_ns"] / 1e9, UTC) if said else datetime.now(UTC)
        name = None if number is None else name_of(number)
        self._end_recorded = True
        await self._record(
            TargetExited(
                run=self.target.run,
                target=self.target.id,
                author="kernel",
                at=at,
                exit_code=code,
                signal=name,
                cause="unknown" if not said else "killed" if name else "exited",
                oom=said.get("oom"),
                meaning=f"killed by {name}"
                if name
                else exit_meaning(code)
                if code is not None
                else "nobody saw it end",
            )
        )
        self._ended.set()

    async def lose(self, why: str) -> None:
        """Its reports could not be followed any more, so it was ended."""
        if self._root is None or self._end_recorded:
            return
        where = {"run": self.target.run, "target": self.target.id}
        meaning = f"nobody saw it end: {why}"
        await self._record(TargetExited(**where, exit_code=None, cause="unknown", meaning=meaning))

    # Requests.

    async def begin(self) -> None:
        """Start the command.  Raises HostFailed when it could not be executed."""
        log.debug("keeper %d: is told to start", self._keeper.pid)
        with suppress(BrokenPipeError):  # the keeper is gone, and its report says so too
            os.write(self._control, START)
        await self._started.wait()
        if self._root is None:
            await self._closed.wait()
            raise self._failed or HostFailed("the keeper ended before the command was started")

    async def ended(self) -> None:
        await self._ended.wait()

    def _pids(self) -> list[int]:
        """Everything below the keeper: the root's tree, and what left it to become the keeper's own child."""
        return [] if self._closed.is_set() else self._proc.descendants(self._keeper.pid)[1:]

    async def processes(self) -> list[ProcessFacts]:
        pids = await to_thread.run_sync(self._pids)
        root = self._root.pid if self._root else 0
        return await look_at(self._proc, sorted(pids, key=lambda pid: pid != root))

    async def send(self, signal: Signal, *, pid: int | None, group: bool, origin: Origin) -> None:  # noqa: ARG002
        """``origin`` makes no difference here: a local target has no PID namespace of its own."""
        facts = await self._find(pid)
        if group:
            await send_to_group(facts, signal, of=self.target.id, members=self._pids)
        else:
            await send_to_process(facts, signal, of=self.target.id)

    async def _find(self, pid: int | None) -> ProcessFacts:
        """One of its processes, by the pid that it has inside; None: the root.  Raises AlreadyGone, NotOurs."""
        root = self._alive()
        if pid is None:  # a stop must not wait until hundreds of others have been looked at
            found = self._proc.read_process(root.pid)
            if found is None or found.start != root.start:
                raise AlreadyGone(f"{self.target.id} has ended")
            return found
        for facts in await self.processes():
            if facts.ns_pid == pid:
                return facts
        raise NotOurs(f"{self.target.id} has no process {pid}")

    async def pause(self) -> None:
        raise NotApplicable(f"{self.target.id} has no freezer of its own", hint="Send SIGSTOP and SIGCONT instead.")

    async def unpause(self) -> None:
        await self.pause()

    async def run(self, command: tuple[str, ...], within_s: float = RUN_WITHIN_S) -> Ran:
        """Beside it: a local target has no namespaces of its own."""
        self._alive()
        return await run_side_command(command, **self._surroundings(), within_s=within_s)

    async def stop(self, signal: Signal, timeout_s: int, on_timeout: Callable[[], Awaitable[object]]) -> Stopped:
        from_ns = time.monotonic_ns()
        await self.send(signal, pid=None, group=False, origin="outside")
        with anyio.move_on_after(None if timeout_s < 0 else max(timeout_s, LEAST_S)):
            await self._ended.wait()
        if not self._ended.is_set():
            await on_timeout()
            with suppress(AlreadyGone):  # it ended by itself, at the last moment
                await self.kill()
            await self._ended.wait()
        said = self._exit
        if said is None:
            return Stopped(None, None, self._killed or None, "server", datetime.now(UTC))
        code = said["exit_code"] if said["signal"] is None else 128 + said["signal"]
        at = datetime.fromtimestamp(said["at_ns"] / 1e9, UTC)
        return Stopped((said["mono_ns"] - from_ns) / 1e9, code, self._killed, "server", at)

    async def kill(self) -> None:
        self._alive()
        self._killed = True
        log.debug("keeper %d: is told to kill all", self._keeper.pid)
        with suppress(BrokenPipeError):
            os.write(self._control, KILL)

    async def write(self, data: bytes) -> None:
        self._alive()
        await self._terminal.write(data)

    async def resize(self, cols: int, rows: int) -> None:
        self._alive()
        self._terminal.resize(cols, rows)

    async def close(self) -> None:
        """Closing the control pipe is the order to end everything."""
        self._close_control()
        with anyio.move_on_after(CLOSE_WITHIN_S):
            await self._closed.wait()

    def _alive(self) -> ProcessRef:
        if self._root is None or self._ended.is_set():
            raise AlreadyGone(f"{self.target.id} has ended")
        return self._root

    def _close_control(self) -> None:
        if self._control >= 0:
            log.debug("keeper %d: is let go, and ends what is left", self._keeper.pid)
            os.close(self._control)
            self._control = -1

    def _let_go(self) -> None:
        self._close_control()
        os.close(self._report)
        self._terminal.close()
