"""The verdict: what a request, or an end, came to and why, each sentence with the events that prove it.

Part of the union in ``app/events/__init__.py``.
"""

from __future__ import annotations

from typing import Literal

from app.events.base import LabEvent
from app.events.parts import Advice, Held, Sentence, VerdictOutcome


class Verdict(LabEvent):
    """What happened.  Recorded once what was asked for has come to something; a later one for the same request counts.

    ``request`` is the id of the ``stop_requested`` or ``signal_requested``; None: of an end that nobody asked for here.
    ``evidence`` joins the numbers of ``said``.
    """

    kind: Literal["verdict"] = "verdict"
    request: int | None
    signal: str | None = None  # that was asked for
    outcome: VerdictOutcome
    held: Held  # whether the forecast came true
    text: str  # the whole of it in a sentence
    said: tuple[Sentence, ...]
    evidence: tuple[int, ...]
    advice: Advice | None = None
