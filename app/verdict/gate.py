"""Whether a stop holds: one run against what was asked of it, and several runs together.  Pure: events in, words out.

*Held* is what the engine's own events say: it ended by itself after the stop signal, in time.  Why it did, and whether
all its processes were told, is the verdict's.  Where the kernel's word is missing, the first can be said without those.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from app.events import StopFinished, Verdict
from app.events.parts import StopResult
from app.verdict.diagnosis import inside, seconds
from app.verdict.rules import (
    BY_ADVICE,
    COULD_NOT_TELL,
    EXIT_CODE,
    GRACE,
    KILLED,
    NOT_CLEAN,
    TOO_LATE,
    Rule,
)

Result = StopResult
FailOn = Literal["held", "clean"]
ORDER: tuple[Result, ...] = ("held", "not_clean", "unknown", "not_held")  # the worst last
WORDS: dict[Result, str] = {
    "held": "held",
    "not_clean": "held, but not clean",
    "unknown": "could not be told",
    "not_held": "did not hold",
}
_KILLED = ("sigkill_at_timeout", "sigkill_asked")
_IN_TIME = ("handled_and_exited", "default_action", "not_clean")


@dataclass(frozen=True, slots=True)
class Terms:
    """``within_s``: how long a stop may take.  ``expect_exit``: codes it may end with; empty: any.

    ``grace_s``: what a compose file gives it, where that is not what was asked for.  ``asked``: a person gave
    ``within_s``, for all of the stop.
    """

    within_s: float
    expect_exit: frozenset[int] = frozenset()
    fail_on: FailOn = "held"
    grace_s: float | None = None
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """``evidence``: numbers of the events that prove it."""

    rule: Rule
    text: str
    evidence: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Ruling:
    result: Result
    text: str
    findings: tuple[Finding, ...] = ()


def rule_on(finished: StopFinished | None, verdict: Verdict | None, terms: Terms) -> Ruling:
    """For one run that was stopped: the end of its stop, and the verdict on that."""
    if finished is None or verdict is None:
        return could_not_tell("the stop has not come to an end that anybody saw")
    if verdict.outcome in _KILLED or (finished.killed and verdict.outcome != "out_of_memory"):
        kind = verdict.advice.kind if verdict.advice else None
        rule = BY_ADVICE[kind] if kind else KILLED
        return _ruled("not_held", verdict.text, Finding(rule, verdict.text, verdict.evidence))
    seen = finished.killed is False and not finished.error and finished.exit_code is not None
    if verdict.outcome not in _IN_TIME and not (verdict.outcome == "unknown" and seen):
        return _ruled("unknown", verdict.text, Finding(COULD_NOT_TELL, verdict.text, verdict.evidence))
    if finished.took_s is None:
        return could_not_tell(f"{inside(verdict.text).rstrip('.')}, after a time that nobody measured")
    found = [*_late(finished.took_s, finished.exit_code, verdict, terms)]
    if found:
        return _ruled("not_held", " ".join(each.text for each in found), *found, *_unclean(verdict))
    if verdict.outcome == "not_clean":
        return _ruled("not_clean", verdict.text, *_unclean(verdict))
    if verdict.outcome != "unknown":
        return Ruling("held", verdict.text)
    text = f"{verdict.text} No SIGKILL was sent: the engine says so."
    if terms.fail_on == "held":
        return Ruling("held", text)
    text = f"{text} Whether all its processes were told, nobody could see."
    return _ruled("unknown", text, Finding(COULD_NOT_TELL, text, verdict.evidence))


def _late(took_s: float, code: int | None, verdict: Verdict, terms: Terms) -> list[Finding]:
    """What is wrong with one that ended by itself."""
    found = []
    if took_s > terms.within_s:
        text = f"It left after {seconds(took_s)}, and {seconds(terms.within_s)} was allowed."
        found.append(Finding(TOO_LATE, text, verdict.evidence))
    elif terms.grace_s is not None and took_s > terms.grace_s:
        text = f"It left after {seconds(took_s)}, and its stop_grace_period is {seconds(terms.grace_s)}."
        found.append(Finding(GRACE, text, verdict.evidence))
    if terms.expect_exit and code not in terms.expect_exit:
        expected = " or ".join(str(each) for each in sorted(terms.expect_exit))
        text = f"It exited with {'an unknown code' if code is None else code}, and {expected} was expected."
        found.append(Finding(EXIT_CODE, text, verdict.evidence))
    return found


def _unclean(verdict: Verdict) -> list[Finding]:
    return [Finding(NOT_CLEAN, verdict.text, verdict.evidence)] if verdict.outcome == "not_clean" else []


def _ruled(result: Result, text: str, *findings: Finding) -> Ruling:
    return Ruling(result, text, findings)


# Of runs that did not come as far as a stop.


def could_not_tell(why: str) -> Ruling:
    text = f"Could not tell: {why.rstrip('.')}."
    return Ruling("unknown", text, (Finding(COULD_NOT_TELL, text),))


def not_started(error: str) -> Ruling:
    return could_not_tell(f"it did not start: {error}")


def ended_before(verdict: Verdict | None, code: int | None, waited_for: str) -> Ruling:
    """It ended while it was waited for.  ``waited_for``: "it prints /ready/"."""
    with_code = "" if code is None else f" with {code}"
    how = inside(verdict.text) if verdict else f"it ended{with_code}"
    found = could_not_tell(f"it ended before it could be stopped, while it was waited until {waited_for}: {how}")
    evidence = verdict.evidence if verdict else ()
    return Ruling("unknown", found.text, (Finding(COULD_NOT_TELL, found.text, evidence),))


def not_ready(waited_for: str, within_s: float, last: str) -> Ruling:
    """``last``: what came of the last look; "" where there was none."""
    more = f" ({last})" if last else ""
    return could_not_tell(f"it was not ready within {seconds(within_s)}: it was waited until {waited_for}{more}")


# Several runs.


def worst(results: Sequence[Result]) -> Result:
    return max(results, key=ORDER.index, default="unknown")


def together(rulings: Sequence[Ruling], took_s: Sequence[float | None]) -> str:
    """One sentence over all runs of one image; a mix is said.  ``took_s``: of each, where it was measured."""
    if len(rulings) == 1:
        return rulings[0].text
    found = {result: [n for n, each in enumerate(rulings, 1) if each.result == result] for result in ORDER}
    said = {result: numbers for result, numbers in found.items() if numbers}
    measured = [each for each in took_s if each is not None]
    times = f", in {_range(measured)}" if measured else ""
    if len(said) == 1:
        result = next(iter(said))
        first = "" if result == "held" else f" {rulings[0].text}"
        return f"All {len(rulings)} runs {WORDS[result]}{times}.{first}"
    parts = [f"{_runs(numbers)} {WORDS[result]}" for result, numbers in said.items()]
    bad = rulings[found[worst([each.result for each in rulings])][0] - 1]
    return f"A mix: {', '.join(parts)}{times}. {bad.text}"


def _runs(numbers: list[int]) -> str:
    shown = ", ".join(str(each) for each in numbers)
    return f"run {shown}" if len(numbers) == 1 else f"runs {shown}"


def _range(measured: list[float]) -> str:
    low, high = seconds(min(measured)), seconds(max(measured))
    return low if low == high else f"{low} to {high}"


def leaves_with(results: Sequence[Result], fail_on: FailOn) -> int:
    """The exit code over all of it; see docs/exit-codes.md."""
    bad = {"not_held", "not_clean"} if fail_on == "clean" else {"not_held"}
    if bad & set(results):
        return 1
    return 3 if "unknown" in results or not results else 0
