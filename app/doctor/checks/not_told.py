"""It stops in time, because PID 1 ends; who would have handled the signal is never told, and killed with it."""

from __future__ import annotations

from app.doctor.checks.base import Finding
from app.doctor.patient import Patient
from app.verdict.telling_how import shown
from app.verdict.unheard import swept_words, tell_them


def find(patient: Patient) -> Finding | None:
    subject, case = patient.subject, patient.case
    if patient.holds is not True or subject is None or case is None or not patient.hearing.untold:
        return None
    if not subject.root.subject.is_init:
        return None  # without a PID 1 that ends, the rest goes on
    remedy = tell_them(subject, patient.hearing)
    about = tuple((each.pid, each.comm) for each in patient.hearing.untold)
    advice = patient.placed(shown(case, remedy)) if remedy else None
    return Finding(swept_words(patient.hearing, subject.signal), advice, about)


def still_stands(finding: Finding, patient: Patient) -> bool:
    untold = {(each.pid, each.comm) for each in patient.hearing.untold or ()}
    return patient.holds is True and bool(untold & set(finding.about))
