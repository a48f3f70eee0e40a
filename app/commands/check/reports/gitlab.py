"""GitLab's code quality report: a list of findings with a place and a fingerprint."""

from __future__ import annotations

import json
from urllib.parse import unquote

from app.commands.check.outcome import Checked
from app.commands.check.reports.sarif import fingerprint, relative
from app.serve.logs import harmless


def gitlab(checked: Checked) -> str:
    found = [
        {
            "description": harmless(f"{seen.subject.name}: {finding.text}"),
            "check_name": finding.rule.id,
            "fingerprint": fingerprint(seen, finding),
            "severity": "critical"
            if checked.is_failure(finding)
            else "major"
            if finding.rule.id == "SL011"
            else "minor",
            "location": {
                "path": unquote(relative(seen.subject.place.path)[0]),
                "lines": {"begin": seen.subject.place.line},
            },
        }
        for seen in checked.subjects
        for finding, _ in seen.findings()
    ]
    return json.dumps(found, indent=2) + "\n"
