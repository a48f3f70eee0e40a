"""Its stop timeout is -1: no SIGKILL ever follows, and a stop can wait for ever."""

from __future__ import annotations

from app.doctor.checks.base import Finding
from app.doctor.patient import Patient
from app.verdict.setup.mending import set_timeout
from app.verdict.setup.settings import for_ever_words


def find(patient: Patient) -> Finding | None:
    if patient.timeout_s >= 0 or patient.holds or patient.case is None:
        return None
    return Finding(for_ever_words(), patient.placed(set_timeout(patient.case)))


def still_stands(_: Finding, patient: Patient) -> bool:
    return patient.timeout_s < 0 and not patient.holds
