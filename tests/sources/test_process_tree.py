"""What differs from one look to the next, with a clock of our own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.events import AnyEvent, Forecast, ProcessAppeared, ProcessChanged, ProcessGone, Truncated
from app.foresight import foresee
from app.probe.procfs import Masks, ProcessFacts, ThreadFacts
from app.sources.process_tree import HOLD_S, LIMIT, SETTLE, SETTLE_S, ProcessTree

T0 = datetime(2026, 1, 1, tzinfo=UTC)
NONE = Masks(0, 0, 0, 0, 0)
ROOT = ProcessFacts(10, 100, 1, 2, 9, 10, 10, "bash", ("bash", "x.sh"), "S", 1, NONE)


def child(pid: int, *argv: str) -> ProcessFacts:
    return replace(ROOT, pid=pid, start=100 + pid, ns_pid=pid - 9, ppid=10, comm=argv[0], argv=argv)


def after(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


class Looks:
    def __init__(self) -> None:
        self._tree = ProcessTree("r1", "r1.x")

    def __call__(self, seconds: float, *seen: ProcessFacts) -> list[AnyEvent]:
        return self._tree.look(list(seen), after(seconds))


def test_only_changes_are_told() -> None:
    look = Looks()
    (appeared,) = look(0, ROOT)
    assert isinstance(appeared, ProcessAppeared)
    assert (appeared.pid, appeared.ns_pid, appeared.argv) == (10, 1, ("bash", "x.sh"))
    assert look(0.2, ROOT) == []
    assert look(0.4, replace(ROOT, state="R")) == []
    (stopped,) = look(0.6, replace(ROOT, state="T"))
    assert isinstance(stopped, ProcessChanged)
    assert (stopped.state, stopped.argv, stopped.dispositions) == ("T", None, None)


def test_masks_that_flip_are_told_a_few_times_and_the_last_is_not_forgotten() -> None:
    look = Looks()
    look(0, ROOT)
    told = [look(n / 100, replace(ROOT, masks=replace(NONE, caught=n))) for n in range(1, SETTLE + 20)]
    assert [len(each) for each in told] == [1] * SETTLE + [0] * 19
    last = replace(ROOT, masks=replace(NONE, caught=SETTLE + 19))
    (changed,) = look(SETTLE_S * 2, last)
    assert isinstance(changed, ProcessChanged)
    assert changed.dispositions is not None
    assert int(changed.dispositions.caught, 16) == SETTLE + 19


def test_a_process_that_goes_is_said_to_be_gone_when_it_was_missed() -> None:
    look = Looks()
    look(0, ROOT, child(11, "cat"))
    assert look(1, ROOT) == []
    (gone,) = look(1 + HOLD_S, ROOT)
    assert isinstance(gone, ProcessGone)
    assert (gone.pid, gone.at) == (11, after(1))


def test_a_loop_of_sleeps_is_one_row_and_few_events() -> None:
    look = Looks()
    look(0, ROOT, child(11, "sleep", "1"))
    told = [event for n in range(1, 65) for event in look(n, ROOT, child(11 + n, "sleep", "1"))]
    assert all(isinstance(event, ProcessChanged) for event in told)
    assert [event.respawns for event in told if isinstance(event, ProcessChanged)] == [1, 2, 3, 4, 8, 16, 32, 64]
    last = told[-1]
    assert isinstance(last, ProcessChanged)
    assert (last.was, last.pid) == (11 + 32, 11 + 64), "the row is known by what was told last"
    look(65, ROOT)
    (gone,) = look(66, ROOT)
    assert isinstance(gone, ProcessGone)
    assert gone.pid == 11 + 64


def test_two_that_are_alike_are_two() -> None:
    look = Looks()
    assert len(look(0, ROOT, child(11, "sleep", "1"), child(12, "sleep", "1"))) == 3
    (changed,) = look(1, ROOT, child(12, "sleep", "1"), child(13, "sleep", "1"))
    assert isinstance(changed, ProcessChanged)
    assert (changed.was, changed.pid) == (11, 13)


def test_at_the_end_all_are_gone_at_once() -> None:
    look = Looks()
    look(0, ROOT, child(11, "cat"))
    assert {event.kind for event in look(0.1)} == {"process_gone"}


def test_too_many_are_cut_and_it_is_said_once() -> None:
    look = Looks()
    told = look(0, ROOT, *(child(11 + n, "sleep", str(n)) for n in range(LIMIT + 50)))
    assert len(told) == LIMIT + 1
    assert [event for event in told if isinstance(event, Truncated)] == told[-1:] or any(
        isinstance(event, Truncated) for event in told
    )
    assert sum(isinstance(event, Truncated) for event in told) == 1


def test_a_forecast_is_made_sure_once_the_process_is_seen_at_rest() -> None:
    tree = ProcessTree("r1", "r1.x", foresee)

    def forecasts(seconds: float, seen: ProcessFacts) -> list[Forecast]:
        return [event for event in tree.look([seen], after(seconds)) if isinstance(event, Forecast)]

    def at(state: str, *, steady: bool = True) -> ProcessFacts:
        thread = ThreadFacts(10, 1, "bash", state, 0, 0, 0, steady)
        return replace(ROOT, state=state, is_init=True, threads_of=(thread,))

    (first,) = forecasts(0, at("R", steady=False))
    assert not any(group.sure for group in first.outside if group.fate == "dropped")
    assert forecasts(0.1, at("R", steady=False)) == []
    (second,) = forecasts(0.2, at("S"))
    assert all(group.sure for group in second.outside)
    assert forecasts(0.3, at("D")) == [], "a short call changes nothing"
    assert forecasts(0.4, at("R", steady=False)) == []
    assert forecasts(0.5, at("S")) == []
