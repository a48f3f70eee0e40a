"""How a signal reaches a container from outside.

By the pid that its process has on this machine, where this server is on the engine's machine and may do that: so any
process can be hit, and the engine's restart policy is left alone.  Else the engine is asked, which can only reach its
PID 1.
"""

from __future__ import annotations

import logging

from app.errors import AlreadyGone, NotApplicable, NotOurs
from app.hosts.engine.engine import Engine
from app.hosts.send import Members, may_signal, send_to_group, send_to_process
from app.probe.procfs import ProcessFacts
from app.signals import Signal

log = logging.getLogger("signal_lab.engine")


async def send_from_outside(
    engine: Engine,
    container: str,
    name: str,
    init: ProcessFacts | None,
    seen: list[ProcessFacts] | None,
    signal: Signal,
    *,
    pid: int | None,
    members: Members | None,
) -> None:
    """Send it.

    Args:
        name: the target's, for errors.
        init: its PID 1, where this machine can see it.
        seen: its processes now; None where nobody can see them.
        pid: as in ``Handle.send``.
        members: all processes of the container, where its group is meant; None: the one process.
    """
    if seen is None or init is None or not may_signal(init):
        if members is not None or pid not in (None, 1):
            raise NotApplicable(
                "from here only PID 1 can be reached: the engine sends signals to nobody else",
                hint="Run the lab on the engine's machine as root, or send it from inside.",
            )
        log.debug("engine: is asked for signal %d to PID 1 of %s", signal.number, name)
        await engine.call(lambda client: client.kill(container, signal.number), what=name)
        return
    facts = next((each for each in seen if each.ns_pid == (pid or init.ns_pid)), None)
    if facts is None and (pid is None or not seen):
        raise AlreadyGone(f"{name} has ended")
    if facts is None:
        raise NotOurs(f"{name} has no process {pid}")
    if members is not None:
        await send_to_group(facts, signal, of=name, members=members)
    else:
        await send_to_process(facts, signal, of=name)
