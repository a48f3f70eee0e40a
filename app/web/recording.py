"""What is kept of one run: what an export holds, a replay plays and a report shows."""

from __future__ import annotations

from collections.abc import AsyncIterator

from app.errors import NotFound
from app.hub import Hub
from app.journal import Stored

BEFORE = frozenset({"lab_started", "kernel_trial", "source_lost", "source_back"})


def recording(hub: Hub, run: str, *, lab: bool) -> AsyncIterator[Stored]:
    """Its events, in order.  Raises NotFound, at once.

    ``lab``: also what the lab said that belongs to no run: since it was started and until the run's last event about
    its witnesses, and while the run went on about builds.  Without it a replay would show a witness that was gone.
    """
    last = hub.journal.last_of_run(run)
    if not last:
        raise NotFound(f"there is no run {run}")
    return _with_lab(hub, run, last) if lab else _alone(hub, run)


async def _alone(hub: Hub, run: str) -> AsyncIterator[Stored]:
    async for event in hub.read_all(run=run):
        if event.run == run:
            yield event


async def _with_lab(hub: Hub, run: str, last: int) -> AsyncIterator[Stored]:
    before: list[Stored] = []
    created = False
    async for event in hub.read_all(run=run):
        if event.id > last:
            return
        if event.run == run and not created:
            created = True
            for each in before:
                yield each
        if created:
            yield event
        elif event.kind in BEFORE:
            before = [event] if event.kind == "lab_started" else [*before, event]
