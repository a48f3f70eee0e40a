"""What the lines of an advice are made from: a stop that was made, or one that is only foretold."""

from __future__ import annotations

from typing import Protocol

from app.events import TargetStarted
from app.verdict.tree import ProcessView, StopCase


class Asked(Protocol):
    """``signal``: a name.  ``timeout_s``: 0 is SIGKILL about 10 ms after the signal, -1 never."""

    @property
    def signal(self) -> str: ...
    @property
    def timeout_s(self) -> int: ...


class Case(Protocol):
    """``started``: what was started.  ``subject``: its processes before the stop."""

    @property
    def asked(self) -> Asked: ...
    @property
    def started(self) -> TargetStarted: ...
    @property
    def subject(self) -> StopCase: ...
    def member(self, pid: int) -> ProcessView | None: ...
