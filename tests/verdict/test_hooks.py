"""What a compose file's pre_stop hooks add to a stop."""

from __future__ import annotations

import pytest

from app.verdict.gate import Finding, Ruling, Terms
from app.verdict.hooks import HookSeen, counted, failed
from app.verdict.rules import KILLED

HELD = Ruling("held", "It left after 0.2 s.")


def hook(took_s: float) -> HookSeen:
    return HookSeen(7, "drain", took_s, 0)


@pytest.mark.parametrize(
    ("terms", "took", "result", "words"),
    [
        (Terms(10.0), [1.0], "held", "Before the signal its pre_stop hook took 1.0 s: 1.2 s in all."),
        (Terms(10.0), [5.0, 6.0], "held", "its 2 pre_stop hooks took 11.0 s: 11.2 s in all. More than 10.0 s: where"),
        (Terms(60.0, grace_s=10.0), [11.0], "held", "More than 10.0 s: where a hook counts, as Kubernetes' does"),
        (Terms(3.0, asked=True), [2.0], "held", "2.2 s in all."),
        (Terms(3.0, asked=True), [3.0], "not_held", "3.2 s in all. 3.0 s was allowed."),
    ],
)
def test_its_time_is_compared_with_what_there_is(terms: Terms, took: list[float], result: str, words: str) -> None:
    found = counted(HELD, [hook(each) for each in took], 0.2, terms)
    assert found.result == result
    assert found.text.startswith(HELD.text)
    assert words in found.text
    late = [("SL009", (7,) * len(took))] if result == "not_held" else []
    assert [(each.rule.id, each.evidence) for each in found.findings] == late


def test_without_a_hook_or_a_time_nothing_is_added() -> None:
    assert counted(HELD, [], 0.2, Terms(1.0, asked=True)) == HELD
    assert counted(HELD, [hook(9)], None, Terms(1.0, asked=True)) == HELD


def test_what_did_not_hold_stays_what_it_was() -> None:
    killed = Ruling("not_held", "Killed.", (Finding(KILLED, "Killed."),))
    found = counted(killed, [hook(9.0)], 10.0, Terms(10.0, asked=True))
    assert (found.result, found.findings) == ("not_held", killed.findings)
    assert "19.0 s in all" in found.text


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (HookSeen(7, "drain", 0.1, 7), "its pre_stop hook `drain` left with 7 in the copy; where a hook fails Compose"),
        (HookSeen(7, "drain", 300.0, None, "no end"), "could not be carried out (no end)"),
    ],
)
def test_one_that_fails_is_no_pass(seen: HookSeen, words: str) -> None:
    found = failed(seen)
    assert (found.result, [each.rule.id for each in found.findings]) == ("unknown", ["SL011"])
    assert words in found.text
