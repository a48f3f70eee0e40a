"""How a source or a host reports: one event at a time, to whoever stores them."""

from __future__ import annotations

from typing import Protocol

from app.events import AnyEvent


class Record(Protocol):
    """Stores one event and gives its number.  Returns after the row is committed."""

    async def __call__(self, event: AnyEvent, /) -> int: ...
