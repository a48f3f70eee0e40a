"""A look at many processes that lets others have their turn."""

from __future__ import annotations

from collections.abc import Iterable

import anyio.lowlevel

from app.probe.procfs import Proc, ProcessFacts

AT_ONCE = 4  # processes: about 1 ms.  An answer to somebody takes several turns, and waits for as many pieces


async def look_at(proc: Proc, pids: Iterable[int]) -> list[ProcessFacts]:
    """As ``Proc.facts``."""
    reading = proc.reading(pids)
    count = 0
    while True:
        try:
            next(reading)
        except StopIteration as end:
            found: list[ProcessFacts] = end.value
            return found
        count += 1
        if count % AT_ONCE == 0:
            await anyio.lowlevel.checkpoint()


def first_process(proc: Proc, pid: int, container: str) -> ProcessFacts | None:
    """A container's first process by the pid that its engine tells, where that is a process of this machine.

    The engine may be elsewhere, where its pid is somebody else's here: its control group must name the container.
    """
    seen = proc.read_process(pid) if pid else None
    return seen if seen and container.encode() in (proc.read(pid, "cgroup") or b"") else None
