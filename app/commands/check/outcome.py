"""What a check has found, for the reports: plain data, the same for all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.commands.check.subject import Subject
from app.verdict.gate import FailOn, Finding, Result, Ruling, leaves_with, together, worst


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a timeline.  ``s``: since the stop was asked for, or, where none was, since the first event."""

    id: int
    at: str
    s: float
    who: str
    text: str


@dataclass(slots=True)
class RunSeen:
    """One run.  Times are None where nobody measured them.  ``tail``: the last lines that it printed."""

    number: int
    ruling: Ruling
    ready_s: float | None = None
    took_s: float | None = None
    exit_code: int | None = None
    killed: bool | None = None
    verdict: dict[str, Any] | None = None
    timeline: list[Line] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)
    hint: str = ""


@dataclass(slots=True)
class SubjectSeen:
    subject: Subject
    runs: list[RunSeen] = field(default_factory=list)

    @property
    def result(self) -> Result:
        return worst([each.ruling.result for each in self.runs])

    @property
    def text(self) -> str:
        return together([each.ruling for each in self.runs], [each.took_s for each in self.runs])

    @property
    def worst_run(self) -> RunSeen:
        return next(each for each in self.runs if each.ruling.result == self.result)

    def findings(self) -> list[tuple[Finding, RunSeen]]:
        """Each rule once, from the first run that broke it."""
        found: dict[str, tuple[Finding, RunSeen]] = {}
        for run in self.runs:
            for each in run.ruling.findings:
                found.setdefault(each.rule.id, (each, run))
        return list(found.values())


@dataclass(slots=True)
class Checked:
    """All of it."""

    subjects: list[SubjectSeen]
    fail_on: FailOn = "held"

    @property
    def exit(self) -> int:
        return leaves_with([each.result for each in self.subjects], self.fail_on)

    def is_failure(self, finding: Finding) -> bool:
        """Whether it alone would make the check leave with 1."""
        return finding.rule.id != "SL011" and (finding.rule.id != "SL007" or self.fail_on == "clean")
