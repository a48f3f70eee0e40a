"""Sandboxes: PID 1 of a PID namespace of its own, without Docker.

The keeper makes the namespaces (see there); the target's root *is* PID 1, with a session and a terminal of its own, so
Ctrl-C, Ctrl-\\ and hang-ups reach it and nobody else.  The kernel protects it as it does PID 1 of a container.
"""

from __future__ import annotations

import os
import shlex
import signal
from typing import Any, Literal

from app.errors import AlreadyGone, HostFailed, LabError, NotApplicable
from app.hosts.base import Ran, Spec
from app.hosts.beside import run_beside
from app.hosts.process import ProcessHandle
from app.hosts.processes import ProcessesHost
from app.hosts.sandbox_trial import forbidden, try_one

UNSHARE = ("unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc", "--kill-child")


class SandboxHandle(ProcessHandle):
    """One sandbox.  Pids are those inside, as for a container."""

    kind = "sandbox"

    async def send(self, number: int, *, pid: int | None, group: bool, origin: Literal["outside", "inside"]) -> None:
        if origin == "outside":
            await super().send(number, pid=pid, group=group, origin=origin)
            return
        if group:  # -1 means everybody, and the group of another process has another number inside
            raise NotApplicable("a group cannot be reached from inside", hint="Send it from outside.")
        facts = await self._find(pid)
        # The shell's own kill: not every machine has the program.
        kill = ("sh", "-c", 'kill -s "$1" -- "$2"', "kill", str(number), str(facts.ns_pid))
        ran = await self.run(kill)
        if ran.exit_code:
            raise HostFailed(f"kill said: {ran.output.strip() or ran.exit_code}")

    async def run(self, command: tuple[str, ...]) -> Ran:
        """In its user, PID and mount namespaces."""
        root = self._alive()
        join = ("nsenter", "-t", str(root.pid), "--user", "--preserve-credentials", "--pid", "--mount", "--")
        return await run_beside(join + command, **self._surroundings())

    async def kill(self) -> None:
        """SIGKILL to PID 1: the kernel ends all of its namespace with it."""
        self._alive()
        self._killed = True
        facts = await self._find(None)
        try:
            fd = os.pidfd_open(facts.pid)
        except ProcessLookupError as error:
            raise AlreadyGone(f"{self.target.id} has ended") from error
        try:
            signal.pidfd_send_signal(fd, signal.SIGKILL)
        except ProcessLookupError as error:
            raise AlreadyGone(f"{self.target.id} has ended") from error
        finally:
            os.close(fd)

    def _why_failed(self, said: dict[str, Any]) -> LabError:
        return (
            super()._why_failed(said) if said["what"] in ("exec", "setsid") else forbidden(said["what"], said["error"])
        )


class SandboxesHost(ProcessesHost):
    """Starts sandboxes.  Use as ``async with running_processes(record, expect, SandboxesHost) as host``."""

    make = SandboxHandle
    _checked: LabError | Literal["not yet"] | None = "not yet"

    def equivalent(self, spec: Spec, name: str) -> str:  # noqa: ARG002 (a sandbox has no name)
        return shlex.join([*UNSHARE, *spec.command])

    async def check(self) -> None:
        """Tries it, once.  Raises NotPossible with what forbids it."""
        if self._checked == "not yet":
            self._checked = await try_one()
        if self._checked is not None:
            raise self._checked
