"""What a check is, and what it finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from app.doctor.patient import Patient
from app.events.parts import Advice


@dataclass(frozen=True, slots=True)
class Finding:
    """``text``: a sentence or two.  ``advice``: what mends it, with lines to copy.

    ``about``: what a later look is held against, such as pids with their start times.
    """

    text: str
    advice: Advice | None
    about: tuple[object, ...] = ()


class Check(Protocol):
    def find(self, patient: Patient, /) -> Finding | None:
        """None: nothing is wrong here, or nobody could see it."""

    def still_stands(self, finding: Finding, patient: Patient, /) -> bool:
        """Whether a later look at the same container shows it too."""
