"""Dead processes that nobody collects: each keeps a pid, and a container may have only so many."""

from __future__ import annotations

from app.doctor.checks.base import Finding
from app.doctor.patient import Patient
from app.verdict.programs.identity import who
from app.verdict.setup.mending import collect
from app.verdict.setup.settings import zombie_words


def find(patient: Patient) -> Finding | None:
    dead, case = patient.seen.zombies, patient.case
    if not dead or case is None:
        return None
    parent = case.member(dead[0].ppid)
    if parent is None:
        return None
    of_parent = [each for each in dead if each.ppid == parent.pid]
    text = zombie_words(tuple(each.comm for each in of_parent), who(parent))
    return Finding(text, patient.placed(collect(case, parent)), tuple((each.pid, each.start) for each in of_parent))


def still_stands(finding: Finding, patient: Patient) -> bool:
    return bool(set(finding.about) & {(each.pid, each.start) for each in patient.seen.zombies or ()})
