"""One JSON object: all that is known, for programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from app import __version__
from app.commands.check.outcome import Checked, RunSeen, SubjectSeen


def as_json(checked: Checked) -> str:
    found = {
        "ok": checked.exit == 0,
        "exit": checked.exit,
        "version": __version__,
        "fail_on": checked.fail_on,
        "subjects": [_subject(each, checked) for each in checked.subjects],
    }
    return json.dumps(found, indent=2) + "\n"


def _subject(seen: SubjectSeen, checked: Checked) -> dict[str, Any]:
    subject, terms = seen.subject, seen.subject.terms
    return {
        "name": subject.name,
        "image": subject.image,
        "result": seen.result,
        "text": seen.text,
        "within_s": terms.within_s,
        "grace_s": terms.grace_s,
        "signal": subject.signal,
        "notes": list(subject.notes),
        "findings": [
            {
                "rule": finding.rule.id,
                "name": finding.rule.name,
                "text": finding.text,
                "fails": checked.is_failure(finding),
                "run": run.number,
                "evidence": list(finding.evidence),
            }
            for finding, run in seen.findings()
        ],
        "runs": [_run(each) for each in seen.runs],
    }


def _run(run: RunSeen) -> dict[str, Any]:
    return {
        "number": run.number,
        "result": run.ruling.result,
        "text": run.ruling.text,
        "ready_s": None if run.ready_s is None else round(run.ready_s, 3),
        "took_s": run.took_s,
        "exit_code": run.exit_code,
        "killed": run.killed,
        "hint": run.hint,
        "verdict": run.verdict,
        "timeline": [asdict(line) for line in run.timeline],
        "printed_last": run.tail,
    }
