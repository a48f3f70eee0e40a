"""Events of containers that are not the lab's: what was asked of one, and what the engine said of it then.

Part of the union in ``app/events/__init__.py``.  They belong to no run.
"""

from __future__ import annotations

from typing import Literal

from app.events.base import LabEvent, Line


class ForeignAsked(LabEvent):
    """A person asked for a signal to, or a stop of, somebody else's container.  Recorded before it is done."""

    kind: Literal["foreign_asked"] = "foreign_asked"
    container: str  # its id
    name: Line
    what: Literal["signal", "stop"]
    signal: str
    timeout_s: int | None = None  # of a stop, -1 without a limit
    by: str
    text: str


class ForeignDone(LabEvent):
    """What came of it: a signal was handed over, a stop has come to its end, or either could not be done.

    ``took_s`` runs from the first signal to the end, by the engine's clock; None where the engine did not tell.
    ``killed``: SIGKILL was sent before it had ended; None where nobody can tell.
    """

    kind: Literal["foreign_done"] = "foreign_done"
    request: int  # id of the foreign_asked
    name: Line
    took_s: float | None = None
    exit_code: int | None = None
    killed: bool | None = None
    error: str | None = None
    text: str
