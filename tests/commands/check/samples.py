"""Checks as they came out, for tests of reports: every kind of result, and names that are not harmless."""

from __future__ import annotations

from typing import Any

from app.commands.check.outcome import Checked, Line, RunSeen, SubjectSeen
from app.commands.check.ready import Ready
from app.commands.check.subject import Place, Subject
from app.verdict.gate import FailOn, Finding, Ruling, Terms
from app.verdict.rules import COULD_NOT_TELL, DROPPED, EXIT_CODE, NOT_CLEAN

NASTY = "::error file=x::boo\n::set-output name=a::b %0A ##[error]c <b>|`[x](y) \x1b[2J ]]> &amp;"


def verdict(text: str, **more: Any) -> dict[str, Any]:
    said = [{"text": "The kernel dropped SIGTERM.", "evidence": [7, 9]}]
    return {"kind": "verdict", "text": text, "said": said, "advice": None, **more}


def run_killed(number: int = 1, *, took_s: float = 3.04, text: str = "") -> RunSeen:
    words = text or f"Killed after {took_s:.1f} s: PID 1 is python3 without a handler."
    advice = {
        **{"kind": "init", "text": "Run it with --init, or handle SIGTERM.", "note": "It takes a new container."},
        "at": [{"place": "docker run", "lines": ["docker run -d --init web"]}],
    }
    return RunSeen(
        number,
        Ruling("not_held", words, (Finding(DROPPED, words, (7, 9)),)),
        ready_s=0.4,
        took_s=took_s,
        exit_code=137,
        killed=True,
        verdict=verdict(words, advice=advice),
        timeline=[
            Line(6, "2026-11-30T12:00:00.000001Z", 0.0, "person", "The check asks for a stop"),
            Line(9, "2026-11-30T12:00:03.010000Z", took_s, "kernel", f"SIGKILL to python3 (1): queued {took_s}"),
        ],
        tail=["serving", NASTY],
    )


def run_held(number: int = 1, took_s: float = 0.11) -> RunSeen:
    text = f"Left after {took_s:.2f} s: PID 1 (docker-init) took SIGTERM and exited with 143."
    return RunSeen(number, Ruling("held", text), 0.4, took_s, 143, False, verdict(text))


def run_untold() -> RunSeen:
    text = "Could not tell: it did not start: no registry has it."
    return RunSeen(1, Ruling("unknown", text, (Finding(COULD_NOT_TELL, text),)), hint="Build it or load it.")


def run_unclean() -> RunSeen:
    text = "Stopped, but not cleanly, after 0.10 s: python3 (pid 8) was killed with PID 1."
    return RunSeen(1, Ruling("not_clean", text, (Finding(NOT_CLEAN, text, (4,)),)), 0.4, 0.1, 143, False, verdict(text))


def run_code() -> RunSeen:
    text = "It exited with 1, and 0 was expected."
    return RunSeen(1, Ruling("not_held", text, (Finding(EXIT_CODE, text, (4,)),)), 0.4, 0.1, 1, False, verdict(text))


def seen(*runs: RunSeen, name: str = "registry.example/team/web:1.2", place: Place | None = None) -> SubjectSeen:
    subject = Subject(name, name, None, Ready(settle_s=2), Terms(3.0), place or Place("deploy/Dockerfile", 7))
    return SubjectSeen(subject, list(runs))


def checked(*subjects: SubjectSeen, fail_on: FailOn = "held") -> Checked:
    return Checked(list(subjects), fail_on)


def everything(fail_on: FailOn = "held") -> Checked:
    subjects = (
        seen(run_held()),
        seen(run_held(1), run_killed(2), name="mix"),
        seen(run_untold(), name="untold"),
        seen(run_unclean(), name="unclean"),
        seen(run_code(), name="code"),
        seen(run_killed(text=f"Killed after 3.0 s: PID 1 is {NASTY}"), name=f"nasty{NASTY}"),
    )
    return Checked(list(subjects), fail_on)
