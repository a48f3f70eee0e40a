"""Stops of somebody else's containers that a server had asked for when it was killed: what came of them nobody told."""

from __future__ import annotations

from app.events import ForeignAsked, ForeignDone
from app.hub import Hub
from app.journal import event_of
from app.verdict.foreign import gone_words


async def close_foreign(hub: Hub) -> None:
    """Each that was asked for has an end."""
    left: dict[int, ForeignAsked] = {}
    async for stored in hub.read_all(kinds=frozenset({"foreign_asked", "foreign_done"})):
        match event := event_of(stored):
            case ForeignAsked():
                left[stored.id] = event
            case ForeignDone():
                left.pop(event.request, None)
    for request, asked in left.items():
        await hub.record(ForeignDone(request=request, name=asked.name, text=gone_words(asked.name, asked.what)))
