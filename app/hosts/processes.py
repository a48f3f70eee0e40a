"""Local targets: a command on a pty of its own, in its own session, under a keeper (``app/keeper.py``).

The server owns the pty's master: a resize is a real SIGWINCH from the kernel, and Ctrl-C a real SIGINT from the line
discipline.  What ended, and how, is read from the keeper's report (the wait status), never inferred from a signal that
was sent.
"""

from __future__ import annotations

import shlex
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio
from anyio.abc import TaskGroup

from app.events import TargetStarting
from app.hosts.base import Record, Spec
from app.hosts.process import ProcessHandle
from app.targets import Target


@asynccontextmanager
async def running_processes(
    record: Record, expect: Callable[[str, int], None] = lambda _target, _parent: None
) -> AsyncIterator[ProcessesHost]:
    """The host, for as long as its targets may live.

    ``expect`` is told a target and the pid of its keeper before that starts the command: so that nothing is missed.
    """
    async with anyio.create_task_group() as tasks:
        yield ProcessesHost(record, expect, tasks)


class ProcessesHost:
    """Starts local targets.  Use as ``async with running_processes(record) as host``."""

    def __init__(self, record: Record, expect: Callable[[str, int], None], tasks: TaskGroup) -> None:
        self._record, self._expect, self._tasks = record, expect, tasks

    async def check(self) -> None:
        """A process can always be started."""

    def equivalent(self, spec: Spec, name: str) -> str:  # noqa: ARG002 (a process has no name)
        return shlex.join(spec.command)

    async def start(self, target: Target, spec: Spec) -> ProcessHandle:
        where = {"run": target.run, "target": target.id}
        await self._record(TargetStarting(**where, equivalent=self.equivalent(spec, target.name)))
        handle = ProcessHandle(target, spec, self._record)
        self._expect(target.id, handle.keeper_pid)
        self._tasks.start_soon(handle.follow)
        try:
            await handle.wait_started()
        except BaseException:
            with anyio.CancelScope(shield=True):
                await handle.close()
            raise
        return handle
