"""The verdict for people: for each image its runs, the sentences with their evidence, and what would help."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from app.commands.check.outcome import Checked, RunSeen, SubjectSeen
from app.commands.check.reports.safe import one_line, quoted
from app.commands.text import seconds
from app.verdict.gate import WORDS

Style = Callable[[str, str], str]  # text, what it is
_SHOWN_LINES = 40


def text(checked: Checked, style: Style = lambda words, _: words) -> str:
    return "\n".join(line for each in checked.subjects for line in _subject(each, checked, style)) + "\n"


def _subject(seen: SubjectSeen, checked: Checked, style: Style) -> Iterator[str]:
    subject = seen.subject
    name = subject.name if not subject.service else f"{subject.name} ({subject.image or 'no image'})"
    yield style(f"{one_line(name)}: {WORDS[seen.result]}", seen.result)
    yield f"  {one_line(seen.text)}"
    for note in subject.notes:
        yield f"  note: {one_line(note)}"
    for run in seen.runs:
        yield f"  run {run.number}: {_measured(run)}"
    run = seen.worst_run
    if verdict := run.verdict:
        for each in verdict["said"]:
            yield f"    {one_line(each['text'])} [{', '.join(str(number) for number in each['evidence'])}]"
    for finding, _ in seen.findings():
        kind = "" if checked.is_failure(finding) else " (does not fail the check)"
        kind = "" if finding.rule.id == "SL011" else kind
        yield f"  {style(finding.rule.id, 'rule')} {finding.rule.title}{kind}"
    yield from _advice(run)
    if seen.result != "held":
        yield from _record(run)
    yield ""


def _measured(run: RunSeen) -> str:
    if run.took_s is None:
        code = "" if run.exit_code is None else f", exit code {run.exit_code}"
        return f"{WORDS[run.ruling.result]}{code}"
    ready = "" if run.ready_s is None else f"ready after {seconds(run.ready_s)}, "
    how = "killed" if run.killed else "stopped"
    code = "unknown" if run.exit_code is None else str(run.exit_code)
    return f"{WORDS[run.ruling.result]}: {ready}{how} after {seconds(run.took_s)}, exit code {code}"


def _advice(run: RunSeen) -> Iterator[str]:
    if run.hint:
        yield f"  {one_line(run.hint)}"
    advice = (run.verdict or {}).get("advice")
    if not advice:
        return
    yield f"  What would help: {one_line(advice['text'])}"
    if advice.get("note"):
        yield f"  {one_line(advice['note'])}"
    for place in advice.get("at") or []:
        yield f"    {place['place']}:"
        for line in place["lines"]:
            yield f"        {one_line(line)}"


def _record(run: RunSeen) -> Iterator[str]:
    if run.timeline:
        yield "  The record (event, seconds, who, what):"
    for line in run.timeline[:_SHOWN_LINES]:
        yield f"  {line.id:>6} {line.s:>+9.3f} {line.who:<8} {one_line(line.text)}"
    if left := run.timeline[_SHOWN_LINES:]:
        yield f"         … and {len(left)} more"
    if run.tail:
        yield "  It printed last:"
    for each in run.tail:
        yield f"    {quoted(each)}"
