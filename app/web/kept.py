"""Runs that are kept, whether they happened here or were imported: their facts, and what is recorded of them."""

from __future__ import annotations

from collections.abc import AsyncIterator

from anyio import to_thread

from app.errors import NotFound
from app.hub.reader import BATCH_BYTES
from app.imports.shelf import Import, number_of
from app.journal import Stored
from app.web.facts import Facts, imported_facts, run_facts
from app.web.recording import recording
from app.web.services import Services


async def all_facts(served: Services) -> list[Facts]:
    """Of all of them, in no order."""
    return [*await served.ledger.runs(), *await served.ledger.imports()]


async def kept_facts(served: Services, run: str) -> Facts:
    """One run's.  Raises NotFound."""
    if not number_of(run):
        return await run_facts(served.hub, run)
    facts = await imported_facts(served.imported, await _import(served, run))
    return {**facts, "last_event_id": await to_thread.run_sync(served.imported.last_id, run)}


async def kept_recording(served: Services, run: str, *, lab: bool) -> AsyncIterator[Stored]:
    """As ``recording``; raises NotFound, at once."""
    if not number_of(run):
        return recording(served.hub, run, lab=lab)
    return _imported(served, (await _import(served, run)).run, lab=lab)


async def _imported(served: Services, run: str, *, lab: bool) -> AsyncIterator[Stored]:
    after = -1
    while found := await to_thread.run_sync(served.imported.read, run, frozenset(), after, BATCH_BYTES):
        for event in found:
            if lab or event.run:
                yield event
        after = found[-1].id


async def forget(served: Services, run: str) -> None:
    if number_of(run):
        await to_thread.run_sync(served.imported.forget, run)
    else:
        await served.hub.forget(run)


async def _import(served: Services, run: str) -> Import:
    for each in await to_thread.run_sync(served.imported.kept):
        if each.run == run:
            return each
    raise NotFound(f"there is no run {run}")
