"""Local targets: a command on a pty of its own, in its own session, under a keeper (``app/keeper.py``).

The server owns the pty's master: a resize is a real SIGWINCH from the kernel, and Ctrl-C a real SIGINT from the line
discipline.  What ended, and how, is read from the keeper's report (the wait status), never inferred from a signal that
was sent.
"""

from __future__ import annotations

import shlex
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from anyio.abc import TaskGroup

from app.events import TargetStarting
from app.hosts.base import Record, Spec, StopDefaults
from app.hosts.process import ProcessHandle
from app.resources import PACKAGE
from app.targets import Target

KEEPER = PACKAGE / "keeper.py"
STOP = StopDefaults("SIGTERM", 10)
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "USER", "TZ")  # no more: an environment holds secrets
CLOSE_WITHIN_S = 5.0


@asynccontextmanager
async def running_processes(record: Record) -> AsyncIterator[ProcessesHost]:
    """The host, for as long as its targets may live."""
    async with anyio.create_task_group() as tasks:
        yield ProcessesHost(record, tasks)


class ProcessesHost:
    """Starts local targets.  Use as ``async with running_processes(record) as host``."""

    def __init__(self, record: Record, tasks: TaskGroup) -> None:
        self._record, self._tasks = record, tasks

    async def check(self) -> None:
        """A process can always be started."""

    def equivalent(self, spec: Spec, name: str) -> str:  # noqa: ARG002 (a process has no name)
        return shlex.join(spec.command)

    async def start(self, target: Target, spec: Spec) -> ProcessHandle:
        where = {"run": target.run, "target": target.id}
        await self._record(TargetStarting(**where, equivalent=self.equivalent(spec, target.name)))
        handle = ProcessHandle(target, spec, self._record)
        self._tasks.start_soon(handle.follow)
        try:
            await handle.wait_started()
        except BaseException:
            with anyio.CancelScope(shield=True):
                await handle.close()
            raise
        return handle
