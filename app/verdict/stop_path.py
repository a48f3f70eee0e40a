"""What comes of a stop signal for one process, in the words that a stop forecast is made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from app.events.parts import StopOutcome

End = Literal["ends", "stays", "decides", "unknown"]
OUTCOMES: dict[End, StopOutcome] = {
    "ends": "at_once",
    "stays": "sigkill",
    "decides": "handler_decides",
    "unknown": "unknown",
}


@dataclass(frozen=True, slots=True)
class StopPath:
    """What becomes of one process.

    ``decides``: code of the program runs, and nobody but the program knows what it does.  ``sure`` is for ``ends`` and
    ``stays`` only, where the kernel alone has the say, or a forwarder whose marks are all there.  ``due_s``: nothing
    comes of it before that.  ``by_signal``: ended or kept by the signal's own
    action on this very process.
    """

    end: End
    why: str
    sure: bool = False
    because: tuple[str, ...] = ()
    fix: str | None = None
    due_s: float = 0
    by_signal: bool = False

    def doubted(self, *reasons: str) -> StopPath:
        """The same, not sure, with the reasons among its facts."""
        return replace(self, sure=False, because=(*self.because, *reasons))
