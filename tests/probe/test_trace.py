"""The kernel's own trace, read on this machine.  Needs root and tracefs: missing, it fails and is never skipped."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.probe.observations import Gone, Missed, Observation, SignalDelivered, SignalGenerated, TreeChanged
from app.probe.procfs import Proc
from app.probe.records import Delivered, Exec, Exit, Generated, Lost, NewTask, Record, Renamed
from app.probe.target_matcher import TargetMatcher
from app.probe.trace import Trace
from app.probe.tracefs import PREFIX, clear_stale, find_tracefs
from tests.support import RESTS, WITHIN_S, until

pytestmark = pytest.mark.whole


@pytest.fixture
def trace() -> Iterator[Trace]:
    instances = find_tracefs() / "instances"
    before = set(instances.iterdir())
    opened = Trace.open()
    yield opened
    opened.close()
    assert {path for path in instances.glob(f"{PREFIX}{os.getpid()}-*")} <= before


class Victim:
    """A child that waits to be told to go on, so that it can be followed before it does anything."""

    def __init__(self, *command: str) -> None:
        script = 'read -r _; exec "$@"'
        self.process = subprocess.Popen(
            ["bash", "-c", script, "bash", *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.pid = self.process.pid

    def go(self) -> None:
        assert self.process.stdin
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def __enter__(self) -> Victim:
        return self

    def __exit__(self, *exc: object) -> None:
        self.process.kill()
        self.process.communicate()


def collect(trace: Trace, holds: Callable[[list[Record]], object]) -> list[Record]:
    """All records until the condition holds."""
    found: list[Record] = []
    deadline = time.monotonic() + WITHIN_S
    while not holds(found):
        assert time.monotonic() < deadline, found[-20:]
        if not trace.waiting:
            select.select([trace], [], [], 0.5)
        found += trace.read()
    return found


def sent(records: list[Record], pid: int, number: int) -> list[Generated]:
    return [each for each in records if isinstance(each, Generated) and (each.tid, each.signal) == (pid, number)]


def test_a_signal_is_seen_sent_and_taken(trace: Trace) -> None:
    with Victim("bash", "-c", f"trap 'echo hit' USR1; trap '' HUP; echo ready; {RESTS}") as victim:
        trace.follow([victim.pid])
        victim.go()
        assert victim.line() == "ready"
        os.kill(victim.pid, signal.SIGHUP)
        os.kill(victim.pid, signal.SIGUSR1)
        assert victim.line() == "hit"
        found = collect(trace, lambda seen: any(isinstance(e, Delivered) and e.signal == signal.SIGUSR1 for e in seen))
    assert [each.result for each in sent(found, victim.pid, signal.SIGHUP)] == [1]
    (usr1,) = sent(found, victim.pid, signal.SIGUSR1)
    assert (usr1.result, usr1.code, usr1.group) == (0, 0, True)
    assert usr1.sender_tid in {int(tid) for tid in os.listdir("/proc/self/task")}  # noqa: PTH208
    (taken,) = [e for e in found if isinstance(e, Delivered) and e.tid == victim.pid and e.signal == signal.SIGUSR1]
    assert taken.handler > 1
    assert usr1.at_ns < taken.at_ns < time.monotonic_ns()
    assert [each.at_ns for each in found] == sorted(each.at_ns for each in found)


def test_children_are_followed_and_strangers_are_not(trace: Trace) -> None:
    with Victim("bash", "-c", "bash -c '(true)'; echo done; read -r _") as victim:
        trace.follow([victim.pid])
        for _ in range(20):
            subprocess.run(["true"], check=True)
        victim.go()
        assert victim.line() == "done"
        found = collect(trace, lambda seen: sum(isinstance(each, Exit) for each in seen) >= 2)
    made = {each.child for each in found if isinstance(each, NewTask)}
    assert len(made) == 2
    assert {each.tid for each in found if isinstance(each, Exec)} <= made | {victim.pid}
    assert {each.tid for each in found if isinstance(each, NewTask)} <= made | {victim.pid}


HOSTILE = (
    "a\nb-1 [0] signal_generate: sig=9",
    "x pid=1 grp=1 res=0",
    ") S 1 1 1",
    "\x1b[2J\r\n\t",
    "'\"\\%s%n",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_cannot_forge_a_record(trace: Trace, name: str) -> None:
    """The kernel keeps 15 bytes of it, whatever they are."""
    script = (
        "import ctypes, os, signal, sys\n"
        "ctypes.CDLL(None).prctl(15, sys.argv[1].encode(), 0, 0, 0)\n"
        "signal.signal(signal.SIGUSR1, lambda *_: os.write(1, b'hit\\n'))\n"
        "os.write(1, b'ready\\n')\n"
        "os.kill(os.getpid(), signal.SIGUSR1)\n"
        "while True: signal.pause()\n"
    )
    with Victim(sys.executable, "-S", "-c", script, name) as victim:
        trace.follow([victim.pid])
        matcher = TargetMatcher()
        matcher.add_processes("t", Proc().facts([victim.pid]))
        victim.go()
        assert [victim.line(), victim.line()] == ["ready", "hit"]
        found = collect(trace, lambda seen: any(isinstance(e, Delivered) and e.signal == signal.SIGUSR1 for e in seen))
    mine = [each for each in found if isinstance(each, Generated) and each.tid == victim.pid]
    assert [(each.signal, each.result, each.comm) for each in mine] == [
        (signal.SIGUSR1, 0, name.encode()[:15].decode())
    ]
    observed = [each for each in matcher.tell(found) if isinstance(each, SignalGenerated | SignalDelivered)]
    assert [(each.signal, each.pid, each.comm) for each in observed] == [(10, victim.pid, name[:15])] * 2


def test_a_sender_has_the_name_that_it_had_when_it_sent(trace: Trace) -> None:
    """What was told is read later: here when the sender has become another program, and its helper has gone."""
    script = "trap 'echo hit' USR1; (exec env -- bash -c 'kill -USR1 $PPID; :'); sleep 60 & kill -HUP $!; exec cat"
    with Victim("bash", "-c", script) as victim:
        trace.follow([victim.pid])
        matcher = TargetMatcher()
        matcher.add_processes("t", Proc().facts([victim.pid]))
        victim.go()
        assert victim.line() == "hit"
        until(lambda: Path(f"/proc/{victim.pid}/comm").read_text() == "cat\n")
        matcher.add_processes("t", Proc().facts([victim.pid]))
        found = collect(trace, lambda seen: any(isinstance(e, Renamed) and e.comm == "cat" for e in seen))
        observed = [each for each in matcher.tell(found) if isinstance(each, SignalGenerated)]
        assert [(each.signal, each.sender.comm) for each in observed] == [
            (signal.SIGUSR1, "bash"),
            (signal.SIGHUP, "bash"),
        ]
        assert observed[0].sender.pid not in (None, victim.pid), "a child of its own, which has gone"
        os.kill(victim.pid, signal.SIGCONT)
        found = collect(trace, lambda seen: sent(seen, victim.pid, signal.SIGCONT))
        (own,) = [each for each in matcher.tell(found) if isinstance(each, SignalGenerated)]
        assert own.comm == "cat"
        assert own.sender.pid == os.getpid()


def test_what_a_killed_lab_leaves_behind_is_cleared_at_the_next_start(trace: Trace) -> None:
    script = "from app.probe.trace import Trace; t = Trace.open(); print('ready', flush=True); input()"
    other = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    root = find_tracefs()
    try:
        assert other.stdout
        assert other.stdout.readline() == "ready\n"
        mine = [path for path in (root / "instances").iterdir() if path.name.startswith(f"{PREFIX}{other.pid}-")]
        assert len(mine) == 2
        assert not set(clear_stale(root)) & {path.name for path in mine}, "its maker is alive"
    finally:
        other.kill()
        other.communicate()
    Trace.open().close()
    assert not any(path.exists() for path in mine)


def test_nothing_is_recorded_while_nobody_is_followed(trace: Trace) -> None:
    with Victim("cat") as victim:
        trace.follow([victim.pid])
        trace.pause()
        trace.read()
        victim.go()
        os.kill(victim.pid, signal.SIGURG)
        subprocess.run(["true"], check=True)
    ours = {victim.pid, os.getpid()}  # what others sent before the rest may be told now
    assert not [each for each in trace.read() if {getattr(each, "tid", None), getattr(each, "sender_tid", None)} & ours]
    assert not trace.waiting


def story(trace: Trace, *command: str, act: Callable[[Victim], None]) -> tuple[int, list[Observation]]:
    """What is told of a victim from its start to its end."""
    matcher = TargetMatcher()
    with Victim(*command) as victim:
        matcher.add_processes("t", Proc().facts([victim.pid]))
        trace.follow([victim.pid])
        victim.go()
        assert victim.line() == "ready"
        act(victim)
        victim.process.wait(WITHIN_S)
        pid = victim.pid
        found = collect(trace, lambda seen: sent(seen, os.getpid(), signal.SIGCHLD))
    return pid, matcher.tell(found)


THREADS = (
    "import os, threading, signal, sys\n"
    "for _ in range(4): threading.Thread(target=signal.pause, daemon=True).start()\n"
    "print('ready', flush=True)\n"
)


def test_threads_that_end_with_their_process_were_not_killed_by_anybody(trace: Trace) -> None:
    pid, observed = story(trace, sys.executable, "-c", THREADS + "input(); os._exit(3)", act=lambda victim: victim.go())
    assert [each for each in observed if isinstance(each, SignalGenerated | SignalDelivered)] == []
    assert Gone("t", pid, "exited") in observed


def test_a_fatal_default_is_told_by_the_name_that_was_sent(trace: Trace) -> None:
    script = THREADS + "signal.pause()"
    pid, observed = story(trace, sys.executable, "-c", script, act=lambda victim: os.kill(victim.pid, signal.SIGTERM))
    signals = [
        (type(each).__name__, each.signal, each.pid)
        for each in observed
        if isinstance(each, SignalGenerated | SignalDelivered)
    ]
    assert signals == [("SignalGenerated", 15, pid), ("SignalDelivered", 15, pid)]
    assert [each.action for each in observed if isinstance(each, SignalDelivered)] == ["default"]
    assert Gone("t", pid, "killed") in observed
    assert TreeChanged("t") in observed


def test_what_was_blocked_and_is_still_pending_is_not_blamed(trace: Trace) -> None:
    script = (
        "import os, signal\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})\n"
        "print('ready', flush=True)\n"
        "while True: signal.pause()\n"
    )

    def act(victim: Victim) -> None:
        os.kill(victim.pid, signal.SIGUSR1)
        os.kill(victim.pid, signal.SIGUSR1)
        os.kill(victim.pid, signal.SIGKILL)

    _, observed = story(trace, sys.executable, "-c", script, act=act)
    assert [(each.signal, each.result) for each in observed if isinstance(each, SignalGenerated)] == [
        (10, 0),
        (10, 2),
        (9, 0),
    ]
    assert [(each.signal, each.action) for each in observed if isinstance(each, SignalDelivered)] == [(9, "default")]


@pytest.mark.alone
@pytest.mark.parametrize("forks", [10_000])
def test_a_storm_of_forks_loses_nothing_or_says_so(trace: Trace, forks: int) -> None:
    script = (
        "import os\n"
        "print('ready', flush=True)\n"
        f"for _ in range({forks}):\n"
        "    if not (pid := os.fork()): os._exit(0)\n"
        "    os.waitpid(pid, 0)\n"
        "print('done', flush=True)\n"
        "input()\n"
    )
    matcher = TargetMatcher()
    with Victim(sys.executable, "-S", "-c", script) as victim:
        matcher.add_processes("t", Proc().facts([victim.pid]))
        trace.follow([victim.pid])
        victim.go()
        found: list[Record] = []
        deadline = time.monotonic() + 60
        ends = 0
        while ends < forks and not any(isinstance(each, Lost) for each in found):
            assert time.monotonic() < deadline, f"{ends} ends were seen, and no loss was said"
            select.select([trace], [], [], 0.5)
            fresh = trace.read()
            found += fresh
            ends += sum(isinstance(each, Exit) for each in fresh)
        observed = matcher.tell(found)
    lost = sum(each.count for each in found if isinstance(each, Lost))
    assert lost != 0 or len([each for each in observed if isinstance(each, Gone)]) >= forks - 1
    until(lambda: trace.read() == [] and not trace.waiting, what="the trace is empty")


@pytest.mark.alone
def test_what_the_buffer_could_not_hold_is_said() -> None:
    trace, matcher = Trace.open(buffer_kb=16), TargetMatcher()
    try:
        with Victim("bash", "-c", "for _ in {1..500}; do (:); done; echo done; read -r _") as victim:
            matcher.add_processes("t", Proc().facts([victim.pid]))
            trace.follow([victim.pid])
            victim.go()
            assert victim.line() == "done"  # nobody has read the trace meanwhile
            observed = matcher.tell(trace.read())
            while trace.waiting:  # of much only a part is read at once, and what is newer than that part is told later
                observed += matcher.tell(trace.read())
        assert [each.count for each in observed if isinstance(each, Missed)]
    finally:
        trace.close()
