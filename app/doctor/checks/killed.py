"""``docker stop`` ends it with SIGKILL, whatever it still had to do."""

from __future__ import annotations

from app.doctor.checks.base import Finding
from app.doctor.patient import Patient
from app.verdict.unheard import unheard_words


def find(patient: Patient) -> Finding | None:
    if patient.holds is not False or patient.subject is None:
        return None
    unheard = unheard_words(patient.hearing, patient.subject.signal)
    return Finding(f"{patient.said.say}: {patient.said.why} {unheard}".strip(), patient.advice)


def still_stands(_: Finding, patient: Patient) -> bool:
    return patient.holds is False
