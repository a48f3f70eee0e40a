"""What the engine has said of one container: each thing once, also when it has to be asked for it again.

What the engine has forgotten is read from the container's state.
"""

from __future__ import annotations

from datetime import datetime

import anyio

from app.events import EngineEvent
from app.hosts.engine.engine import Engine
from app.hosts.engine.remembered import remembered


class Story:
    """``kills`` and ``die`` as the engine told them.

    ``died`` is set once its end is known, from whomever, with ``exit_code`` and ``ended_at`` as far as they are known;
    ``whole`` a moment later, when what was said before that is known too: after a silence the end may be heard first.
    """

    def __init__(self, engine: Engine, container: str) -> None:
        self._engine, self._container = engine, container
        self._heard: set[tuple[str, str | None, datetime]] = set()
        self.kills: list[EngineEvent] = []
        self.die: EngineEvent | None = None
        self.died, self.whole = anyio.Event(), anyio.Event()
        self.exit_code: int | None = None
        self.ended_at: datetime | None = None

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
        told = await remembered(self._engine, since, {"container": self._container})
        return [event for _, event in told if self.is_new(event)]
