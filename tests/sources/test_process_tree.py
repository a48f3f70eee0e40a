"""What differs from one look to the next, with a clock of our own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.events import AnyEvent, Forecast, ProcessAppeared, ProcessChanged, ProcessGone, Truncated
from app.lab.forecasts import forecasts_of
from app.probe.procfs import Masks, ProcessFacts, ThreadFacts
from app.sources.process_tree import APART_S, HOLD_S, MOST_ROWS, REPORTS, REPORTS_WITHIN_S, ProcessTree
from app.verdict.signal_state import Tried

T0 = datetime(2026, 1, 1, tzinfo=UTC)
NONE = Masks(0, 0, 0, 0, 0)
ROOT = ProcessFacts(10, 100, 1, 2, 9, 10, 10, "bash", ("bash", "x.sh"), "S", 1, NONE)


def child(pid: int, *argv: str) -> ProcessFacts:
    return replace(ROOT, pid=pid, start=100 + pid, ns_pid=pid - 9, ppid=10, comm=argv[0], argv=argv)


def after(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


class Looks:
    def __init__(self) -> None:
        self.tree = ProcessTree("r1", "r1.x")

    def __call__(self, seconds: float, *seen: ProcessFacts) -> list[AnyEvent]:
        return self.tree.look(list(seen), after(seconds))

    def over(self, seconds: float) -> list[AnyEvent]:
        return self.tree.look([], after(seconds), over=True)


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


def test_nothing_is_foretold_of_runc_that_is_about_to_become_the_program() -> None:
    tree = ProcessTree("r1", "r1.x", forecasts_of)
    runc = replace(ROOT, comm="runc:[2:INIT]", argv=("runc", "init"), masks=replace(NONE, caught=1 << 14), is_init=True)
    (appeared,) = tree.look([replace(runc, age_s=0.2)], after(0))
    assert isinstance(appeared, ProcessAppeared)
    changed, foretold = tree.look([replace(ROOT, is_init=True, age_s=0.3)], after(0.1))
    assert isinstance(changed, ProcessChanged)
    assert isinstance(foretold, Forecast)
    assert {group.fate for group in foretold.outside if int(group.signals, 16) >> 14 & 1} == {"dropped"}
    of_one_who_only_says_so = ProcessTree("r1", "r1.x", forecasts_of).look([replace(runc, age_s=60.0)], after(0))
    assert [event.kind for event in of_one_who_only_says_so] == ["process_appeared", "forecast"]


def test_masks_that_flip_are_told_a_few_times_and_the_last_is_not_forgotten() -> None:
    look = Looks()
    look(0, ROOT)
    flips = [replace(ROOT, masks=replace(NONE, caught=n)) for n in range(1, 100)]
    observed = [bool(look(n * APART_S, flip)) for n, flip in enumerate(flips[:14], start=1)]
    assert observed == [True] * REPORTS + [False] * 11, "within three seconds"
    assert look.tree.due == after(APART_S + REPORTS_WITHIN_S)
    (changed,) = look(APART_S + REPORTS_WITHIN_S, flips[13])
    assert isinstance(changed, ProcessChanged)
    assert changed.dispositions is not None
    assert int(changed.dispositions.caught, 16) == 14
    assert look.tree.due is None


def test_of_handlers_that_are_set_one_by_one_the_last_is_told_at_once() -> None:
    look = Looks()
    look(0, ROOT)
    masks = [replace(ROOT, masks=replace(NONE, caught=n)) for n in range(1, 20)]
    assert [bool(look(n / 100, each)) for n, each in enumerate(masks, start=1)] == [True] + [False] * 18
    assert look.tree.due == after(0.01 + APART_S)
    (changed,) = look(0.01 + APART_S, masks[-1])
    assert isinstance(changed, ProcessChanged)
    assert changed.dispositions is not None
    assert int(changed.dispositions.caught, 16) == 19


def test_of_one_that_went_nothing_is_held_back() -> None:
    look = Looks()
    look(0, ROOT)
    look(0.01, replace(ROOT, masks=replace(NONE, caught=1)))
    look(0.02, replace(ROOT, masks=replace(NONE, caught=2)))
    look(0.03, child(11, "cat"))
    assert look.tree.due == after(0.03 + HOLD_S)


def test_a_copy_of_its_parent_that_becomes_another_program_has_not_come_again() -> None:
    """A shell forks for $(dirname "$0"), and then for a child: both look like the shell until they execute."""
    look = Looks()
    first, second = (replace(child(pid, "bash", "x.sh"), comm="bash") for pid in (11, 12))
    look(0, ROOT, first)
    (came,) = look(0.1, ROOT, second)
    assert isinstance(came, ProcessChanged)
    assert (came.was, came.respawns) == (11, 1)
    (execed,) = look(0.2, ROOT, replace(second, comm="counter.sh", argv=("counter.sh",)))
    assert isinstance(execed, ProcessChanged)
    assert (execed.comm, execed.respawns) == ("counter.sh", 0)


def test_names_that_a_program_gives_itself_without_end_are_told_a_few_times() -> None:
    look = Looks()
    look(0, ROOT)
    observed = [bool(look(n * APART_S, replace(ROOT, comm=f"n{n}"))) for n in range(1, 15)]
    assert observed == [True] * REPORTS + [False] * 11
    (execed,) = look(15 * APART_S, replace(ROOT, comm="other", argv=("other",)))
    assert isinstance(execed, ProcessChanged)
    assert (execed.comm, execed.argv) == ("other", ("other",))


def test_a_process_that_goes_is_said_to_be_gone_when_it_was_missed() -> None:
    look = Looks()
    look(0, ROOT, child(11, "cat"))
    assert look(1, ROOT) == []
    (gone,) = look(1 + HOLD_S, ROOT)
    assert isinstance(gone, ProcessGone)
    assert (gone.pid, gone.at) == (11, after(1))


def test_how_it_ended_may_be_told_after_the_look_that_missed_it() -> None:
    for before in (True, False):
        tree = ProcessTree("r1", "r1.x")
        tree.look([ROOT, child(11, "cat")], after(0))
        if before:
            tree.ended(11, "killed")
        tree.look([ROOT], after(1))
        if not before:
            tree.ended(11, "killed")
        (gone,) = tree.look([ROOT], after(1 + HOLD_S))
        assert isinstance(gone, ProcessGone)
        assert (gone.pid, gone.ended) == (11, "killed")


def test_a_loop_of_sleeps_is_one_row_and_few_events() -> None:
    look = Looks()
    look(0, ROOT, child(11, "sleep", "1"))
    observed = [event for n in range(1, 65) for event in look(n, ROOT, child(11 + n, "sleep", "1"))]
    assert all(isinstance(event, ProcessChanged) for event in observed)
    assert [event.respawns for event in observed if isinstance(event, ProcessChanged)] == [1, 2, 3, 4, 8, 16, 32, 64]
    last = observed[-1]
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
    assert look(0.1) == [], "how they ended may still be told"
    assert {event.kind for event in look.over(0.2)} == {"process_gone"}


def test_too_many_are_cut_and_it_is_said_once() -> None:
    look = Looks()
    observed = look(0, ROOT, *(child(11 + n, "sleep", str(n)) for n in range(MOST_ROWS + 50)))
    assert len(observed) == MOST_ROWS + 1
    assert [event for event in observed if isinstance(event, Truncated)] == observed[-1:] or any(
        isinstance(event, Truncated) for event in observed
    )
    assert sum(isinstance(event, Truncated) for event in observed) == 1


def test_a_forecast_is_made_sure_once_the_process_is_seen_at_rest() -> None:
    tree = ProcessTree("r1", "r1.x", forecasts_of)

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


def test_a_forecast_that_was_held_back_is_made_up_for_once_the_process_is_at_rest() -> None:
    """After an exec the new program is first seen while it runs, and nothing about it need change after that."""
    tree = ProcessTree("r1", "r1.x", forecasts_of)

    def forecasts(seconds: float, seen: ProcessFacts) -> list[Forecast]:
        return [event for event in tree.look([seen], after(seconds)) if isinstance(event, Forecast)]

    def at(caught: int, *, steady: bool = True) -> ProcessFacts:
        thread = ThreadFacts(10, 1, "python3", "S", 0, 0, 0, steady)
        return replace(ROOT, masks=replace(NONE, caught=caught), threads_of=(thread,))

    assert len(forecasts(0, at(0x10000))) == 1
    assert forecasts(0.1, at(0x2, steady=False)) == []
    (observed,) = forecasts(1.1, at(0x2))
    assert [group.signals for group in observed.outside if group.fate == "handler"] == [f"{0x2:016x}"]
    assert forecasts(2.1, at(0x2)) == []


def test_what_a_trial_says_later_is_told_of_processes_that_have_not_changed() -> None:
    known = [Tried()]
    tree = ProcessTree("r1", "r1.x", lambda facts: forecasts_of(facts, known[0]))
    blocked = 1 << 14  # SIGTERM, by the first thread only
    threads = (ThreadFacts(10, 1, "init", "S", blocked, 0, 0), ThreadFacts(11, 2, "init", "S", 0, 0, 0))
    init = replace(ROOT, is_init=True, threads=2, threads_of=threads, leader_blocked=blocked)

    def fates(seconds: float) -> list[tuple[str, bool]]:
        observed = [event for event in tree.look([init], after(seconds)) if isinstance(event, Forecast)]
        return [(each.fate, each.sure) for event in observed for each in event.outside if each.rule == "fatal_to_init"]

    assert fates(0) == [("unknown", False)]
    assert fates(1) == []
    known[0] = Tried("ends", "6.18.44")
    assert fates(2) == [], "nothing moved"
    tree.forecast_again()
    assert fates(3) == [("terminates", True)]
    assert fates(4) == []
