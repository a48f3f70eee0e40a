"""What a rule of the forecast says of one signal."""

from __future__ import annotations

from dataclasses import dataclass

from app.events.parts import Fate


@dataclass(frozen=True, slots=True)
class Forecast:
    """``why`` is one sentence for people, the same for all signals that share fate and rule."""

    fate: Fate
    rule: str
    why: str
    sure: bool = True
