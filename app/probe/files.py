"""The raw files of a /proc, read as cheaply as Python can.

``os.read`` on purpose, not ``open()``: a file object costs more than the kernel needs for the file, and these are read
by the thousand.  A process can go between any two reads, so nothing here raises for a file that is not there: it
answers None or leaves it out.  Names are bytes of the program's choice (newlines, carriage returns, parentheses):
``stat`` is split at the *last* parenthesis, and a line of ``status`` is found by the newline before it, which the
kernel escapes inside names (and only that, so ``splitlines`` would be fooled).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

CHUNK = 65536


class Stat(NamedTuple):
    """What is used of /proc/PID/stat."""

    comm: bytes
    state: str  # one letter
    ppid: int  # 0: none, or not to be seen from this /proc
    pgid: int
    sid: int
    threads: int
    start: int  # field 22: clock ticks since boot


def read_file(path: str, *, dir_fd: int | None = None, limit: int | None = None) -> bytes | None:
    """The whole file, or its first ``limit`` bytes; None when it cannot be read (gone, or not ours to see)."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=dir_fd)
    except OSError:
        return None
    try:
        found = os.read(fd, CHUNK)
        while (limit is None or len(found) < limit) and (more := os.read(fd, CHUNK)):
            found += more
        return found[:limit]
    except OSError:  # ESRCH: it went while it was read
        return None
    finally:
        os.close(fd)


def parse_stat(raw: bytes | None) -> Stat | None:
    """None for None, and for what is no stat line."""
    if not raw or (end := raw.rfind(b")")) < 0:
        return None
    after = raw[end + 2 :].split(None, 20)
    comm = raw[raw.index(b"(") + 1 : end]
    ppid, pgid, sid = map(int, after[1:4])
    return Stat(comm, after[0].decode(), ppid, pgid, sid, int(after[17]), int(after[19]))


def status_field(status: bytes, name: bytes) -> bytes | None:
    """The value of one line of /proc/PID/status; None where this kernel has no such line."""
    first = status.startswith(name + b":")  # the first line has no newline before it
    at = -1 if first else status.find(b"\n" + name + b":")
    if at < 0 and not first:
        return None
    return status[at + len(name) + 2 : status.index(b"\n", at + 1)].strip()


class ProcFiles:
    """A /proc file system; ``root`` and ``cgroup_root`` are other folders where they are mounted elsewhere."""

    def __init__(self, root: Path = Path("/proc"), cgroup_root: Path = Path("/sys/fs/cgroup")) -> None:
        self.root, self.cgroup_root = str(root), str(cgroup_root)
        self._lists_children = os.path.exists(f"{self.root}/thread-self/children")  # needs CONFIG_PROC_CHILDREN

    def read(self, pid: int, name: str) -> bytes | None:
        """One file of one process."""
        return read_file(f"{self.root}/{pid}/{name}")

    def stat(self, pid: int) -> Stat | None:
        return parse_stat(self.read(pid, "stat"))

    def identity(self, pid: int) -> tuple[int, int] | None:
        """``(pid, start)``, which no other process will ever have; None when there is none."""
        stat = self.stat(pid)
        return None if stat is None else (pid, stat.start)

    def pids(self) -> list[int]:
        """All processes of this /proc."""
        return [int(name) for name in os.listdir(self.root) if name.isdecimal()]

    def tids(self, pid: int) -> list[int]:
        """All threads of a process, the leader among them."""
        try:
            return [int(name) for name in os.listdir(f"{self.root}/{pid}/task")]
        except OSError:
            return []

    def children(self, pid: int) -> list[int]:
        """Pids of the children, living and dead, in no order.  Of many parents, ask ``family`` instead."""
        return self.family()(pid, None)

    def family(self) -> Callable[[int, int | None], list[int]]:
        """A function ``(pid, threads) -> children`` for one walk; ``threads`` None: not known.

        It asks the kernel per thread where that keeps lists of children; elsewhere all parents are read once, now.
        """
        if self._lists_children:
            return self._listed_children
        below: dict[int, list[int]] = {}
        for pid in self.pids():
            if stat := self.stat(pid):
                below.setdefault(stat.ppid, []).append(pid)
        return lambda pid, _threads: below.get(pid, [])

    def _listed_children(self, pid: int, threads: int | None) -> list[int]:
        found: list[int] = []
        for tid in [pid] if threads == 1 else self.tids(pid):
            found += map(int, (self.read(pid, f"task/{tid}/children") or b"").split())
        return found
