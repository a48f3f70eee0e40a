"""Whether a stop holds, by the facts of one run and of several; and what the command then leaves with."""

from __future__ import annotations

from typing import Any

import pytest

from app.events import StopFinished, Verdict
from app.events.parts import Advice, AdviceKind, Sentence, VerdictOutcome
from app.verdict.gate import Result, Ruling, Terms, could_not_tell, leaves_with, rule_on, together, worst
from app.verdict.rules import BY_ADVICE, RULES

SAID = (Sentence(text="It did.", evidence=(3,)),)


def ended(took_s: float | None = 0.2, code: int | None = 143, killed: bool | None = False, **more: Any) -> StopFinished:
    return StopFinished(stop=1, took_s=took_s, exit_code=code, killed=killed, meaning="", **more)


def verdict(outcome: VerdictOutcome, advice: AdviceKind | None = None) -> Verdict:
    found = Advice(kind=advice, text="Do it.") if advice else None
    return Verdict(request=1, outcome=outcome, held="none", text="It was so.", said=SAID, evidence=(3,), advice=found)


def ruled(finished: StopFinished | None, given: Verdict | None, **terms: Any) -> tuple[Result, list[str]]:
    found = rule_on(finished, given, Terms(**{"within_s": 3.0, **terms}))
    return found.result, [each.rule.id for each in found.findings]


@pytest.mark.parametrize(
    ("finished", "outcome", "terms", "wanted"),
    [
        (ended(), "handled_and_exited", {}, ("held", [])),
        (ended(), "default_action", {"expect_exit": frozenset({0, 143})}, ("held", [])),
        (ended(), "default_action", {"expect_exit": frozenset({0})}, ("not_held", ["SL010"])),
        (ended(3.2), "handled_and_exited", {}, ("not_held", ["SL009"])),
        (ended(3.2, 1), "handled_and_exited", {"expect_exit": frozenset({0})}, ("not_held", ["SL009", "SL010"])),
        (ended(2.0), "handled_and_exited", {"grace_s": 1.0}, ("not_held", ["SL012"])),
        (ended(), "not_clean", {}, ("not_clean", ["SL007"])),
        (ended(3.2), "not_clean", {}, ("not_held", ["SL009", "SL007"])),
        (ended(), "unknown", {}, ("held", [])),
        (ended(), "unknown", {"fail_on": "clean"}, ("unknown", ["SL011"])),
        (ended(killed=None), "unknown", {}, ("unknown", ["SL011"])),
        (ended(killed=None), "handled_and_exited", {}, ("held", [])),
        (ended(None), "handled_and_exited", {}, ("unknown", ["SL011"])),
        (ended(3.0, 137, True), "sigkill_at_timeout", {}, ("not_held", ["SL008"])),
        (ended(3.0, 137, True), "unknown", {}, ("not_held", ["SL008"])),
        (ended(0.1, 137, True), "sigkill_asked", {}, ("not_held", ["SL008"])),
        (ended(1.0, 137), "out_of_memory", {}, ("unknown", ["SL011"])),
        (ended(), "something_else", {}, ("unknown", ["SL011"])),
        (ended(error="no"), "not_done", {}, ("unknown", ["SL011"])),
        (None, "unknown", {}, ("unknown", ["SL011"])),
    ],
)
def test_one_run(
    finished: Any, outcome: VerdictOutcome, terms: dict[str, Any], wanted: tuple[Result, list[str]]
) -> None:
    assert ruled(finished, verdict(outcome), **terms) == wanted


def test_without_a_verdict_nothing_is_told() -> None:
    assert ruled(ended(), None) == ("unknown", ["SL011"])


@pytest.mark.parametrize("kind", sorted({*AdviceKind.__args__} - {"restart"}))  # type: ignore[attr-defined]
def test_each_kind_of_advice_is_a_rule(kind: AdviceKind) -> None:
    given = verdict("sigkill_at_timeout", kind)
    assert ruled(ended(3.0, 137, True), given) == ("not_held", [BY_ADVICE[kind].id])


def runs(*results: Result) -> list[Ruling]:
    return [Ruling(each, f"Run {number} was {each}.") for number, each in enumerate(results, 1)]


def test_of_several_runs_the_worst_counts_and_a_mix_is_said() -> None:
    assert worst(["held", "unknown", "not_held", "not_clean"]) == "not_held"
    assert worst(["held", "unknown"]) == "unknown"
    assert worst([]) == "unknown"
    mixed = together(runs("held", "not_held", "held"), [0.1, 3.0, 0.2])
    assert mixed == "A mix: runs 1, 3 held, run 2 did not hold, in 0.10 s to 3.0 s. Run 2 was not_held."
    assert together(runs("held", "held"), [0.1, 0.1]) == "All 2 runs held, in 0.10 s."
    assert (
        together(runs("not_held", "not_held"), [3.0, None]) == "All 2 runs did not hold, in 3.0 s. Run 1 was not_held."
    )
    assert together(runs("held"), [0.1]) == "Run 1 was held."
    assert could_not_tell("no engine.").text == "Could not tell: no engine."


@pytest.mark.parametrize(
    ("results", "fail_on", "code"),
    [
        (["held"], "held", 0),
        (["held", "not_clean"], "held", 0),
        (["held", "not_clean"], "clean", 1),
        (["held", "unknown"], "held", 3),
        (["unknown", "not_held"], "held", 1),
        (["unknown", "not_clean"], "clean", 1),
        ([], "held", 3),
    ],
)
def test_exit_codes(results: list[Result], fail_on: Any, code: int) -> None:
    assert leaves_with(results, fail_on) == code


def test_numbers_of_rules_are_in_order_and_each_has_a_name() -> None:
    assert [each.id for each in RULES] == [f"SL{number:03}" for number in range(1, len(RULES) + 1)]
    assert len({each.name for each in RULES}) == len(RULES)
    assert not any(each.title.endswith(".") for each in RULES)
