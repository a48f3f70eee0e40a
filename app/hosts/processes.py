"""Starts local targets and sandboxes: commands on a pty of their own, under a keeper."""

from __future__ import annotations

import shlex
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio
from anyio.abc import TaskGroup

from app.events import TargetStarting
from app.hosts.base import Handle, Host, Record, Spec
from app.hosts.ports import give_back, with_ports
from app.hosts.process import ProcessHandle
from app.targets import Target

Expecting = Callable[[str, int], None]


class ProcessesHost:
    """Starts local targets.  Use as ``async with running_processes(record) as host``."""

    make: type[ProcessHandle] = ProcessHandle

    def __init__(self, record: Record, expect: Expecting, tasks: TaskGroup) -> None:
        self._record, self._expect, self._tasks = record, expect, tasks

    async def check(self) -> None:
        """A process can always be started."""

    def equivalent(self, spec: Spec, name: str) -> str:  # noqa: ARG002 (a process has no name)
        return shlex.join(spec.command)

    async def start(self, target: Target, spec: Spec) -> Handle:
        where = {"run": target.run, "target": target.id}
        ports, command = with_ports(spec.process.ports, spec.command)
        try:
            spec = spec.model_copy(update={"command": command})
            equivalent = self.equivalent(spec, target.name)
            await self._record(TargetStarting(**where, equivalent=equivalent))
            handle = self.make(target, spec, equivalent, ports, self._record)
        except BaseException:
            give_back(ports.values())
            raise
        self._expect(target.id, handle.keeper_pid)
        self._tasks.start_soon(self._follow, handle)
        try:
            await handle.wait_started()
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
    record: Record, expect: Expecting = lambda _target, _parent: None, host: type[ProcessesHost] = ProcessesHost
) -> AsyncIterator[Host]:
    """The host, for as long as its targets may live.

    ``expect`` is told a target and the pid of its keeper before that starts the command: so that nothing is missed.
    ``host``: SandboxesHost for sandboxes.
    """
    async with anyio.create_task_group() as tasks:
        yield host(record, expect, tasks)
