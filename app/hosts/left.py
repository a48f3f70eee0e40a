"""What the journal knows of a target whose server was killed, for the host that takes it over."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.events import EngineEvent, StopRequested, TargetExited
from app.targets import Target


@dataclass(frozen=True, slots=True)
class Left:
    """How far it was.  ``said``: all that the engine had said of it; ``stop``: number of a stop without an end.

    ``kills_before``: how many of the engine's kills were said before that stop was asked for.  ``processes``: those
    that are still on the board, as (pid, start).  ``lost``: witnesses that were said to be away.
    """

    starting: bool = False
    started: bool = False
    exited: bool = False
    container: str | None = None
    printed_at: datetime | None = None
    said: tuple[EngineEvent, ...] = ()
    stop: int | None = None
    stop_asked: StopRequested | None = None
    kills_before: int = 0
    processes: frozenset[tuple[int, int]] = frozenset()
    lost: frozenset[str] = frozenset()

    @property
    def alive(self) -> bool:
        """As far as anybody saw."""
        return self.starting and not self.exited

    def but(self, **new: Any) -> Left:
        return replace(self, **new)


def end_unseen(target: Target, why: str) -> TargetExited:
    """The end of one that had been started, of which nobody knows more."""
    meaning = f"nobody saw it end; {why}"
    return TargetExited(run=target.run, target=target.id, exit_code=None, cause="unknown", meaning=meaning)
