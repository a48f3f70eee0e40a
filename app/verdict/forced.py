"""A stop of any container of the engine, told by the engine's own events, and whether it had to be forced.

By Moby's sources (daemon/stop.go) and seen with 20.10 and 28: a stop is ``kill`` with the stop signal, then, when the
time is up, ``kill`` with 9, then ``die``, then ``stop``.  ``docker kill`` has no ``stop``, and neither has a program
that ends by itself.  Newer engines tell ``die`` twice, and may tell ``stop`` before it.
"""

from __future__ import annotations

from dataclasses import dataclass

SIGKILL = "SIGKILL"


@dataclass(frozen=True, slots=True)
class Stop:
    """``signal``: what it was asked with.  ``took_s``: from that to its end; None: nobody saw one of both.

    ``forced``: it was still there when the time was up, and the engine ended it with SIGKILL.
    """

    container: str
    name: str
    image: str
    signal: str
    took_s: float | None
    exit_code: int | None
    forced: bool

    @property
    def text(self) -> str:
        """What happened, in one sentence."""
        after = "" if self.took_s is None else f" after {self.took_s:.1f} s"
        if self.forced:
            return f"{self.name} did not end on {self.signal}: the engine ended it with SIGKILL{after}."
        code = "" if self.exit_code is None else f" with {self.exit_code}"
        return f"{self.name} ended{code}{after} on {self.signal}."


@dataclass(slots=True)
class _Asked:
    signal: str = ""
    at_s: float | None = None
    forced: bool = False
    ended_s: float | None = None
    exit_code: int | None = None
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """One event of the engine.  ``signal``: by name, of ``kill``; ``at_s``: by the engine's clock."""

    action: str
    container: str
    name: str
    image: str
    at_s: float
    signal: str = ""
    exit_code: int | None = None


class Stops:
    """Hears all events of an engine, in their order."""

    def __init__(self) -> None:
        self._asked: dict[str, _Asked] = {}

    def hear(self, told: Told) -> Stop | None:
        """The stop that is over with this event."""
        match told.action:
            case "kill":
                self._kill(told)
            case "die" if (asked := self._asked.get(told.container)) and asked.ended_s is None:
                asked.ended_s, asked.exit_code = told.at_s, told.exit_code
            case "stop" if asked := self._asked.get(told.container):
                asked.stopped = True
            case "start" | "destroy":
                self._asked.pop(told.container, None)
        asked = self._asked.get(told.container) or _Asked()
        if not asked.stopped or asked.ended_s is None:
            return None
        del self._asked[told.container]
        took_s = None if asked.at_s is None else max(0.0, asked.ended_s - asked.at_s)
        seen = (asked.signal or SIGKILL, took_s, asked.exit_code, asked.forced)
        return Stop(told.container, told.name, told.image, *seen)

    def forget(self) -> None:
        """Of what was under way nobody knows how it went on: the engine was away."""
        self._asked.clear()

    def _kill(self, told: Told) -> None:
        """Signals before the last one that is not SIGKILL were no stop: the program went on."""
        if told.signal != SIGKILL:
            self._asked[told.container] = _Asked(told.signal, told.at_s)
            return
        asked = self._asked.setdefault(told.container, _Asked())
        asked.forced = bool(asked.signal)
