"""The same in containers: PID 1, under --init, and with the machine's pids; from outside and from inside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.events.parts import Origin
from app.hosts.container.images import tag_of
from tests.support import until
from tests.truth.observe import PROC, Victim, Witness, judge, settle
from tests.truth.test_masks import KINDS

pytestmark = [pytest.mark.engine, pytest.mark.timeout(180)]

MODES = {"PID 1": (), "under --init": ("--init",), "with the machine's pids": ("--pid", "host")}
CHOSEN = ("plain", "catches", "ignores", "blocks", "sigwait, catches", "signalfd", "threads, the leader blocks")
FEW = ("plain", "catches", "threads, the leader blocks")
SIGNALS = tuple(int(getattr(signal, f"SIG{name}")) for name in ("WINCH", "CONT", "TSTP", "INT", "TERM", "STOP", "KILL"))


@contextmanager
def contained(program: Path, kind: str, mode: str, witness: Witness) -> Iterator[Victim]:
    """A container with the C victim, which is followed by the trace."""
    name = f"signal-lab-truth-{os.getpid()}"
    run = ["docker", "run", "--rm", "-i", "--name", name, "--network", "none", "--label", "dev.signal-lab.truth=1"]
    run += [*MODES[mode], "-v", f"{program}:/victim:ro", tag_of("base"), "/victim", *KINDS[kind]]
    process = subprocess.Popen(run, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    mine = Victim(process, 0, 0)
    try:
        mine.until("ready")
        told = json.loads(subprocess.run(["docker", "inspect", name], capture_output=True, check=True).stdout)
        root = told[0]["State"]["Pid"]
        found = [pid for pid in PROC.container_processes(root, told[0]["Id"]) if pid != root]
        mine.pid = root if mode != "under --init" else min(found)
        mine.start = (PROC.identity(mine.pid) or (0, 0))[1]
        witness.trace.follow(witness.matcher.add_processes("truth", PROC.facts([root, *found])))
        settle(mine, waits="sigwait" in kind)
        mine.lines.clear()
        yield mine
    finally:
        subprocess.run(["docker", "rm", "-f", name], capture_output=True, check=False)
        process.communicate()
        until(lambda: name not in subprocess.run(["docker", "ps", "-a"], capture_output=True, text=True).stdout)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "kind", [*FEW, *(pytest.param(kind, marks=pytest.mark.long) for kind in CHOSEN if kind not in FEW)]
)
def test_what_is_foretold_happens(
    kind: str, mode: str, engine: None, base_image: None, victim_program: Path, witness: Witness
) -> None:
    origins: tuple[Origin, ...] = ("inside", "outside") if mode == "PID 1" else ("outside",)
    waiting = [(origin, number) for number in SIGNALS for origin in origins]
    while waiting:
        with contained(victim_program, kind, mode, witness) as mine:
            while waiting:
                origin, number = waiting.pop(0)
                _, after = judge(witness, "containers", mine, number, origin, f"{kind}, {mode}")
                if after is not None and after.state == "T":
                    os.kill(mine.pid, signal.SIGCONT)
                    settle(mine)
                    mine.read()
                    continue
                if after is None or (after.masks and after.masks.pending):
                    break
