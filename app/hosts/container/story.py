"""What the engine has said of one container: each thing once, also when it has to be asked for it again.

The engine remembers its last 256 events, of all containers together, until it is restarted itself.  What it has
forgotten is read from the container's state.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import anyio

from app.events import EngineEvent
from app.hosts.engine.engine import Engine
from app.hosts.engine.finding import Client
from app.sources.docker_events import parse_event


def engine_time(text: str) -> datetime:
    """RFC 3339 with nanoseconds, as the engine writes it, to the microsecond."""
    return datetime.fromisoformat(text)


class Story:
    """``kills`` and ``die`` as the engine told them.

    ``died`` is set once its end is known, from whomever, with ``exit_code`` and ``ended_at`` as far as they are known;
    ``whole`` a moment later, when what was said before that is known too: after a silence the end may be heard first.
    """

    def __init__(self, engine: Engine, container: str, known: Iterable[EngineEvent] = ()) -> None:
        self._engine, self._container = engine, container
        self._heard: set[tuple[str, str | None, datetime]] = set()
        self.kills: list[EngineEvent] = []
        self.die: EngineEvent | None = None
        self.died, self.whole = anyio.Event(), anyio.Event()
        self.exit_code: int | None = None
        self.ended_at: datetime | None = None
        for event in known:
            self.on_engine_event(event)

    def is_new(self, event: EngineEvent) -> bool:
        return (event.action, event.signal, event.at) not in self._heard

    def on_engine_event(self, event: EngineEvent) -> None:
        """Note one event of the engine about this container, once."""
        if not self.is_new(event):
            return
        self._heard.add((event.action, event.signal, event.at))
        if event.action == "kill":
            self.kills.append(event)
        elif event.action == "die":
            self.die = event

    def end(self, code: int | None, at: datetime) -> bool:
        """Its end is known.  False: it was before."""
        if self.died.is_set():
            return False
        self.exit_code, self.ended_at = code, at
        self.died.set()
        return True

    @property
    def killed(self) -> bool:
        """Whether the engine said that it sent SIGKILL."""
        return any(kill.signal == "SIGKILL" for kill in self.kills)

    async def missed(self) -> list[EngineEvent]:
        """What the engine still knows and nobody has heard, oldest first.  Raises EngineUnavailable, HostFailed."""
        since = int(max((at.timestamp() for _, _, at in self._heard), default=0))

        def ask(client: Client) -> list[dict[str, Any]]:
            until = f"{engine_time(client.info()['SystemTime']).timestamp():.6f}"  # else it would wait for more
            filters = {"type": "container", "container": self._container}
            feed = client.events(since=since, until=until, filters=filters, decode=True)
            try:
                return list(feed)
            finally:
                feed.close()
                feed._response.close()

        raw = await self._engine.call(ask, what="what the engine said meanwhile")
        told = [found[1] for each in raw if (found := parse_event(each))]
        return [event for event in told if self.is_new(event)]
