"""Which stops were forced, from the engine's events in the order in which engines tell them."""

from __future__ import annotations

from typing import Any

import pytest

from app.verdict.forced import Stop, Stops, Told


def hear(*events: tuple[Any, ...]) -> list[Stop]:
    """Of events (action, at_s, signal, exit_code), of which the last two may be left out."""
    stops = Stops()
    found = []
    for event in events:
        action, at_s, *more = event
        if stop := stops.hear(Told(action, "c1", "web", "nginx", at_s, *more)):
            found.append(stop)
    return found


def test_killed_when_the_time_was_up() -> None:
    [stop] = hear(("kill", 1, "SIGTERM"), ("kill", 11, "SIGKILL"), ("die", 11.1, "", 137), ("stop", 11.2))
    assert (stop.container, stop.name, stop.image) == ("c1", "web", "nginx")
    assert (stop.signal, stop.exit_code, stop.forced) == ("SIGTERM", 137, True)
    assert stop.took_s == pytest.approx(10.1)
    assert stop.text == "web did not end on SIGTERM: the engine ended it with SIGKILL after 10.1 s."


def test_ended_in_time() -> None:
    [stop] = hear(("kill", 1, "SIGTERM"), ("die", 1.3, "", 0), ("stop", 1.4))
    assert (stop.forced, stop.exit_code) == (False, 0)
    assert stop.took_s == pytest.approx(0.3)
    assert stop.text == "web ended with 0 after 0.3 s on SIGTERM."


def test_its_end_told_twice_and_after_the_stop() -> None:
    """As engines of version 28 may."""
    [stop] = hear(("kill", 1, "SIGINT"), ("stop", 1.2), ("die", 1.3, "", 0), ("die", 1.4, "", 0))
    assert stop.signal == "SIGINT"
    assert stop.took_s == pytest.approx(0.3)


@pytest.mark.parametrize(
    "events",
    [
        [("die", 5, "", 0)],  # by itself
        [("kill", 1, "SIGKILL"), ("die", 1.1, "", 137), ("destroy", 2)],  # docker kill, docker rm --force
        [("kill", 1, "SIGHUP"), ("kill", 2, "SIGUSR1")],  # it goes on
        [
            ("kill", 1, "SIGTERM"),
            ("die", 1.1, "", 143),
            ("start", 2),
            ("stop", 9),
        ],  # docker kill -s TERM
    ],
)
def test_what_is_no_stop(events: list[tuple[Any, ...]]) -> None:
    assert hear(*events) == []


def test_a_signal_before_it_is_not_what_it_was_asked_with() -> None:
    [stop] = hear(("kill", 1, "SIGHUP"), ("kill", 60, "SIGTERM"), ("die", 61, "", 143), ("stop", 61.1))
    assert stop.signal == "SIGTERM"
    assert stop.took_s == pytest.approx(1)


def test_at_a_timeout_of_zero_it_is_forced_too() -> None:
    [stop] = hear(("kill", 1, "SIGTERM"), ("kill", 1.001, "SIGKILL"), ("die", 1.1, "", 137), ("stop", 1.2))
    assert stop.forced


def test_what_was_under_way_when_the_engine_went_is_not_told() -> None:
    stops = Stops()
    stops.hear(Told("kill", "c1", "web", "nginx", 1.0, "SIGTERM"))
    stops.forget()
    assert stops.hear(Told("die", "c1", "web", "nginx", 2.0, "", 0)) is None
    assert stops.hear(Told("stop", "c1", "web", "nginx", 2.1)) is None
