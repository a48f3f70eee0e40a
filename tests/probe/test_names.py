"""Which name a process had when, whatever order that was heard in."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

from app.probe.names import KEPT, Names


def test_a_name_counts_from_its_time_on() -> None:
    names = Names()
    assert names.at(5) == ""
    names.renamed(100, "systemd", "systemd-shutdow")
    assert [names.at(at) for at in (0, 99, 100, 10**12)] == ["systemd", "systemd", "systemd-shutdow", "systemd-shutdow"]


def test_the_order_of_hearing_is_nothing() -> None:
    """A look at /proc may be newer than what the trace has told so far, and one that was just being made older."""
    ms = 10**6
    heard: list[Callable[[Names], None]] = [
        lambda names: names.seen(10 * ms, "sh"),
        lambda names: names.renamed(40 * ms, "sh", "sleep"),
        lambda names: names.seen(41 * ms, "sh"),
        lambda names: names.seen(60 * ms, "sleep"),
    ]
    for order in permutations(heard):
        names = Names()
        for hear in order:
            hear(names)
        assert [names.at(at * ms) for at in (0, 10, 39, 40, 42, 80)] == ["sh", "sh", "sh", "sleep", "sleep", "sleep"]


def test_where_a_change_was_missed_the_next_look_counts() -> None:
    names = Names()
    names.renamed(10**6, "sh", "one")
    names.seen(10**9, "two")
    assert (names.at(10**8), names.at(10**9)) == ("one", "two")


def test_one_that_renames_itself_for_ever_costs_little() -> None:
    names = Names()
    for at in range(1000):
        names.renamed(at, f"n{at}", f"n{at + 1}")
    assert (names.at(999), names.at(1000 - KEPT)) == ("n1000", f"n{1001 - KEPT}")
