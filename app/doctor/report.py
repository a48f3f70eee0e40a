"""What the doctor tells, as the command line and the API give it: plain data with every command line masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from app.doctor.checks import Finding, restart_off
from app.doctor.patient import Patient
from app.doctor.setup import Setup
from app.events.parts import Advice
from app.signals import named_so
from app.verdict.forecast import forecast
from app.verdict.programs.identity import called
from app.verdict.remedies import TAKEN
from app.verdict.setup.form import form_fact
from app.verdict.setup.grace import Grace
from app.verdict.setup.said import Fact
from app.verdict.setup.settings import init_fact, restart_fact, stop_signal_fact, timeout_fact, zombies_fact
from app.verdict.tree import ProcessView
from app.verdict.unheard import unheard_words

PROCESSES = 100  # told of one container; the rest is counted


def facts(patient: Patient) -> tuple[Fact, ...]:
    """How it was set up, each with its source."""
    setup, root = patient.setup, patient.seen.members[0] if patient.seen.members else None
    image = setup.image
    return (
        form_fact(setup.argv, setup.argv_source, root),
        stop_signal_fact(setup.stop_signal, image.stop_signal if image else None, image_known=image is not None),
        timeout_fact(setup.stop_timeout_s),
        init_fact(setup.init, root),
        restart_fact(setup.restart, setup.restart_max, setup.restart_count, off=restart_off.words(patient)),
        zombies_fact(None if patient.seen.zombies is None else len(patient.seen.zombies)),
    )


def shape(patient: Patient, findings: Mapping[str, Finding], graces: tuple[Grace, ...]) -> dict[str, Any]:
    """One container."""
    said, setup = patient.said, patient.setup
    return {
        **whose(setup),
        "image": setup.image_name,
        "image_id": setup.image_id,
        "status": setup.status,
        "holds": patient.holds,
        "stop": {
            "signal": patient.signal,
            "timeout_s": patient.timeout_s,
            **{name: getattr(said, name) for name in ("outcome", "sure", "say", "why", "because", "fix")},
            "advice": _advice(patient.advice),
        },
        "unheard": unheard_words(patient.hearing, patient.subject.signal) if patient.subject else "",
        "seen": {"by": patient.seen.by, "missing": patient.seen.missing, "allow": patient.seen.allow},
        "facts": [asdict(each) for each in facts(patient)],
        "graces": [asdict(each) for each in graces],
        "findings": [
            {"check": name, "text": each.text, "advice": _advice(each.advice)} for name, each in findings.items()
        ],
        "processes": [_process(each, patient) for each in patient.seen.members[:PROCESSES]],
        "more_processes": max(0, len(patient.seen.members) - PROCESSES),
    }


def whose(setup: Setup) -> dict[str, Any]:
    """``target``: of a lab that made it; "" none did."""
    return {
        "id": setup.id,
        "name": setup.name,
        "lab": setup.lab,
        "target": setup.target,
        "protected": setup.protected,
        "is_lab": setup.is_own,
    }


def _process(member: ProcessView, patient: Patient) -> dict[str, Any]:
    number = named_so(patient.signal).number
    root = patient.subject is not None and member is patient.subject.root
    found = forecast(member.subject, number, "outside" if root else "inside")
    return {
        "pid": member.pid,
        "ns_pid": member.ns_pid,
        "ppid": member.ppid,
        "name": called(member),
        "argv": member.argv,
        "state": member.subject.state,
        "fate": found.fate,
        "catches": found.fate in TAKEN,
        "why": found.why,
    }


def _advice(advice: Advice | None) -> dict[str, Any] | None:
    return advice.model_dump() if advice else None
