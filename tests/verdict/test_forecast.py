"""The rules of the forecast as a table.  That the kernel agrees is for ``tests/truth`` to say."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.events.parts import Fate, Origin
from app.signals import SIGNALS, parse_signal
from app.verdict.forecast import RULES, forecast, forecasts
from app.verdict.signal_state import NOTHING_TRIED, SignalState, Thread, Tried

FREE = SignalState((Thread(),))
INIT = replace(FREE, is_init=True)


def mask(*names: str) -> int:
    return sum(1 << (parse_signal(name).number - 1) for name in names)


def blocks(*names: str, among: int = 1) -> SignalState:
    """A process whose first ``among`` of two threads block these."""
    held = mask(*names)
    return SignalState((Thread(held), Thread(held if among > 1 else 0)), leader_blocked=held)


def waits(*names: str, caught: int = 0) -> SignalState:
    return SignalState((Thread(0, mask(*names)),), leader_waited=mask(*names), caught=caught)


@pytest.mark.parametrize(
    ("subject", "signal", "origin", "fate", "sure"),
    [
        (FREE, "TERM", "outside", "terminates", True),
        (FREE, "QUIT", "outside", "core", True),
        (FREE, "WINCH", "outside", "ignored_default", True),
        (FREE, "CONT", "outside", "ignored_default", True),
        (FREE, "TSTP", "outside", "stops", True),
        (FREE, "KILL", "inside", "terminates", True),
        (FREE, "RTMIN+3", "outside", "terminates", True),
        (replace(FREE, orphaned=True), "TSTP", "outside", "queued_dropped", True),
        (replace(FREE, orphaned=True), "STOP", "outside", "stops", True),
        (replace(FREE, caught=mask("TERM")), "TERM", "outside", "handler", True),
        (replace(FREE, ignored=mask("TERM")), "TERM", "outside", "ignored", True),
        (replace(FREE, caught=mask("KILL"), ignored=mask("STOP")), "KILL", "outside", "terminates", True),
        (INIT, "TERM", "outside", "dropped", True),
        (INIT, "TERM", "inside", "dropped", True),
        (INIT, "KILL", "outside", "terminates", True),
        (INIT, "KILL", "inside", "dropped", True),
        (INIT, "STOP", "outside", "stops", True),
        (INIT, "STOP", "inside", "dropped", True),
        (replace(INIT, caught=mask("TERM")), "TERM", "inside", "handler", True),
        (blocks("TERM", among=2), "TERM", "outside", "pending", False),
        (replace(blocks("TERM", among=2), is_init=True), "TERM", "outside", "pending", False),
        (replace(blocks("TERM", among=2), signalfd=mask("TERM")), "TERM", "outside", "signalfd", False),
        (replace(blocks("TERM", among=2), caught=mask("TERM")), "TERM", "outside", "pending", False),
        (blocks("TERM"), "TERM", "outside", "terminates", True),
        (replace(blocks("WINCH"), signalfd=0), "WINCH", "outside", "queued_dropped", True),
        (replace(blocks("TERM"), ignored=mask("TERM")), "TERM", "outside", "queued_dropped", True),
        (replace(blocks("TERM"), is_init=True), "TERM", "outside", "unknown", False),
        (replace(blocks("QUIT"), is_init=True), "QUIT", "outside", "queued_dropped", True),
        (waits("TERM"), "TERM", "outside", "sigwait", False),
        (waits("TERM", caught=mask("TERM")), "TERM", "outside", "sigwait", True),
        (replace(waits("TERM"), is_init=True), "USR1", "outside", "dropped", True),
        (replace(FREE, state="T"), "TERM", "outside", "pending", True),
        (replace(FREE, state="T"), "KILL", "outside", "terminates", True),
        (replace(FREE, state="T"), "CONT", "outside", "continues", True),
        (replace(FREE, state="T", ignored=mask("CONT")), "CONT", "outside", "continues", True),
        (replace(FREE, state="T", ignored=mask("TERM")), "TERM", "outside", "ignored", True),
        (replace(FREE, state="D"), "TERM", "outside", "terminates", False),
        (replace(FREE, frozen="v1"), "KILL", "outside", "pending", True),
        (replace(FREE, frozen="v1"), "WINCH", "outside", "ignored_default", True),
        (replace(FREE, frozen="v2"), "KILL", "outside", "terminates", True),
        (replace(FREE, frozen="v2", caught=mask("TERM")), "TERM", "outside", "pending", True),
        (replace(FREE, traced=True), "TERM", "outside", "unknown", False),
        (replace(FREE, traced=True), "KILL", "outside", "terminates", True),
        (SignalState((), state="Z"), "KILL", "outside", "none", True),
        (SignalState(None), "TERM", "outside", "unknown", False),
    ],
)
def test_one_rule_each(subject: SignalState, signal: str, origin: Origin, fate: Fate, sure: bool) -> None:
    found = forecast(subject, parse_signal(signal).number, origin)
    assert (found.fate, found.sure) == (fate, sure), found


ENDS, DROPS = Tried("ends", "6.18.44"), Tried("drops", "4.14.0")
LEADER = replace(blocks("TERM", "QUIT"), is_init=True)


@pytest.mark.parametrize(
    ("subject", "signal", "fate", "sure"),
    [
        (replace(LEADER, tried=ENDS), "TERM", "terminates", True),
        (replace(LEADER, tried=ENDS, state="D"), "TERM", "terminates", False),
        (replace(LEADER, tried=ENDS, steady=False), "TERM", "terminates", False),
        (replace(LEADER, tried=ENDS, frozen="v2"), "TERM", "terminates", True),
        (replace(LEADER, tried=ENDS, frozen="v1"), "TERM", "pending", True),
        (replace(LEADER, tried=ENDS, signalfd=mask("TERM")), "TERM", "terminates", True),
        (replace(LEADER, tried=ENDS), "QUIT", "queued_dropped", True),
        (replace(LEADER, tried=ENDS, caught=mask("TERM")), "TERM", "handler", True),
        (replace(LEADER, tried=ENDS, state="T"), "TERM", "pending", True),
        (replace(LEADER, tried=DROPS), "TERM", "queued_dropped", True),
        (replace(LEADER, tried=DROPS, frozen="v2"), "TERM", "pending", True),
        (replace(LEADER, tried=DROPS, signalfd=mask("TERM")), "TERM", "unknown", False),
        (LEADER, "TERM", "unknown", False),
        (replace(LEADER, frozen="v2"), "TERM", "unknown", False),
        (replace(LEADER, signalfd=mask("TERM")), "TERM", "unknown", False),
        (replace(INIT, tried=ENDS), "TERM", "dropped", True),
        (replace(blocks("TERM"), tried=DROPS), "TERM", "terminates", True),
    ],
)
def test_where_kernels_differ_what_was_tried_decides(subject: SignalState, signal: str, fate: Fate, sure: bool) -> None:
    for origin in get_args(Origin):
        found = forecast(subject, parse_signal(signal).number, origin)
        assert (found.fate, found.sure) == (fate, sure), found


def test_the_sentence_says_what_was_seen_or_what_would_tell() -> None:
    number = parse_signal("TERM").number
    assert (
        ": tried on this kernel (6.18.44), that ends even PID 1." in forecast(replace(LEADER, tried=ENDS), number).why
    )
    assert (
        ": tried on this kernel (4.14.0), PID 1 is protected then."
        in forecast(replace(LEADER, tried=DROPS), number).why
    )
    waits = Tried(else_tells="it is being tried on this kernel")
    assert forecast(replace(LEADER, tried=waits), number).why.endswith("; it is being tried on this kernel.")


MASKS = st.integers(0, 2**64 - 1)
SUBJECTS = st.builds(
    SignalState,
    threads=st.none() | st.lists(st.builds(Thread, blocked=MASKS, waited=MASKS), max_size=3).map(tuple),
    ignored=MASKS,
    caught=MASKS,
    leader_blocked=MASKS,
    leader_waited=MASKS,
    signalfd=MASKS,
    state=st.sampled_from("RSDTtZ"),
    is_init=st.booleans(),
    traced=st.booleans(),
    frozen=st.sampled_from(("", "v1", "v2")),
    orphaned=st.booleans(),
    tried=st.sampled_from((NOTHING_TRIED, ENDS, DROPS)),
)


@given(SUBJECTS, st.sampled_from(("outside", "inside")))
def test_every_signal_has_one_fate(subject: SignalState, origin: Origin) -> None:
    groups = forecasts(subject, origin)
    masks = [int(group.signals, 16) for group in groups]
    assert sum(masks) == 2**64 - 1
    assert sum(each.bit_count() for each in masks) == 64
    assert all(group.why.endswith(".") and group.why[0].isupper() for group in groups)
    for signal in SIGNALS:
        (group,) = [each for each in groups if int(each.signals, 16) >> (signal.number - 1) & 1]
        found = forecast(subject, signal.number, origin)
        assert (group.fate, group.rule, group.sure) == (found.fate, found.rule, found.sure)


@given(SUBJECTS)
def test_where_it_is_sent_from_matters_for_kill_and_stop_to_an_init_only(subject: SignalState) -> None:
    differs = {
        signal.name
        for signal in SIGNALS
        if forecast(subject, signal.number, "outside") != forecast(subject, signal.number, "inside")
    }
    assert differs <= {"SIGKILL", "SIGSTOP"}
    assert not differs or subject.is_init


@given(SUBJECTS, st.sampled_from(SIGNALS).map(lambda signal: signal.number))
def test_what_is_unknown_is_never_sure(subject: SignalState, number: int) -> None:
    found = forecast(subject, number)
    assert found.fate != "unknown" or not found.sure


def test_each_rule_says_where_it_comes_from() -> None:
    for rule in RULES:
        assert rule.__doc__
        assert "(" in rule.__doc__ or "``" in rule.__doc__, rule.__name__


def test_every_fate_is_reached() -> None:
    assert {
        forecast(subject, number, origin).fate
        for subject in (
            *(FREE, INIT, SignalState((), state="Z"), SignalState(None), blocks("TERM", among=2), waits("TERM")),
            *(replace(FREE, caught=1, ignored=2), replace(FREE, state="T"), replace(FREE, orphaned=True)),
            replace(blocks("TERM", among=2), signalfd=mask("TERM")),
        )
        for number in range(1, 65)
        for origin in ("outside", "inside")
    } == set(get_args(Fate))
