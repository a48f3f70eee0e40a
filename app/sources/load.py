"""What processes and the machine cost now, by psutil.  No witness of a signal, so nothing of it is recorded.

A share of the processor's time belongs to a stretch of time: the first look at a process has none, and neither has one
after a long pause, which would be told as if it were now.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass

import psutil

from app.probe.files import ProcFiles

STALE_S = 5.0  # between two looks: longer is not "now"
Key = tuple[int, int]  # pid, start


@dataclass(frozen=True, slots=True)
class ProcessLoad:
    """``cpu_percent``: of one processor, since the look before; several threads make more than 100.

    None: there was no look before.
    """

    pid: int
    start: int
    cpu_percent: float | None
    rss_bytes: int


@dataclass(frozen=True, slots=True)
class MachineLoad:
    """``load``: processes that ran or wanted to, on average over the last minute (getloadavg(3))."""

    load: float
    cpus: int


def machine_load() -> MachineLoad:
    return MachineLoad(round(psutil.getloadavg()[0], 2), psutil.cpu_count() or 1)


class ProcessLoads:
    """Looks at the same processes again and again.  Each look blocks for some 50 µs a process."""

    def __init__(self) -> None:
        self._files = ProcFiles()
        self._known: dict[Key, psutil.Process] = {}
        self._looked_at = 0.0

    def look(self, keys: Collection[Key]) -> list[ProcessLoad]:
        """Of those that are on this machine, are there, and may be read; the others are not in the answer."""
        fresh = time.monotonic() - self._looked_at < STALE_S
        known = self._known if fresh else {}
        self._known, found = {}, []
        for key in keys:
            try:
                if process := known.get(key) or self._find(key):
                    self._known[key] = process
                    with process.oneshot():
                        cpu, rss = process.cpu_percent(), process.memory_info().rss
                    found.append(ProcessLoad(*key, cpu if key in known else None, rss))
            except psutil.Error:
                continue  # it has gone, or is not ours to look at
        self._looked_at = time.monotonic()
        return found

    def _find(self, key: Key) -> psutil.Process | None:
        """None: that pid is another process here; an engine elsewhere counts its own."""
        pid, _ = key
        return psutil.Process(pid) if self._files.identity(pid) == key else None
