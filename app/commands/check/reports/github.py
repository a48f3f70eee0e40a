"""GitHub: annotations as workflow commands, and a table for the summary of the step.

What an image prints or is labelled with reaches a build log here: escaped, so that none of it is a command.
"""

from __future__ import annotations

from urllib.parse import unquote

from app.commands.check.outcome import Checked, SubjectSeen
from app.commands.check.reports.safe import command_data, command_property, markdown
from app.commands.check.reports.sarif import relative
from app.commands.text import seconds
from app.serve.logs import harmless
from app.verdict.gate import WORDS


def workflow_commands(checked: Checked) -> str:
    lines = []
    for seen in checked.subjects:
        for finding, run in seen.findings():
            level = "error" if checked.is_failure(finding) or finding.rule.id == "SL011" else "warning"
            advice = ((run.verdict or {}).get("advice") or {}).get("text") or run.hint
            words = harmless(f"{seen.subject.name}: {finding.text}") + (f"\n{harmless(advice)}" if advice else "")
            where = {
                "file": unquote(relative(seen.subject.place.path)[0]),
                "line": str(seen.subject.place.line),
                "title": f"{finding.rule.id} {finding.rule.title}",
            }
            properties = ",".join(f"{name}={command_property(value)}" for name, value in where.items())
            lines.append(f"::{level} {properties}::{command_data(words)}")
    if not lines:
        names = ", ".join(each.subject.name for each in checked.subjects)
        lines.append(f"::notice title=signal-lab check::{command_data(harmless(names))}: {WORDS['held']}")
    return "\n".join(lines) + "\n"


def summary(checked: Checked) -> str:
    """Markdown."""
    rows = [
        "### Does it stop?",
        "",
        "| | what | result | took | exit code | rule | why |",
        "|---|---|---|---|---|---|---|",
        *(_row(each) for each in checked.subjects),
        "",
    ]
    return "\n".join(rows) + "\n"


def _row(seen: SubjectSeen) -> str:
    run = seen.worst_run
    sign = {"held": "✅", "not_clean": "⚠️", "unknown": "❔", "not_held": "❌"}[seen.result]
    took = "" if run.took_s is None else seconds(run.took_s)
    code = "" if run.exit_code is None else str(run.exit_code)
    rules = " ".join(finding.rule.id for finding, _ in seen.findings())
    cells = (seen.subject.name, WORDS[seen.result], took, code, rules, seen.text)
    return f"| {sign} | {' | '.join(markdown(each) for each in cells)} |"
