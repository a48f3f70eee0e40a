"""How a signal reaches a container from outside.

By pidfd to the machine's pid where this server is on the engine's machine and may do that, so that any process can be
hit and the engine's restart policy is left alone; else the engine is asked, which can only reach PID 1.
"""

from __future__ import annotations

import os
import signal as signals

from app.errors import AlreadyGone, HostFailed, NotApplicable, NotOurs
from app.hosts.engine.engine import Engine
from app.probe.procfs import Proc, ProcessFacts


async def send_from_outside(
    engine: Engine,
    container: str,
    name: str,
    init: ProcessFacts | None,
    seen: list[ProcessFacts] | None,
    number: int,
    *,
    pid: int | None,
    group: bool,
) -> None:
    """Send it.

    Args:
        name: the target's, for errors.
        init: its PID 1, where this machine can see it.
        seen: its processes now; None where nobody can see them.
        number, pid, group: as in ``Handle.send``.
    """
    if seen is None or init is None or not _may_signal(init):
        if group or pid not in (None, 1):
            raise NotApplicable(
                "from here only PID 1 can be reached: the engine sends signals to nobody else",
                hint="Run the lab on the engine's machine as root, or send it from inside.",
            )
        await engine.call(lambda client: client.kill(container, number), what=name)
        return
    facts = next((each for each in seen if each.ns_pid == (pid or init.ns_pid)), None)
    if facts is None and (pid is None or not seen):
        raise AlreadyGone(f"{name} has ended")
    if facts is None:
        raise NotOurs(f"{name} has no process {pid}")
    _send_by_pid(name, facts, number, group)


def _may_signal(init: ProcessFacts) -> bool:
    """Whether this user may send signals to PID 1 by its pid on the machine: signal 0 asks the kernel."""
    try:
        os.kill(init.pid, 0)
    except OSError:
        return False
    return True


def _send_by_pid(name: str, facts: ProcessFacts, number: int, group: bool) -> None:
    try:
        fd = os.pidfd_open(facts.pid)
        try:
            if Proc().identity(facts.pid) != (facts.pid, facts.start):
                raise AlreadyGone(f"process {facts.ns_pid} of {name} has ended")
            if group:
                os.killpg(facts.pgid, number)
            else:
                signals.pidfd_send_signal(fd, number)
        finally:
            os.close(fd)
    except ProcessLookupError as error:
        raise AlreadyGone(f"process {facts.ns_pid} of {name} has ended") from error
    except OSError as error:
        raise HostFailed(f"the kernel refused: {error.strerror}") from error
