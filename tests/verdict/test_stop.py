"""Stop forecasts against stops that were made for real: see ``scenarios/``."""

from __future__ import annotations

from collections import Counter

import pytest

from app.verdict.stop import forecast_stop
from tests.verdict.stop_scenarios import Scenario, scenarios

SEEN = {"at_once": "ended", "sigkill": "sigkill"}
EVERY = scenarios()
# Those that end by themselves before the timeout, which no mask tells; they are not sure.
GUESSED_WRONG = {"sleep 2 ends itself", "sh sleep 2 ends itself"}
# Left to the program, by file.  Raise a number only knowingly: each of these is a stop that nobody was told about.
# Of the nine programs one is a PID 1 whose first thread blocks the signal: there kernels differ.
OPEN = {"forwarders": 6, "programs": 9, "servers": 13, "shells": 20, "tutorial": 8}


def verdict(scenario: Scenario) -> str:
    outcome = forecast_stop(scenario.subject).outcome
    if outcome not in SEEN:
        return "open"
    return "right" if SEEN[outcome] == scenario.seen else "wrong"


@pytest.mark.parametrize("scenario", EVERY, ids=lambda each: f"{each.file}: {each.name}")
def test_it_is_never_sure_and_wrong(scenario: Scenario) -> None:
    said = forecast_stop(scenario.subject)
    if said.sure:
        assert SEEN[said.outcome] == scenario.seen, said.why


def test_it_is_wrong_only_where_a_program_ends_by_itself() -> None:
    assert {each.name for each in EVERY if verdict(each) == "wrong"} <= GUESSED_WRONG


def test_how_much_is_left_open() -> None:
    counts = Counter(each.file for each in EVERY if verdict(each) == "open")
    print(f"{len(EVERY)} stops; open: {dict(counts)}; sure: {sum(forecast_stop(each.subject).sure for each in EVERY)}")  # noqa: T201
    assert all(counts[file] <= most for file, most in OPEN.items()), counts
    assert set(counts) <= set(OPEN)


def test_enough_of_it_is_sure() -> None:
    """A forecast that is never sure is never wrong either, and of no use."""
    sure = [each for each in EVERY if forecast_stop(each.subject).sure]
    assert len(sure) >= 40


def test_where_masks_are_equal_and_ends_are_not_nothing_is_sure() -> None:
    looks: dict[object, list[Scenario]] = {}
    for each in EVERY:
        if each.name not in GUESSED_WRONG and len(each.subject.members) == 1:
            look = (each.subject.root.comm, each.subject.root.subject)
            looks.setdefault((look, each.subject.signal), []).append(each)
    opposite = [each for same in looks.values() if len({one.seen for one in same}) > 1 for each in same]
    assert len(opposite) >= 6
    assert not any(forecast_stop(each.subject).sure for each in opposite)
