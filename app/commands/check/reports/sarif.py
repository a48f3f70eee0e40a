"""SARIF 2.1.0: a result for each rule that was broken, at a line of the sources, with the timeline as its code flow.

What could not be told is a result of the kind ``open``, and an invocation that was not successful: never nothing.
Fingerprints hold no measured time, so that the same finding is the same one tomorrow.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from app import __version__
from app.commands.check.outcome import Checked, RunSeen, SubjectSeen
from app.commands.check.reports.safe import sarif_message
from app.verdict.gate import Finding
from app.verdict.rules import RULES

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "%SRCROOT%"


def sarif(checked: Checked) -> str:
    results = [_result(each, *found, checked) for each in checked.subjects for found in each.findings()]
    notified = [
        {"level": "error", "message": {"text": sarif_message(finding.text)}, "descriptor": {"id": finding.rule.id}}
        for seen in checked.subjects
        for finding, _ in seen.findings()
        if finding.rule.id == "SL011"
    ]
    run = {
        "tool": {"driver": {"name": "signal-lab", "version": __version__, "rules": [_rule(each) for each in RULES]}},
        "automationDetails": {"id": "signal-lab/check/"},
        "columnKind": "utf16CodeUnits",
        "invocations": [
            {
                "executionSuccessful": not notified,
                "exitCode": checked.exit,
                "toolExecutionNotifications": notified,
            }
        ],
        "results": results,
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: Any) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": "".join(part.capitalize() for part in rule.name.split("-")),
        "shortDescription": {"text": f"{rule.title}."},
        "fullDescription": {"text": rule.help},
        "help": {"text": rule.help},
        "defaultConfiguration": {"level": "warning" if rule.id == "SL007" else "error"},
    }


def _result(seen: SubjectSeen, finding: Finding, run: RunSeen, checked: Checked) -> dict[str, Any]:
    open_ = finding.rule.id == "SL011"
    level = "none" if open_ else "error" if checked.is_failure(finding) else "warning"
    advice = ((run.verdict or {}).get("advice") or {}).get("text") or run.hint
    words = f"{seen.subject.name}: {finding.text}" + (f" {advice}" if advice else "")
    place = _place(seen)
    flow = [_step(place, line.text, line.at, number) for number, line in enumerate(run.timeline)]
    return {
        "ruleId": finding.rule.id,
        "ruleIndex": RULES.index(finding.rule),
        "kind": "open" if open_ else "fail",
        "level": level,
        "message": {"text": sarif_message(words)},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"signalLabStop/v1": fingerprint(seen, finding)},
        **({"codeFlows": [{"threadFlows": [{"locations": flow}]}]} if flow else {}),
    }


def _step(place: dict[str, Any], words: str, at: str, number: int) -> dict[str, Any]:
    return {
        "location": {"physicalLocation": place, "message": {"text": sarif_message(words)}},
        "executionOrder": number + 1,
        "executionTimeUtc": at,
    }


def _place(seen: SubjectSeen) -> dict[str, Any]:
    uri, inside = relative(seen.subject.place.path)
    artifact = {"uri": uri, **({"uriBaseId": ROOT} if inside else {})}
    return {"artifactLocation": artifact, "region": {"startLine": seen.subject.place.line}}


def relative(path: str) -> tuple[str, bool]:
    """A path as reports name it: from here, with slashes, where it is inside; else as a file's URI."""
    there, here = Path(path).resolve(), Path.cwd()
    if there.is_relative_to(here):
        from urllib.parse import quote

        return quote(there.relative_to(here).as_posix()), True
    return there.as_uri(), False


def fingerprint(seen: SubjectSeen, finding: Finding) -> str:
    """Of what is wrong where, whatever it took and whichever build of the image it was."""
    subject = seen.subject
    parts = (
        finding.rule.id,
        relative(subject.place.path)[0],
        subject.repository,
        subject.name if subject.service else "",
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
