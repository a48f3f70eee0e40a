"""Shells and Python programs of the kinds that people have: forecast, trace and outcome agree."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from app.events.parts import Origin
from tests.support import until
from tests.truth.observe import PROC, UNSHARE, Victim, Witness, judge, settle

pytestmark = [pytest.mark.whole, pytest.mark.timeout(120)]

ASKS = str(Path(__file__).parent / "victims" / "asks.py")
PROGRAMS: dict[str, tuple[str, ...]] = {
    "bash in a foreground wait": ("bash", "-c", "echo ready; sleep 1000; :"),
    "bash, trap, in a foreground wait": ("bash", "-c", "trap : TERM; echo ready; sleep 1000; :"),
    "bash, trap, in wait": ("bash", "-c", "trap : TERM; echo ready; while :; do sleep 1000 & wait; done"),
    "bash, trap, in read": ("bash", "-c", "trap : TERM USR1; trap '' HUP; echo ready; while :; do read -r _; done"),
    "bash with job control": ("bash", "-c", "set -m; trap : TERM; echo ready; while :; do sleep 1000; done"),
    "bash that executes": ("bash", "-c", "trap '' TERM; trap : HUP; echo ready; exec sleep 1000"),
    "dash over a child": ("dash", "-c", "echo ready; sleep 1000; :"),
    "dash, trap": ("dash", "-c", "trap : TERM; echo ready; while :; do sleep 1000 & wait; done"),
    "nohup": ("nohup", "bash", "-c", "echo ready; exec sleep 1000"),
    **{f"python, {kind}": (sys.executable, "-S", ASKS, kind) for kind in ("default", "handler", "wakeup", "sigwait")},
    "python, asyncio": (sys.executable, ASKS, "asyncio"),
    "python, threads": (sys.executable, "-S", ASKS, "threads"),
}
SIGNALS = tuple(
    int(getattr(signal, f"SIG{name}"))
    for name in ("WINCH", "URG", "PIPE", "HUP", "USR1", "INT", "TERM", "QUIT", "KILL")
)


@contextmanager
def running(*command: str, sandbox: bool) -> Iterator[Victim]:
    """A program that has said "ready", with the child that it starts, in a session of its own."""
    process = subprocess.Popen(
        [*(UNSHARE if sandbox else ()), *command],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    mine = Victim(process, process.pid, 0)
    try:
        mine.until("ready")
        if sandbox:
            (mine.pid,) = PROC.children(process.pid)
        mine.start = (PROC.identity(mine.pid) or (0, 0))[1]
        words = " ".join(command)
        until(lambda: "sleep" not in words or busy(mine), what="it does what it says")
        until(lambda: "sigwait" not in words or mine.facts().leader_waited, what="it waits")
        settle(mine)
        yield mine
    finally:
        for pid in PROC.pids():
            if (stat := PROC.stat(pid)) and stat.sid == process.pid:  # a session of our own: also what outlived it
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        mine.end()


def busy(mine: Victim) -> bool:
    """It, or its child, is the sleep that the script wanted."""
    return any((PROC.read(pid, "cmdline") or b"").startswith(b"sleep") for pid in (mine.pid, *PROC.children(mine.pid)))


@pytest.mark.parametrize("sandbox", [False, True], ids=["plain", "PID 1"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_what_is_foretold_happens(program: str, sandbox: bool, witness: Witness) -> None:
    waiting: list[tuple[int, Origin]] = [(number, "outside") for number in SIGNALS]
    while waiting:
        with running(*PROGRAMS[program], sandbox=sandbox) as mine:
            while waiting:
                number, origin = waiting.pop(0)
                told, after = judge(witness, "programs", mine, number, origin, program, tells=False)
                if after is None or told.fate in ("handler", "sigwait"):
                    break  # it ended, or may be about to
