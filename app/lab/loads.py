"""What the processes of a run cost, for who looks at it just now.

Asked for and not streamed: only a page that is looked at asks, and a share of CPU is no fact of a run, so the journal
has none.  However many ask, processes are looked at twice a second at most, and a look rests twenty times as long as
it took: five hundred processes must not be slowed down by being watched.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import anyio
from anyio import CapacityLimiter, to_thread

from app.lab.lab import Lab
from app.sources.load import ProcessLoad, ProcessLoads

EVERY_S = 0.5
RESTS = 20  # times as long as the look took
RUNS_KEPT = 32


@dataclass(slots=True)
class _OfRun:
    processes: ProcessLoads = field(default_factory=ProcessLoads)
    looking: anyio.Lock = field(default_factory=anyio.Lock)
    loads: list[ProcessLoad] = field(default_factory=list)
    due_at: float = 0.0  # by the monotonic clock: before that the same is told again


class Loads:
    """Of runs that are alive; of others there is nothing to measure."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._runs: dict[str, _OfRun] = {}
        self._limiter = CapacityLimiter(1)

    async def of_run(self, run: str) -> list[ProcessLoad]:
        """As of half a second ago, or newer."""
        state = self._lab.run_state(run)
        if state is None:
            self._runs.pop(run, None)
            return []
        each = self._of(run)
        async with each.looking:
            if time.monotonic() >= each.due_at:
                keys = [key for target in state.targets if not target.ended for key in target.alive]
                began = time.monotonic()
                each.loads = await to_thread.run_sync(each.processes.look, keys, limiter=self._limiter)
                ended = time.monotonic()
                each.due_at = max(began + EVERY_S, ended + (ended - began) * RESTS)
            return each.loads

    def _of(self, run: str) -> _OfRun:
        """The run that was asked for last is the last one; those that nobody asks for go first."""
        each = self._runs.pop(run, None) or _OfRun()
        self._runs[run] = each
        while len(self._runs) > RUNS_KEPT:
            del self._runs[next(iter(self._runs))]
        return each
