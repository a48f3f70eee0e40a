"""Facts from /proc, of real processes that are what their test needs."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.probe.procfs import ARGV_BYTES, Proc, started_at
from tests.probe.victims import PROC, READY, UNSHARE, facts_of, mirror, python, victim
from tests.support import until


def test_the_facts_of_a_process() -> None:
    with victim("bash", "-c", "echo ready; read", "a b", "", "ü", "") as process:
        until(lambda: facts_of(process.pid).state == "S")
        facts = facts_of(process.pid)
        assert facts.argv == ("bash", "-c", "echo ready; read", "a b", "", "ü", "")
        assert (facts.pid, facts.comm, facts.threads) == (process.pid, "bash", 1)
        assert (facts.ppid, facts.pgid, facts.sid) == (os.getpid(), process.pid, process.pid)
        assert facts.ns_pid == process.pid
        assert PROC.identity(process.pid) == (process.pid, facts.start)


def test_a_zombie_has_no_arguments_and_a_stopped_process_says_so() -> None:
    with victim(*python(f"child = os.fork()\nif not child: os._exit(0)\n{READY}")) as process:
        (child,) = PROC.children(process.pid)
        until(lambda: facts_of(child).state == "Z")
        assert facts_of(child).argv == ()
        assert facts_of(child).ppid == process.pid
        process.send_signal(signal.SIGSTOP)
        until(lambda: facts_of(process.pid).state == "T")


@pytest.mark.parametrize(
    "comm",
    [
        b"a b",
        b"x) R 1 (y",
        b"new\nline",
        b"()",
        b"\x1b[31m",
        b"\xff\xfe)",
        b"\rSigCgt:\tf",
        b"\nNSpid:\t1\n",
        b" ",
        b")",
    ],
)
def test_a_hostile_name_is_only_a_name(comm: bytes) -> None:
    code = f"open('/proc/self/comm', 'wb').write({comm!r}); {READY}"
    with victim(*python(code)) as process:
        facts = facts_of(process.pid)
        assert facts.comm == comm.decode("utf-8", "replace")
        assert (facts.ppid, facts.ns_pid) == (os.getpid(), process.pid)
        assert facts.masks is not None
        assert facts.masks.caught == 1 << (signal.SIGINT - 1)
        assert PROC.identity(process.pid) == (process.pid, facts.start)


def test_arguments_may_be_any_bytes() -> None:
    with victim("bash", "-c", "echo ready; read", os.fsdecode(b"\xff"), "\n<b>") as process:
        assert facts_of(process.pid).argv[3:] == ("�", "\n<b>")


def test_a_very_long_command_line_is_cut_and_says_so() -> None:
    with victim("bash", "-c", "echo ready; read", *(["x" * 100] * 1000)) as process:
        argv = facts_of(process.pid).argv
        assert argv[-1].endswith("…")
        assert ARGV_BYTES - len(argv) <= sum(map(len, argv)) <= ARGV_BYTES


@pytest.mark.parametrize(
    ("raw", "argv"),
    [
        ("nginx: master process\0\0\0\0\0\0", ("nginx: master process",)),  # a title over the arguments
        ("sshd: someone", ("sshd: someone",)),  # the kernel cuts it where it ends
        ("sh\0-c\0\0", ("sh", "-c", "")),
        ("\0", ("",)),
        ("", ()),
    ],
)
def test_a_title_written_over_the_arguments_is_one_argument(tmp_path: Path, raw: str, argv: tuple[str, ...]) -> None:
    mirror(tmp_path, os.getpid(), cmdline=raw)
    facts = Proc(tmp_path).read_process(os.getpid())
    assert facts is not None
    assert facts.argv == argv


def test_a_kernel_without_signal_lines_gives_no_masks(tmp_path: Path) -> None:
    """gVisor: unknown is not zero.  It has no NSpid either."""
    mirror(tmp_path, os.getpid(), status=f"Name:\tx\nState:\tS (sleeping)\nTgid:\t{os.getpid()}\nThreads:\t1\n")
    facts = Proc(tmp_path).read_process(os.getpid())
    assert facts is not None
    assert (facts.masks, facts.ns_pid, facts.ns_depth) == (None, os.getpid(), 1)


def test_a_process_in_its_own_namespace_is_pid_1_inside() -> None:
    with victim(*UNSHARE, "bash", "-c", "echo ready; read") as process:
        _, inner = PROC.descendants(process.pid)
        facts = facts_of(inner)
        assert (facts.ns_pid, facts.ns_depth) == (1, facts_of(process.pid).ns_depth + 1)
        assert facts.pid == inner != 1


def test_a_thread_is_no_process() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert thread.native_id is not None
        assert PROC.read_process(thread.native_id) is None
    finally:
        done.set()
        thread.join()


def test_what_is_gone_is_none_and_never_an_error() -> None:
    process = subprocess.Popen(["true"])
    process.wait()
    assert PROC.read_process(process.pid) is None
    assert PROC.identity(process.pid) is None
    assert PROC.children(process.pid) == []
    assert PROC.descendants(process.pid) == []
    assert PROC.container_processes(process.pid, "0" * 64) == []
    assert PROC.facts([process.pid, os.getpid()]) == PROC.facts([os.getpid()]) != []


def test_processes_that_come_and_go_while_they_are_read_do_no_harm() -> None:
    with victim("bash", "-c", "echo ready; while :; do /bin/true; done") as process:
        seen: set[int] = set()
        deadline = datetime.now(UTC) + timedelta(seconds=10)
        while len(seen) < 20 and datetime.now(UTC) < deadline:
            for facts in PROC.facts(PROC.descendants(process.pid)):
                seen.add(facts.pid)
        assert len(seen) >= 20


def test_a_start_time_is_a_moment() -> None:
    before = datetime.now(UTC)
    with victim("bash", "-c", "echo ready; read") as process:
        moment = started_at(facts_of(process.pid).start)
        assert moment.tzinfo is UTC
        assert before - timedelta(seconds=0.1) < moment < datetime.now(UTC) + timedelta(seconds=0.1)
