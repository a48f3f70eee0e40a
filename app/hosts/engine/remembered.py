"""What an engine can still tell of what has been: its last 256 events, and the state of a container that has ended.

The 256 are those of all containers together, since the engine was started.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.hosts.engine.engine import Engine
from app.hosts.engine.finding import Client
from app.sources.docker_events import EngineMessage, parse_event

CANNOT_SAY = 255  # what an engine writes down for a container whose end it did not see, as after a crash of its own
AWAY = "the engine was away and cannot say"


def engine_time(text: str) -> datetime:
    """RFC 3339 with nanoseconds, as the engine writes it, to the microsecond."""
    return datetime.fromisoformat(text)


def read_afterwards(code: int) -> tuple[int | None, str]:
    """An exit code that no event told, and what is to be said of it.

    A program can leave with 255, too; then it is not told from the engine's own word for "unknown".
    """
    return (None, AWAY) if code == CANNOT_SAY else (code, "read from its state afterwards: nobody saw it end")


async def remembered(engine: Engine, since: int, filters: dict[str, str]) -> list[EngineMessage]:
    """Its events of containers since that second, oldest first.  Raises EngineUnavailable, HostFailed."""

    def ask(client: Client) -> list[dict[str, Any]]:
        until = f"{engine_time(client.info()['SystemTime']).timestamp():.6f}"  # else it would wait for more
        feed = client.events(since=since, until=until, filters={"type": "container", **filters}, decode=True)
        try:
            return list(feed)
        finally:
            feed.close()
            feed._response.close()

    raw = await engine.call(ask, what="what the engine said meanwhile")
    return [found for each in raw if (found := parse_event(each))]
