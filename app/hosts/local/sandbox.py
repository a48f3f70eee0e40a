"""Sandboxes: PID 1 of a PID namespace of its own, without Docker.

The keeper makes the namespaces (see there); the target's root *is* PID 1, with a session and a terminal of its own, so
Ctrl-C, Ctrl-\\ and hang-ups reach it and nobody else.  The kernel protects it as it does PID 1 of a container.
"""

from __future__ import annotations

import shlex
from subprocess import STDOUT
from typing import Any, Literal

import anyio

from app.errors import AlreadyGone, HostFailed, LabError
from app.events.parts import Origin
from app.hosts.base import RUN_WITHIN_S, Ran, Spec
from app.hosts.local.handle import ProcessHandle
from app.hosts.local.host import ProcessesHost
from app.hosts.local.sandbox_trial import forbidden, try_one
from app.hosts.local.side_command import run_side_command
from app.probe.files import status_field
from app.probe.procfs import ProcessFacts
from app.signals import SIGKILL, Signal

UNSHARE = ("unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc", "--kill-child")
# The shell's own kill: not every machine has the program.  As with kill(2), one that could be reached is enough.
KILL = 'number=$1; shift; code=1; for each; do kill -s "$number" -- "$each" && code=0; done; exit $code'


class SandboxHandle(ProcessHandle):
    """One sandbox.  Pids are those inside, as for a container."""

    kind = "sandbox"

    async def send(self, signal: Signal, *, pid: int | None, group: bool, origin: Origin) -> None:
        if origin == "outside":
            await super().send(signal, pid=pid, group=group, origin=origin)
            return
        facts = await self._find(pid)
        whom = await self._group(facts) if group else [facts.ns_pid]
        # Without a keeper, which takes ten times as long: it ends at once, and leaves nothing behind.
        words = self._joined(("sh", "-c", KILL, "kill", str(signal.number), *map(str, whom)))
        try:
            ran = await anyio.run_process(words, stderr=STDOUT, check=False, **self._surroundings())
        except OSError as error:
            raise HostFailed(f"cannot run {words[0]}: {error.strerror}") from error
        if ran.returncode:
            if self._proc.identity(facts.pid) != (facts.pid, facts.start):
                raise AlreadyGone(f"process {facts.ns_pid} of {self.target.id} has ended")
            raise HostFailed(f"kill said: {ran.stdout.decode('utf-8', 'replace').strip() or ran.returncode}")

    async def _group(self, facts: ProcessFacts) -> list[int]:
        """What ``kill`` takes for its process group, inside.

        For group 1, which is that of PID 1, this is a pid for each: to kill(2) -1 is not that group but everybody
        *except* PID 1.
        """
        status = self._proc.read(facts.pid, "status") or b""
        inside = int((status_field(status, b"NSpgid") or b"0").split()[-1])
        if inside > 1:
            return [-inside]
        return [each.ns_pid for each in await self.processes() if each.pgid == facts.pgid]

    async def run(self, command: tuple[str, ...], within_s: float = RUN_WITHIN_S) -> Ran:
        """In its user, PID and mount namespaces, and in the working directory of its PID 1."""
        return await run_side_command(self._joined(command), **self._surroundings(), within_s=within_s)

    def _joined(self, command: tuple[str, ...]) -> tuple[str, ...]:
        root = self._alive()
        join = ("nsenter", "-t", str(root.pid), "--user", "--preserve-credentials", "--pid", "--mount", "--wd", "--")
        return join + command

    async def kill(self) -> None:
        """SIGKILL to PID 1: the kernel ends all of its namespace with it."""
        await self.send(SIGKILL, pid=None, group=False, origin="outside")
        self._killed = True

    def _why_failed(self, said: dict[str, Any]) -> LabError:
        return super()._why_failed(said) if said["what"] == "exec" else forbidden(said["what"], said["errno"])


class SandboxesHost(ProcessesHost):
    """Starts sandboxes.  Use as ``async with running_processes(record, expect, SandboxesHost) as host``."""

    make = SandboxHandle
    _checked: LabError | Literal["not yet"] | None = "not yet"

    def equivalent(self, spec: Spec, name: str) -> str:  # noqa: ARG002 (a sandbox has no name)
        return shlex.join([*UNSHARE, *spec.command])

    async def check(self) -> None:
        """Tries it, once.  Raises NotPossible with what forbids it, or HostFailed for what may pass: tried again."""
        if self._checked == "not yet" or isinstance(self._checked, HostFailed):
            self._checked = await try_one()
        if self._checked is not None:
            # A new one each time: one that is raised again keeps the frames of all those who were told.
            raise type(self._checked)(str(self._checked), hint=self._checked.hint)
