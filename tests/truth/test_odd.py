"""Processes whose masks do not say all: the first thread has ended, a call has its own mask, a parent is in vfork."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.lab.forecasts import signal_state_of
from app.probe.observations import SignalDelivered, SignalGenerated
from app.verdict.forecast import forecast
from app.verdict.signal_state import has
from tests.support import until
from tests.truth.observe import COUNTS, PROC, TRIED, WITHIN_S, Counts, Victim, Witness, judge, settle, victim
from tests.truth.test_masks import ALL, MATTER, RTMIN3, mask

pytestmark = [pytest.mark.whole, pytest.mark.timeout(120)]

TERM, INT, QUIT, WINCH, TSTP, CONT = (
    *(signal.SIGTERM, signal.SIGINT, signal.SIGQUIT),
    *(signal.SIGWINCH, signal.SIGTSTP, signal.SIGCONT),
)
SOME = mask(TERM, INT, WINCH, TSTP, CONT, RTMIN3)

# See victims/odd.c.  Caught, ignored, and what the first and the second word say of its kind.
KINDS: dict[str, tuple[str, int, int, int, int]] = {
    "the leader is gone": ("leader-gone", 0, 0, 0, 0),
    "the leader is gone and blocked": ("leader-gone", 0, 0, SOME, 0),
    "the leader is gone and blocked, catches": ("leader-gone", SOME, 0, SOME, 0),
    "the leader is gone, the other one blocks": ("leader-gone", 0, mask(INT), 0, SOME),
    "sigsuspend lets through": ("sigsuspend", mask(TERM, TSTP, CONT), mask(INT), ALL, mask(WINCH, QUIT)),
    "sigsuspend holds back": ("sigsuspend", mask(TERM, TSTP, CONT), mask(INT), 0, SOME),
    "ppoll lets through": ("ppoll", mask(TERM, TSTP), mask(INT), ALL, mask(WINCH)),
    "sigwait against its manual": ("sigwait", mask(TSTP), mask(INT), 0, SOME),
    "sigwait for more than it blocks": ("sigwait", mask(TERM), mask(INT), mask(TERM, WINCH), SOME),
    "a signalfd in poll": ("poll", mask(TERM), mask(INT), SOME, SOME),
    "a signalfd in poll, not blocked": ("poll", mask(TERM), mask(INT), 0, SOME),
}
PLACES = ("plain", "PID 1 of a sandbox", "stopped", "PID 1 of a sandbox, stopped")
SIGNALS = (*(int(number) for number in MATTER[:-2]), RTMIN3, int(signal.SIGSTOP), int(signal.SIGKILL))
GROUPS = str(Path(__file__).parent / "victims" / "groups.py")


@contextmanager
def running(*command: str) -> Iterator[Victim]:
    """One that has said "ready", in a session of its own; it may be in any state then."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
    mine = Victim(process, process.pid, (PROC.identity(process.pid) or (0, 0))[1])
    try:
        mine.until("ready")
        yield mine
    finally:
        mine.end()


def known(mine: Victim, pid: int) -> Victim:
    """Another process of the same kind, which prints where it does."""
    return Victim(mine.process, pid, (PROC.identity(pid) or (0, 0))[1])


def sent(witness: Witness, mine: Victim) -> list[SignalGenerated]:
    """What the kernel says was sent to it since the last question."""
    return [each for each in witness.observed(mine.pid) if isinstance(each, SignalGenerated)]


def waits(mine: Victim) -> bool:
    """In vfork; another thread has come to rest, because one that runs takes what comes."""
    facts = mine.facts()
    return facts.state == "D" and all(each.state in "DS" for each in facts.threads_of)


def words(kind: tuple[str, int, int, int, int]) -> list[str]:
    return [kind[0], *(f"{each:x}" for each in kind[1:])]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_foretold_happens(kind: str, place: str, odd_program: Path, witness: Witness) -> None:
    for number in SIGNALS:
        with victim(odd_program, *words(KINDS[kind]), sandbox="PID 1" in place) as mine:
            if kind.startswith("the leader"):
                until(lambda mine=mine: mine.facts().state == "Z", what="the first thread has ended")  # type: ignore[misc]
            if "stopped" in place:
                os.kill(mine.pid, signal.SIGSTOP)
                settle(mine)
            judge(witness, "odd", mine, number, "outside", f"{kind}, {place}")


@pytest.mark.parametrize("kind", ["vfork", "vfork-thread"])
@pytest.mark.parametrize("caught", [0, SOME], ids=["plain", "catches"])
def test_a_parent_in_vfork_takes_only_what_ends_it(kind: str, caught: int, odd_program: Path, witness: Witness) -> None:
    """State D.  A second thread that is free is not woken either, so a forecast is sure of nothing that waits there."""
    for number in (TERM, QUIT, TSTP, WINCH, RTMIN3):
        with running(str(odd_program), *words((kind, caught, 0, 0, 0))) as mine:
            until(lambda mine=mine: waits(mine), what="it waits in vfork, and its other thread sleeps")  # type: ignore[misc]
            observed = forecast(signal_state_of(mine.facts(), TRIED), number)
            os.kill(mine.pid, number)
            if observed.fate == "terminates":
                assert mine.process.wait(WITHIN_S) == -number
            elif observed.fate == "ignored_default":
                assert [each.result for each in sent(witness, mine)] == [1]
            else:
                masks = mine.facts().masks
                assert masks
                assert has(masks.pending, number)
                assert not observed.sure
                COUNTS.setdefault("odd", Counts()).open_wrong[f"{observed.fate} ({observed.rule})"] += 1


def test_a_child_of_pid_1_is_not_protected(odd_program: Path, witness: Witness) -> None:
    for number in SIGNALS:
        with victim(odd_program, *words(("child", mask(TSTP), 0, 0, mask(INT))), sandbox=True) as mine:
            child = known(mine, *PROC.children(mine.pid))
            settle(child)
            judge(witness, "odd", child, number, "outside", "child of PID 1")


@pytest.mark.parametrize(("kind", "fate"), [("child", "stops"), ("orphan", "queued_dropped"), ("cousin", "stops")])
def test_a_stop_in_a_process_group_that_somebody_could_continue(kind: str, fate: str, witness: Witness) -> None:
    """Who could: a parent of any member, in the same session and another group."""
    with running(sys.executable, "-S", GROUPS, kind) as mine:
        family = PROC.descendants(mine.pid)
        one = known(mine, int(mine.lines[0].split()[1]))
        settle(one)
        facts = {each.pid: each for each in PROC.facts({*family, one.pid})}[one.pid]
        observed = forecast(signal_state_of(facts, TRIED), TSTP)
        assert (observed.fate, observed.sure) == (fate, True)
        witness.observed(one.pid)
        os.kill(one.pid, TSTP)
        after = settle(one)
        assert after
        assert (after.state == "T") == (fate == "stops")
        taken = [each.action for each in witness.observed(one.pid) if isinstance(each, SignalDelivered)]
        assert taken == ["default" if fate == "stops" else "dropped"]
        os.kill(one.pid, signal.SIGKILL)
