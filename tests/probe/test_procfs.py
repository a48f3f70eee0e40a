"""Facts from /proc, of real processes that are what their test needs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.probe.procfs import Masks, Proc, ProcessFacts, signals_in, started_at
from tests.support import until

PROC = Proc()


@contextmanager
def victim(*command: str) -> Iterator[subprocess.Popen[str]]:
    """A process that says `ready` when it is what it should be, and is killed at the end."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", f"import os, signal, sys, threading, time\n{code}")


READY = "print('ready', flush=True); sys.stdin.read()"


def facts_of(pid: int) -> ProcessFacts:
    facts = PROC.read_process(pid)
    assert facts is not None
    return facts


def masks_of(pid: int) -> Masks:
    masks = facts_of(pid).masks
    assert masks is not None
    return masks


def test_traps_of_a_shell_are_caught() -> None:
    with victim("bash", "-c", "trap : USR1 TERM; trap '' HUP; echo ready; read") as process:
        masks = masks_of(process.pid)
        assert {10, 15} <= set(signals_in(masks.caught))
        assert 1 in signals_in(masks.ignored)
        assert masks.pending_process == 0


def test_a_blocked_signal_that_was_sent_is_pending() -> None:
    code = f"signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2]); {READY}"
    with victim(*python(code)) as process:
        process.send_signal(signal.SIGUSR2)
        until(lambda: 12 in signals_in(masks_of(process.pid).pending_process))
        assert 12 in signals_in(masks_of(process.pid).blocked)
        assert int(masks_of(process.pid).to_wire()["pending"], 16) == 1 << 11


def test_blocked_means_blocked_in_every_thread() -> None:
    code = (
        "def one():\n signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1]); started.set(); time.sleep(600)\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])\n"
        "started = threading.Event(); threading.Thread(target=one, daemon=True).start(); started.wait()\n"
        f"{READY}"
    )
    with victim(*python(code)) as process:
        facts = facts_of(process.pid)
        assert facts.threads == 2
        assert signals_in(masks_of(process.pid).blocked) == (12,)


def test_a_zombie_and_a_stopped_process_are_seen_as_that() -> None:
    with victim(*python(f"child = os.fork()\nif not child: os._exit(0)\n{READY}")) as process:
        (child,) = PROC.children(process.pid)
        until(lambda: facts_of(child).state == "Z")
        assert facts_of(child).argv == ()
        process.send_signal(signal.SIGSTOP)
        until(lambda: facts_of(process.pid).state == "T")


@pytest.mark.parametrize("comm", ["a b", "x) R 1 (y", "new\nline", "()", "\x1b[31m"])
def test_a_hostile_name_is_only_a_name(comm: str) -> None:
    code = f"open('/proc/self/comm', 'w').write({comm!r}); {READY}"
    with victim(*python(code)) as process:
        facts = facts_of(process.pid)
        assert facts.comm == comm
        assert facts.ppid == os.getpid()
        assert PROC.identity(process.pid) == (process.pid, facts.start)


def test_a_process_in_its_own_namespace_is_pid_1_inside() -> None:
    unshare = ("unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc", "--kill-child")
    with victim(*unshare, "bash", "-c", "echo ready; read") as process:
        _, inner = PROC.descendants(process.pid)
        facts = facts_of(inner)
        assert (facts.ns_pid, facts.ns_depth) == (1, facts_of(process.pid).ns_depth + 1)


def test_descendants_are_named_parents_first() -> None:
    with victim("bash", "-c", "(sleep 600 & sleep 601 & wait) & echo ready; read") as process:
        until(lambda: len(PROC.descendants(process.pid)) == 4)
        found = PROC.facts(PROC.descendants(process.pid))
        seen = {os.getpid()}
        for facts in found:
            assert facts.ppid in seen
            seen.add(facts.pid)


def test_what_is_gone_is_none_and_never_an_error() -> None:
    process = subprocess.Popen(["true"])
    process.wait()
    assert PROC.read_process(process.pid) is None
    assert PROC.identity(process.pid) is None
    assert PROC.descendants(process.pid) == []
    assert PROC.container_pids(process.pid, "0" * 64) == []


def test_a_start_time_is_a_moment() -> None:
    before = datetime.now(UTC)
    with victim("bash", "-c", "echo ready; read") as process:
        seconds = (started_at(facts_of(process.pid).start) - before).total_seconds()
    assert -1 < seconds < 5


@given(st.sets(st.integers(1, 64)))
def test_a_mask_holds_what_was_put_in(numbers: set[int]) -> None:
    mask = sum(1 << (number - 1) for number in numbers)
    assert set(signals_in(mask)) == numbers
