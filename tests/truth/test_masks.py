"""Every kind of process against every signal that matters: forecast, trace and outcome agree."""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.events.parts import Origin
from tests.truth.observe import Victim, Witness, judge, settle, victim

pytestmark = [pytest.mark.whole, pytest.mark.timeout(120)]

KILL, STOP, CONT = signal.SIGKILL, signal.SIGSTOP, signal.SIGCONT
# Those that end a process last, so that one victim serves for many.
MATTER = tuple(
    int(getattr(signal, f"SIG{name}"))
    for name in ("WINCH", "URG", "CHLD", "CONT", "TSTP", "TERM", "INT", "QUIT", "HUP", "USR1", "PIPE", "STOP", "KILL")
)
RTMIN3, LIBRARY = int(signal.SIGRTMIN) + 3, 32


def mask(*numbers: int) -> int:
    return sum(1 << (number - 1) for number in numbers)


SOME = mask(signal.SIGTERM, signal.SIGINT, signal.SIGWINCH, signal.SIGCONT, signal.SIGTSTP, signal.SIGQUIT, RTMIN3)
ALL = (1 << 64) - 1
SAFE = ALL & ~mask(4, 5, 7, 8, 11)  # the processor's own are not for games

# What it catches, ignores, reads from a signalfd; its threads, each with what it blocks and waits for.
KINDS: dict[str, tuple[str, ...]] = {
    "plain": ("t:0",),
    "catches": (f"c:{SOME:x}", "t:0"),
    "ignores": (f"i:{SOME:x}", "t:0"),
    "catches all": (f"c:{SAFE:x}", "t:0"),
    "ignores all": (f"i:{SAFE:x}", "t:0"),
    "blocks": (f"t:{SOME:x}",),
    "blocks all": (f"t:{ALL:x}",),
    "blocks and catches": (f"c:{SOME:x}", f"t:{SOME:x}"),
    "blocks and ignores": (f"i:{SOME:x}", f"t:{SOME:x}"),
    "catches once": (f"c:{SOME:x}", "q:", "t:0"),
    "sigwait": (f"t:{SOME:x},w{SOME:x}",),
    "sigwait for all": (f"t:{ALL:x},w{ALL:x}",),
    "sigwait, catches": (f"c:{SOME:x}", f"t:{SOME:x},w{SOME:x}"),
    "sigwait, ignores": (f"i:{SOME:x}", f"t:{SOME:x},w{SOME:x}"),
    "sigwait for some of the blocked": (f"t:{SOME:x},w{mask(signal.SIGTERM, RTMIN3):x}",),
    "sigwait against its manual": (f"t:0,w{SOME:x}",),
    "signalfd": (f"f:{SOME:x}", f"t:{SOME:x}"),
    "signalfd, not blocked": (f"f:{SOME:x}", "t:0"),
    "signalfd, catches": (f"f:{SOME:x}", f"c:{SOME:x}", f"t:{SOME:x}"),
    "signalfd for some of the blocked": (f"f:{mask(signal.SIGTERM):x}", f"t:{SOME:x}"),
    "threads": ("t:0", "t:0", "t:0"),
    "threads, all block": (f"t:{SOME:x}", f"t:{SOME:x}", f"t:{SOME:x}"),
    "threads, the leader blocks": (f"t:{SOME:x}", "t:0"),
    "threads, the leader blocks, catches": (f"c:{SOME:x}", f"t:{SOME:x}", "t:0"),
    "threads, the leader blocks, ignores": (f"i:{SOME:x}", f"t:{SOME:x}", "t:0"),
    "threads, only the leader does not block": ("t:0", f"t:{SOME:x}", f"t:{SOME:x}"),
    "threads, one waits": (f"t:{SOME:x}", f"t:{SOME:x},w{SOME:x}"),
    "threads, one waits, catches": (f"c:{SOME:x}", f"t:{SOME:x}", f"t:{SOME:x},w{SOME:x}"),
    "threads, one waits, one is free": (f"t:{SOME:x}", f"t:{SOME:x},w{SOME:x}", "t:0"),
    "threads, signalfd in the leader": (f"f:{SOME:x}", f"t:{SOME:x}", f"t:{SOME:x}"),
    "threads, each blocks another": (f"t:{mask(signal.SIGTERM):x}", f"t:{mask(signal.SIGINT):x}"),
}
PLACES = ("in a session of its own", "in our session", "PID 1 of a sandbox", "stopped")
CASES = tuple(itertools.product(KINDS, PLACES))


@contextmanager
def placed(program: Path, kind: str, place: str) -> Iterator[Victim]:
    sandbox = place == "PID 1 of a sandbox"
    with victim(program, *KINDS[kind], sandbox=sandbox, session=place != "in our session") as mine:
        if place == "stopped":
            os.kill(mine.pid, STOP)
            settle(mine)
        yield mine


def plain_to_see(kind: str) -> bool:
    """Some thread blocks nothing, and nobody waits or reads: all that decides is shown, so a forecast must be sure."""
    return "t:0" in KINDS[kind] and not any(word.startswith("f:") or ",w" in word for word in KINDS[kind])


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 80


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_foretold_happens(kind: str, place: str, victim_program: Path, witness: Witness) -> None:
    origins: tuple[Origin, ...] = ("outside", "inside") if place == "PID 1 of a sandbox" else ("outside",)
    numbers = (*MATTER[:-2], RTMIN3, LIBRARY, STOP, KILL)
    waiting = [(origin, number) for origin in origins for number in numbers]
    while waiting:
        with placed(victim_program, kind, place) as mine:
            while waiting:
                origin, number = waiting.pop(0)
                told, after = judge(witness, "cases", mine, number, origin, f"{kind}, {place}")
                assert told.sure or not plain_to_see(kind)
                if after is None or (after.state == "T") != (place == "stopped"):
                    break  # it is another kind of process now, or none
                if after.masks and after.masks.pending:
                    break


def test_a_zombie_takes_nothing(victim_program: Path, witness: Witness) -> None:
    for number in (signal.SIGTERM, signal.SIGCHLD, signal.SIGKILL):
        with victim(victim_program, "t:0") as mine:
            os.kill(mine.pid, KILL)
            os.waitid(os.P_PID, mine.pid, os.WEXITED | os.WNOWAIT)
            judge(witness, "cases", mine, number, "outside", "zombie")


def test_what_is_pending_already_stays_one(victim_program: Path, witness: Witness) -> None:
    with victim(victim_program, f"t:{SOME:x}") as mine:
        for _ in range(3):
            judge(witness, "cases", mine, signal.SIGTERM, "outside", "sent again")
            judge(witness, "cases", mine, RTMIN3, "outside", "sent again, and queued as often")
