"""Facts about processes, read from /proc (proc(5)).

A process can go at any moment between two reads: everything here answers None, or leaves it out, and never raises for
that.  The three files of one process are read through one handle on its folder, so they are of one and the same process
even when its pid is given to another meanwhile.  A kernel that does not show the signal lines (gVisor) gives
``masks=None``: unknown, never zero.
"""

from __future__ import annotations

import operator
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce

from app.probe.files import ProcFiles, parse_stat, read_file, status_field
from app.probe.masks import Action, Dispositions, Masks, disposition_of, dispositions, signals_in
from app.probe.members import container_processes, processes_of_cgroup, processes_of_pid_namespace, tree

__all__ = [
    "Action",
    "Dispositions",
    "Masks",
    "Proc",
    "ProcessFacts",
    "disposition_of",
    "dispositions",
    "processes_of_cgroup",
    "signals_in",
    "started_at",
]

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
ARGV_BYTES = 32 * 1024  # of a command line; what is longer is cut, and ends in "…"


@dataclass(frozen=True, slots=True)
class ProcessFacts:
    """One process at one moment.  ``ns_pid`` is its pid inside its own PID namespace (the last of NSpid)."""

    pid: int
    start: int  # clock ticks since boot
    ns_pid: int
    ns_depth: int  # 1: the namespace of this /proc
    ppid: int  # 0: none that this /proc can see
    pgid: int
    sid: int
    comm: str  # bytes that are no UTF-8 become U+FFFD, here and in argv
    argv: tuple[str, ...]  # empty for zombies and kernel threads
    state: str  # one letter
    threads: int
    masks: Masks | None


class Proc(ProcFiles):
    """A /proc file system, decoded."""

    def read_process(self, pid: int) -> ProcessFacts | None:
        """None when it is gone, or when ``pid`` is that of a thread only."""
        try:
            folder = os.open(f"{self.root}/{pid}", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            stat = parse_stat(read_file("stat", dir_fd=folder))
            status = read_file("status", dir_fd=folder)
            cmdline = read_file("cmdline", dir_fd=folder, limit=ARGV_BYTES + 1)
        finally:
            os.close(folder)
        if stat is None or not status or cmdline is None or status_field(status, b"Tgid") != str(pid).encode():
            return None
        ns_pids = (status_field(status, b"NSpid") or str(pid).encode()).split()
        return ProcessFacts(
            pid=pid,
            start=stat.start,
            ns_pid=int(ns_pids[-1]),
            ns_depth=len(ns_pids),
            ppid=stat.ppid,
            pgid=stat.pgid,
            sid=stat.sid,
            comm=stat.comm.decode("utf-8", "replace"),
            argv=_argv(cmdline),
            state=stat.state,
            threads=stat.threads,
            masks=self._masks(pid, status, stat.threads),
        )

    def facts(self, pids: Iterable[int]) -> list[ProcessFacts]:
        """Of those that are still there, in the order given."""
        return [facts for pid in pids if (facts := self.read_process(pid)) is not None]

    def descendants(self, root: int) -> list[int]:
        """``root`` and everything below it, root first, then by (start, pid); [] when it is gone."""
        found = tree(self, [root], first=root)
        return found if found[:1] == [root] else []

    def processes_of_pid_namespace(self, init: int) -> list[int]:
        """See ``app/probe/members.py``."""
        return processes_of_pid_namespace(self, init)

    def container_processes(self, init: int, container_id: str) -> list[int]:
        """See ``app/probe/members.py``."""
        return container_processes(self, init, container_id)

    def _masks(self, pid: int, status: bytes, threads: int) -> Masks | None:
        names = (b"SigBlk", b"SigIgn", b"SigCgt", b"ShdPnd", b"SigPnd")
        found = [int(value, 16) for name in names if (value := status_field(status, name)) is not None]
        if len(found) < len(names):
            return None
        blocked, ignored, caught, shared, own = found
        if threads > 1:
            blocked, own = self._over_threads(pid, blocked, own)
        return Masks(blocked, ignored, caught, shared, own)

    def _over_threads(self, pid: int, blocked: int, pending: int) -> tuple[int, int]:
        """What all living threads block, and what is pending for any of them.

        A thread that has ended takes no signal: a leader that did so (state Z, others go on) does not count.
        """
        masks: list[int] = []
        for tid in self.tids(pid):
            status = self.read(pid, f"task/{tid}/status")
            if not status or (status_field(status, b"State") or b"?")[:1] in b"ZX":
                continue
            masks.append(int(status_field(status, b"SigBlk") or b"0", 16))
            pending |= int(status_field(status, b"SigPnd") or b"0", 16)
        return reduce(operator.and_, masks, masks[0]) if masks else blocked, pending


def _argv(cmdline: bytes) -> tuple[str, ...]:
    """The arguments, empty ones too.

    A program that wrote a title over its arguments leaves one text and zeros behind it: that is one argument then.
    """
    if not cmdline:
        return ()
    if len(cmdline) > ARGV_BYTES:
        cmdline = cmdline[:ARGV_BYTES] + "…".encode()
    words = [word.decode("utf-8", "replace") for word in cmdline.removesuffix(b"\0").split(b"\0")]
    return tuple(words if any(words[1:]) else words[:1])


def started_at(start: int) -> datetime:
    """When a process started, UTC, to about 0.01 s, from its clock ticks since boot.

    By the clocks as they are now: a wall clock that was set since then moves it.
    """
    boot_s = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
    return datetime.fromtimestamp(boot_s + start / TICKS_PER_S, UTC)
