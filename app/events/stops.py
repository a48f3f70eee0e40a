"""Events of a stop: what it would come to, that it was asked for, and what it came to.

Part of the union in ``app/events/__init__.py``.
"""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime

from app.events.base import LabEvent
from app.events.parts import StopOutcome


class StopForecast(LabEvent):
    """What a stop as it is set *would* come to.  Recorded when it differs from the last one."""

    kind: Literal["stop_forecast"] = "stop_forecast"
    signal: str
    timeout_s: int  # -1: for ever
    outcome: StopOutcome
    sure: bool  # False: likely; ``why`` says what it rests on
    say: str  # one sentence: "SIGKILL after 10 s"
    why: str  # the reason, in a sentence or two
    because: tuple[str, ...] = ()  # facts that it rests on, one sentence each
    fix: str | None = None  # what would make it stop in time


class StopRequested(LabEvent):
    kind: Literal["stop_requested"] = "stop_requested"
    signal: str
    timeout_s: int  # -1: wait for ever
    deadline: AwareDatetime | None  # when SIGKILL is due by the server's clock; None: never
    by: str


class StopEscalated(LabEvent):
    """SIGKILL was asked for: by a person who pressed "Kill now", or by the lab when a local target's time was up.

    For a container whose time is up there is no such event: the engine does that by itself and says ``kill``.
    """

    kind: Literal["stop_escalated"] = "stop_escalated"
    stop: int  # id of the stop_requested
    reason: Literal["person", "timeout"]
    by: str


class StopOverdue(LabEvent):
    """The time of a stop was up ``late_s`` ago, and nobody has said that the target has ended: the engine may hang."""

    kind: Literal["stop_overdue"] = "stop_overdue"
    stop: int  # id of the stop_requested
    late_s: float


class StopFinished(LabEvent):
    kind: Literal["stop_finished"] = "stop_finished"
    stop: int  # id of the stop_requested
    took_s: float | None  # by the clock named in ``clock``: first signal to death; None: could not be measured
    exit_code: int | None
    killed: bool | None  # SIGKILL was sent before it ended; None: nobody can tell
    meaning: str
    error: str | None = None  # the stop could not be carried out, and why
