"""Loads that a lab must bear, and what it costs the server: its memory, and how long others wait meanwhile."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support import TOKEN, EventReader, Person, kind, prints

ROOT = Path(__file__).resolve().parent.parent
MIB = 2**20
# 10 MB/s for three seconds, paced by the clock; then silence.
LOUD = """
import sys, time
piece, began, sent = b"x" * 99 + b"\\n", time.monotonic(), 0
while sent < 30_000_000:
    sys.stdout.buffer.write(piece * 1000)
    sent += 100_000
    time.sleep(max(0, began + sent / 10_000_000 - time.monotonic()))
print("all written", flush=True)
time.sleep(600)
"""
# Every signal that can be caught is caught; then 10,000 of all 64 in turn, but for those that nobody can catch.
STORM = """
import os, signal, time
caught = [n for n in range(1, 65) if n not in (9, 19, 32, 33)]
for n in caught:
    signal.signal(n, lambda *_: None)
print("ready", flush=True)
input()
for i in range(10_000):
    os.kill(os.getpid(), caught[i % len(caught)])
print("all sent", flush=True)
time.sleep(600)
"""
# Without end: signals to itself, and names that it gives itself.
SIGNALS = """
import os, signal
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
print("ready", flush=True)
input()
while True:
    os.kill(os.getpid(), signal.SIGUSR1)
"""
NAMES = """
import ctypes, itertools
prctl = ctypes.CDLL(None).prctl
print("ready", flush=True)
input()
for n in itertools.count():
    prctl(15, b"n%d" % (n % 1000), 0, 0, 0)
"""
CROWD = """
import subprocess, time
children = [subprocess.Popen(["sleep", str(600 + n)]) for n in range(500)]
print("all started", flush=True)
time.sleep(600)
"""
BOMB = "bomb() { bomb | bomb & }; bomb; echo lit; while :; do sleep 1; done"


def python(script: str) -> tuple[str, ...]:
    return (sys.executable, "-I", "-c", script)


@contextmanager
def overrunning(person: Person, load: str) -> Iterator[tuple[str, EventReader]]:
    """A target that does ``load`` without end, once the kernel's trace has no room for it; and its run's events."""
    run, target = person.command(*python(load))
    with person.events(run=run) as events:
        events.until(prints("ready"))
        events.until(kind("forecast"))  # it is followed
        person.post(f"/targets/{target}/input", {"data": "\n"})
        events.until(kind("source_lost", source="kernel"))
        yield target, events


@dataclass
class Costs:
    """Largest resident memory in bytes, and the seconds that each answer took: the server's, and a bare one's."""

    rss: int = 0
    waits: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    def figures(self) -> str:
        waits, bare = (
            f"{at(each, 0.5):.0f} ms median, {at(each, 0.99):.0f} ms 99 %, {at(each, 1):.0f} ms longest"
            for each in (self.waits, self.bare)
        )
        return f"{self.rss / MIB:.0f} MiB, {len(self.waits)} requests: {waits} (a bare server beside it: {bare})"

    def row(self) -> str:
        times = "".join(f"{at(each, part):>7.0f} ms" for each in (self.waits, self.bare) for part in (0.5, 0.99, 1))
        return f"{self.rss / MIB:>6.0f} MiB{len(self.waits):>10}{times}"


def at(waits: list[float], part: float) -> float:
    """Milliseconds that so great a part of the answers did not exceed."""
    return 1000 * sorted(waits)[min(len(waits) - 1, int(len(waits) * part))]


@contextmanager
def bystander(url: str, pid: int) -> Iterator[Costs]:
    """Somebody else who asks the server for as long as the block runs: see ``tests/bystander.py``."""
    costs, words = Costs(), [sys.executable, "-m", "tests.bystander", url, str(pid), TOKEN]
    with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as somebody:
        assert somebody.stdin
        assert somebody.stdout
        assert somebody.stdout.readline() == "ready\n"
        try:
            yield costs
        finally:
            somebody.stdin.close()
            told = somebody.stdout.read()
    assert somebody.returncode == 0
    found = json.loads(told)
    costs.rss, costs.waits, costs.bare = found["rss"], found["waits"], found["bare"]
