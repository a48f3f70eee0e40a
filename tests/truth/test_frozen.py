"""Frozen processes, by the freezer of each version of control groups that this machine has."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.support import until
from tests.truth.observe import Witness, judge, victim
from tests.truth.test_masks import KINDS, RTMIN3

pytestmark = [pytest.mark.whole, pytest.mark.timeout(120)]

CGROUPS = Path("/sys/fs/cgroup")
FREEZERS = {
    "v1": [CGROUPS / "freezer"],
    "v2": [root for root in (CGROUPS, CGROUPS / "unified") if (root / "cgroup.controllers").exists()],
}
SIGNALS = (signal.SIGWINCH, signal.SIGTERM, signal.SIGINT, signal.SIGCONT, RTMIN3, signal.SIGSTOP, signal.SIGKILL)


@contextmanager
def freezing(root: Path, version: str, pid: int) -> Iterator[None]:
    """The process is in a frozen group of our own for as long as the block is open."""
    group = root / f"signal-lab-truth-{os.getpid()}"
    file, on, off = ("freezer.state", "FROZEN", "THAWED") if version == "v1" else ("cgroup.freeze", "1", "0")
    state, word = ("freezer.state", "FROZEN\n") if version == "v1" else ("cgroup.events", "frozen 1\n")
    group.mkdir()
    try:
        (group / "cgroup.procs").write_text(str(pid))
        (group / file).write_text(on)
        until(lambda: word in (group / state).read_text(), what="it is frozen")
        try:
            yield
        finally:
            (group / file).write_text(off)
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    finally:
        until(lambda: not (group / "cgroup.procs").read_text(), what="nobody is in the group")
        until(lambda: removed(group), what="nothing of a thread that ends is in the group")


def removed(group: Path) -> bool:
    """Its list of processes is empty some time before the kernel has let go of the last thread."""
    try:
        group.rmdir()
    except OSError:
        return False
    return True


def test_there_is_a_freezer() -> None:
    assert any(root.is_dir() for roots in FREEZERS.values() for root in roots)


@pytest.mark.parametrize("sandbox", [False, True], ids=["plain", "PID 1"])
@pytest.mark.parametrize(
    "kind", ["plain", "catches", "ignores", "blocks", "sigwait", "signalfd", "threads, the leader blocks"]
)
def test_a_frozen_process_keeps_its_signals(kind: str, sandbox: bool, victim_program: Path, witness: Witness) -> None:
    for version, roots in FREEZERS.items():
        for root in (each for each in roots if each.is_dir()):
            for number in SIGNALS:
                with (
                    victim(victim_program, *KINDS[kind], sandbox=sandbox) as mine,
                    freezing(root, version, mine.pid),
                ):
                    assert mine.facts().frozen == version
                    told, _ = judge(witness, "frozen", mine, number, "outside", f"frozen by {version}, {kind}")
                    assert told.sure or kind == "sigwait" or number == signal.SIGCONT
