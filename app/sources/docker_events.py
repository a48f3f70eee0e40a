"""The engine's events of its containers, with the engine's own times.

docker-py reports a lost engine as a normal end of the iteration: whoever reads here takes the end of the stream for the
loss that it is.  The feed blocks, so it has a thread of its own; leaving the block closes the connection under it,
which wakes a thread that waits for the engine, and closes the buffer, which wakes one that waits for room.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any, TypeVar

import anyio
import requests
import urllib3
from anyio import BrokenResourceError, CapacityLimiter, ClosedResourceError, from_thread, to_thread
from anyio.streams.memory import MemoryObjectReceiveStream

from app.events import EngineEvent
from app.signals import UnknownSignal, name_of, parse_signal
from app.targets import LAB, RUN, TARGET

ACTIONS = frozenset({"create", "start", "restart", "kill", "die", "stop", "oom", "pause", "unpause", "destroy"})
OF_PODMAN = {"remove": "destroy"}  # its own word for it
EngineMessage = tuple[str, EngineEvent]  # container id
Message = TypeVar("Message")


def parse_event(raw: dict[str, Any]) -> EngineMessage | None:
    """One message of the engine; None for what nobody needs to be told (exec, top, attach)."""
    actor = raw.get("Actor") or {}
    attributes = actor.get("Attributes") or {}
    said = str(raw.get("Action") or raw.get("status") or "")
    action = OF_PODMAN.get(said, said)
    if action not in ACTIONS or RUN not in attributes:
        return None
    nanoseconds = int(raw.get("timeNano") or int(raw.get("time") or 0) * 10**9)
    code = attributes.get("exitCode")
    return str(actor.get("ID") or raw.get("id")), EngineEvent(
        at=datetime.fromtimestamp(nanoseconds / 1e9, UTC),
        clock="engine",
        author="engine",
        run=attributes[RUN],
        target=attributes.get(TARGET),
        action=action,
        signal=_name(attributes.get("signal")),
        exit_code=int(code) if code is not None and str(code).lstrip("-").isdecimal() else None,
    )


def _name(signal: str | None) -> str | None:
    """The engine says a number, as text."""
    if signal is None:
        return None
    try:
        return parse_signal(signal).name
    except UnknownSignal:
        return name_of(int(signal)) if signal.isdecimal() else signal


def of_lab(lab: str) -> dict[str, str]:
    """Only its own containers: another lab on the same engine counts its runs from 1 too."""
    return {"type": "container", "label": f"{LAB}={lab}"}


@asynccontextmanager
async def engine_events(
    feed_of: Callable[[], Callable[..., Any]],
    limiter: CapacityLimiter,
    filters: Mapping[str, str],
    parse: Callable[[dict[str, Any]], Message | None],
) -> AsyncIterator[MemoryObjectReceiveStream[Message]]:
    """A stream of what the engine tells for as long as the block is open; it ends when the engine is lost.

    ``filters``: as the engine takes them.  ``parse``: of one message; None for what nobody needs to be told.
    """
    send, receive = anyio.create_memory_object_stream[Message](256)
    feed = await to_thread.run_sync(
        lambda: feed_of()(decode=True, filters=dict(filters)),
        limiter=limiter,
        abandon_on_cancel=True,
    )

    def pump() -> None:
        with suppress(
            BrokenResourceError,
            ClosedResourceError,
            requests.RequestException,
            urllib3.exceptions.HTTPError,
            OSError,
            ValueError,
        ):
            for raw in feed:
                if message := parse(raw):
                    from_thread.run(send.send, message)

    async def read_until_closed() -> None:
        with send:
            await to_thread.run_sync(pump, limiter=CapacityLimiter(1))

    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(read_until_closed)
            try:
                yield receive
            finally:
                receive.close()
                feed.close()
    finally:
        # That shuts the socket down but leaves it open, until the garbage collector comes by, where the thread was not
        # reading just then: it then never comes to the end.
        feed._response.close()
