"""Server-sent events: a reader's place in the journal, put on the wire.

Messages are unnamed, because a named one without a listener vanishes silently; ``kind`` is in the data.  ``id`` is
``<journal>.<n>``: who resumes with the id of another journal is told to ``reset`` and gets everything.  The heartbeat
has no id: it is not an event, it says that the server is alive, what time it has, how many are watching, and what the
presenter looks at.

Who wins the race: normally the client leaves (``http.disconnect``) and the generator is cancelled.  A client that does
not read is cut off by the server (``serve/connections.py``), which is the same; what waits for it meanwhile is one
batch of the hub.  It resumes from its last id when it comes back.  When the lab closes, or the viewers' link is
revoked, the hub ends readers *after* the last event, the generator returns, and the client sees a clean end of the
stream; sse_starlette's own watcher would cut it off, so it is given a grace that this never needs.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict

import anyio
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from app.errors import Ending
from app.events import now
from app.hub import Hub
from app.hub.audience import Role
from app.hub.reader import is_full
from app.journal import Stored

DIGITS = 19  # a number of the journal has fewer
NOTICE = ("reason", "since", "waiting", "dropped")
GRACE_S = 30.0


def place_of(last_event_id: str | None, after: int, journal: str) -> int | None:
    """Where a reader goes on: the number from Last-Event-ID, else ``after``.  None: it knew another journal."""
    if not last_event_id:
        return after
    of, _, number = last_event_id.rpartition(".")
    is_number = number.isascii() and number.isdecimal() and len(number) < DIGITS
    return int(number) if of == journal and is_number else None


def event_stream(
    hub: Hub,
    seen: Callable[[Stored], Stored],
    *,
    role: Role,
    who: str,
    after: int | None,
    last_event_id: str | None,
    run: str | None,
    kinds: frozenset[str],
    heartbeat_s: float,
    still: Callable[[], bool],
) -> Response:
    """``after`` None: only what comes after the ``last`` of the first heartbeat.

    ``still``: whether this reader may read; asked once it would hear that it may not any more.
    """
    place = place_of(last_event_id, hub.last_id if after is None else after, hub.journal.id)

    async def frames() -> AsyncIterator[bytes]:
        forget = place is None or place > hub.last_id
        start = 0 if place is None or forget else place
        yield b": signal-lab\n\n"
        yield heartbeat(hub, start if after is None else None).encode()
        if forget:
            yield b'data: {"kind":"reset"}\n\n'
        async with hub.join(after=start, role=role, who=who, run=run, kinds=kinds) as reader:
            if not still():  # the link was revoked between the request and this seat
                return
            if lost := reader.lost:
                yield notice(hub)
            while True:
                try:
                    batch = await reader.batch()
                except Ending:
                    return
                if hub.lost is not lost:
                    lost = hub.lost
                    yield notice(hub)
                yield b"".join(seen(event).frame for event in batch) or heartbeat(hub).encode()

    return EventSourceResponse(
        frames(),
        sep="\n",
        ping=heartbeat_s,
        ping_message_factory=lambda: heartbeat(hub),
        shutdown_event=anyio.Event(),
        shutdown_grace_period=GRACE_S,
    )


async def past_page(
    hub: Hub, seen: Callable[[Stored], Stored], *, after: int, run: str | None, kinds: frozenset[str], limit: int
) -> Response:
    """The next events after a place, and the place up to which everything was looked through."""
    last = hub.last_id
    found = await hub.read(after=after, run=run, kinds=kinds, limit=limit)
    place = found[-1].id if is_full(found, limit) else max(last, after, found[-1].id if found else 0)
    journal, events = hub.journal.id.encode(), b",".join(seen(event).json for event in found)
    return Response(
        b'{"events":[%b],"place":%d,"journal":"%b"}' % (events, place, journal), media_type="application/json"
    )


def notice(hub: Hub) -> bytes:
    """The journal is lost, or back.  It has no number: those are of what is stored."""
    state = hub.writer.state()
    said = {"kind": "journal_lost" if hub.lost else "journal_back", **{key: state[key] for key in NOTICE}}
    return b"data: %b\n\n" % json.dumps(said).encode()


def heartbeat(hub: Hub, last: int | None = None) -> ServerSentEvent:
    """``last``: the event that a stream begins after, in its first one; else the newest that there is."""
    audience = hub.audience
    beat = {
        **{"kind": "heartbeat", "now": now().isoformat(), "viewers": audience.viewers},
        **{"last": hub.last_id if last is None else last, "journal": hub.journal.id},
        "focus": asdict(audience.focus) if audience.focus else None,
        "writer": hub.writer.state() if hub.lost else None,
    }
    return ServerSentEvent(data=json.dumps(beat), sep="\n")
