"""What the masks of a process alone do not say: threads, sigwait, signalfd, debuggers, groups, connections."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from app.probe.procfs import Proc, ProcessFacts
from tests.support import until

PROC = Proc()
TERM, USR1, USR2 = (1 << number - 1 for number in (signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2))
PTRACE_SEIZE, PTRACE_DETACH = 0x4206, 17
WALL = 0x40000000


@contextmanager
def python(script: str, **options: object) -> Iterator[subprocess.Popen[str]]:
    """A victim that has said "ready"."""
    head = "import os, signal, socket, sys, threading\n"
    process = subprocess.Popen(
        [sys.executable, "-S", "-c", head + script],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options,  # type: ignore[call-overload]
    )  # fmt: skip
    try:
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def look(pid: int) -> ProcessFacts:
    facts = PROC.read_process(pid)
    assert facts is not None
    return facts


READY = "print('ready', flush=True)\n"


def test_a_set_that_is_waited_for_is_read_from_the_waiter() -> None:
    script = "signal.pthread_sigmask(signal.SIG_BLOCK, {15, 10})\n" + READY + "signal.sigwait({15, 10})"
    with python(script) as victim:
        until(lambda: look(victim.pid).masks.waited, what="it waits")  # type: ignore[union-attr]
        facts = look(victim.pid)
        assert facts.masks is not None
        assert facts.masks.waited == facts.leader_waited == TERM | USR1
        assert not facts.masks.blocked & TERM, "the kernel shows it as not blocked: that is why it is read"


def test_threads_are_told_one_by_one() -> None:
    script = (
        "def wait(block):\n"
        "    signal.pthread_sigmask(signal.SIG_SETMASK, block)\n"
        "    gate.wait()\n"
        "    signal.pause()\n"
        "gate = threading.Barrier(3)\n"
        "for block in ({15, 10}, {15}): threading.Thread(target=wait, args=(block,), daemon=True).start()\n"
        "signal.pthread_sigmask(signal.SIG_SETMASK, {15, 12})\n"
        "gate.wait()\n" + READY + "sys.stdin.read()"
    )
    with python(script) as victim:
        facts = look(victim.pid)
    assert facts.masks is not None
    assert facts.threads_of[0].blocked == TERM | USR2
    assert sorted(each.blocked for each in facts.threads_of[1:]) == [TERM, TERM | USR1]
    assert facts.masks.blocked == TERM
    assert facts.leader_blocked == TERM | USR2
    assert facts.threads_of[0].tid == facts.pid


def test_a_signalfd_says_what_it_reads() -> None:
    script = (
        "import ctypes\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, {15})\n"
        "wanted = ctypes.c_uint64(1 << 14)\n"
        "assert ctypes.CDLL(None).signalfd(-1, ctypes.byref((ctypes.c_uint64 * 16)(wanted)), 0) > 2\n"
        + READY + "sys.stdin.read()"
    )  # fmt: skip
    with python(script) as victim:
        masks = look(victim.pid).masks
    assert masks is not None
    assert (masks.signalfd, masks.blocked, masks.waited) == (TERM, TERM, 0)


def test_a_debugger_is_seen() -> None:
    ptrace = ctypes.CDLL(None, use_errno=True).ptrace
    with python(READY + "sys.stdin.read()") as victim:
        assert not look(victim.pid).traced
        assert ptrace(PTRACE_SEIZE, victim.pid, None, None) == 0, os.strerror(ctypes.get_errno())
        assert look(victim.pid).traced


def test_a_debugger_of_another_thread_than_the_first_is_seen() -> None:
    ptrace = ctypes.CDLL(None, use_errno=True).ptrace
    script = "gate = threading.Event()\nthreading.Thread(target=gate.wait, daemon=True).start()\n" + READY
    with python(script + "sys.stdin.read()") as victim:
        first, other = look(victim.pid).threads_of
        assert (first.tid, look(victim.pid).traced) == (victim.pid, False)
        assert ptrace(PTRACE_SEIZE, other.tid, None, None) == 0, os.strerror(ctypes.get_errno())
        traced = look(victim.pid).traced
        victim.kill()
        os.waitpid(other.tid, WALL)  # a thread that is traced is its debugger's to wait for
    assert traced


def test_a_group_is_orphaned_when_nobody_could_continue_it() -> None:
    with python("os.setsid()\n" + READY + "sys.stdin.read()") as victim:
        assert look(victim.pid).orphaned
    with python("os.setpgid(0, 0)\n" + READY + "sys.stdin.read()") as victim:
        assert not look(victim.pid).orphaned


def test_connections_are_counted_and_listeners_are_none(tmp_path: object) -> None:
    script = (
        "tcp, path = socket.create_server(('127.0.0.1', 0)), socket.socket(socket.AF_UNIX)\n"
        f"path.bind('{tmp_path}/s'); path.listen()\n"
        "a, b = socket.socketpair()\n" + READY + "print(tcp.getsockname()[1], flush=True)\n"
        "first = tcp.accept(); print('tcp', flush=True)\n"
        "second = path.accept(); print('unix', flush=True)\n"
        "sys.stdin.read()"
    )
    with python(script) as victim:
        assert victim.stdout
        port = int(victim.stdout.readline())
        assert PROC.busy([look(victim.pid)])[0].connections == 0
        with socket.create_connection(("127.0.0.1", port)):
            assert victim.stdout.readline() == "tcp\n"
            assert PROC.busy([look(victim.pid)])[0].connections == 1
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(f"{tmp_path}/s")
                assert victim.stdout.readline() == "unix\n"
                assert PROC.busy([look(victim.pid)])[0].connections == 2


def test_who_waits_for_a_child_and_what_it_runs() -> None:
    with subprocess.Popen(["bash", "-c", "sleep 1000; :"], start_new_session=True) as shell:
        try:
            until(lambda: look(shell.pid).wait_call, what="it waits for sleep")
            assert (look(shell.pid).exe or "").endswith("/bash")
            (child,) = PROC.children(shell.pid)
            until(lambda: (look(child).exe or "").endswith("/sleep"), what="it is sleep")
            assert look(child).wait_call is False
        finally:
            os.killpg(shell.pid, signal.SIGKILL)
