"""Starts local targets and sandboxes: commands on a pty of their own, under a keeper."""

from __future__ import annotations

import shlex
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager

import anyio

from app.events import TargetStarting
from app.events.parts import Limit
from app.events.record import Record
from app.hosts.base import Handle, Host, Spec, Ways
from app.hosts.local.fence import Fences
from app.hosts.local.handle import ProcessHandle
from app.hosts.local.ports import give_back, with_ports
from app.jobs import Jobs, running_jobs
from app.targets import Target

Expecting = Callable[[str, int], Awaitable[None]]


async def _nobody_watches(_target: str, _keeper: int) -> None:
    """There is no trace to tell."""


class ProcessesHost:
    """Starts local targets.  Use as ``async with running_processes(record) as host``."""

    make: type[ProcessHandle] = ProcessHandle
    ways = Ways()

    def __init__(
        self, record: Record, expect: Expecting, tasks: Jobs, ends: int | None = None, fences: Fences | None = None
    ) -> None:
        self._record, self._expect, self._tasks, self._ends = record, expect, tasks, ends
        self._fences = fences or Fences()

    async def check(self) -> None:
        """A process can always be started."""

    def lacks(self, wanted: Iterable[Limit]) -> list[Limit]:
        """Where no control group can be made, a local target has the limits of the lab's own user."""
        return self._fences.lacks(wanted)

    def equivalent(self, spec: Spec, name: str) -> str:  # noqa: ARG002 (a process has no name)
        return shlex.join(spec.command)

    async def start(self, target: Target, spec: Spec) -> Handle:
        where = {"run": target.run, "target": target.id}
        ports, command = with_ports(spec.process.ports, spec.command)
        try:
            spec = spec.model_copy(update={"command": command})
            equivalent = self.equivalent(spec, target.name)
            await self._record(TargetStarting(**where, equivalent=equivalent))
            group = self._fences.make()
            handle = self.make(target, spec, equivalent, ports, self._record, self._ends, group)
        except BaseException:
            give_back(ports.values())
            raise
        self._tasks.start_soon(self._follow, handle, defect=handle.lose)
        try:
            await self._expect(target.id, handle.keeper_pid)
            await handle.begin()
        except BaseException:
            with anyio.CancelScope(shield=True):
                await handle.close()
            raise
        return handle

    async def _follow(self, handle: ProcessHandle) -> None:
        try:
            await handle.follow()
        finally:
            give_back(handle.ports.values())


@asynccontextmanager
async def running_processes(
    record: Record,
    expect: Expecting = _nobody_watches,
    host: type[ProcessesHost] = ProcessesHost,
    ends: int | None = None,
    fences: Fences | None = None,
) -> AsyncIterator[Host]:
    """The host, for as long as its targets may live.

    ``expect`` is told a target and the pid of its keeper, which starts the command when that returns: so that nothing
    is missed.
    ``host``: SandboxesHost for sandboxes.  ``ends``: the open file where keepers put down how targets ended.
    ``fences``: what limits them; None: nothing.
    """
    async with running_jobs() as tasks:
        yield host(record, expect, tasks, ends, fences)
