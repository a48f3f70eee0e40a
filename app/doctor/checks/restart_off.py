"""A signal that was sent by way of the engine has switched its restart policy off, until its next start."""

from __future__ import annotations

from app.doctor.checks.base import Finding
from app.doctor.patient import Kill, Patient
from app.verdict.setup.mending import start_anew
from app.verdict.setup.settings import switched_off, switches_off


def by_what(patient: Patient) -> Kill | None:
    """The first signal that did it, as far as the engine still knows."""
    setup = patient.setup
    if setup.restart == "no" or not setup.runs:
        return None
    return next((each for each in patient.kills if switches_off(setup.stop_signal, each.signal)), None)


def words(patient: Patient) -> str:
    kill = by_what(patient)
    return switched_off(patient.setup.restart, kill.signal, f"{kill.at:%H:%M:%S} UTC") if kill else ""


def find(patient: Patient) -> Finding | None:
    kill = by_what(patient)
    return Finding(words(patient), start_anew(patient.setup.name), (kill.at,)) if kill else None


def still_stands(_: Finding, patient: Patient) -> bool:
    return by_what(patient) is not None
