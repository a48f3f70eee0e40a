"""Facts about processes, read from /proc (proc(5)).

A process can go at any moment between two reads: everything here answers None, or leaves it out, and never raises for
that.  Names are whatever a program likes (newlines, parentheses, bytes that are no UTF-8), so ``stat`` is split at the
*last* parenthesis.  A kernel that does not show the signal lines (gVisor) gives ``masks=None``: unknown, never zero.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
CONTROLLERS = ("pids", "memory", "systemd", "unified", "freezer", "cpu", "")


@dataclass(frozen=True, slots=True)
class Masks:
    """Signal sets as whole numbers: bit n-1 stands for signal n.  ``blocked`` is what *every* thread blocks."""

    blocked: int
    ignored: int
    caught: int
    pending_process: int
    pending_thread: int

    def to_wire(self) -> dict[str, str]:
        """16 hexadecimal digits each, as events carry them."""
        pending = self.pending_process | self.pending_thread
        named = {"blocked": self.blocked, "ignored": self.ignored, "caught": self.caught, "pending": pending}
        return {name: f"{mask:016x}" for name, mask in named.items()}


@dataclass(frozen=True, slots=True)
class ProcessFacts:
    """One process at one moment.  ``ns_pid`` is its pid inside its own PID namespace (the last of NSpid)."""

    pid: int
    start: int  # clock ticks since boot
    ns_pid: int
    ns_depth: int  # 1: the namespace of this /proc
    ppid: int
    pgid: int
    sid: int
    comm: str
    argv: tuple[str, ...]  # empty for zombies and kernel threads
    state: str  # one letter
    threads: int
    masks: Masks | None


def signals_in(mask: int) -> tuple[int, ...]:
    """Numbers of the signals in a mask."""
    return tuple(number for number in range(1, mask.bit_length() + 1) if mask >> (number - 1) & 1)


class Proc:
    """A /proc file system; ``root`` is another folder where one is mounted elsewhere."""

    def __init__(self, root: Path = Path("/proc"), cgroup_root: Path = Path("/sys/fs/cgroup")) -> None:
        self._root, self._cgroups = str(root), cgroup_root

    def _read(self, *parts: object) -> bytes | None:
        try:
            with open("/".join((self._root, *map(str, parts))), "rb") as file:
                return file.read()
        except OSError:
            return None

    def identity(self, pid: int) -> tuple[int, int] | None:
        """``(pid, start)``, which no other process will ever have; None when there is none."""
        raw = self._read(pid, "stat")
        return None if raw is None else (pid, int(raw[raw.rindex(b")") + 2 :].split()[19]))

    def read_process(self, pid: int) -> ProcessFacts | None:
        """None when it is gone."""
        stat, status, cmdline = self._read(pid, "stat"), self._read(pid, "status"), self._read(pid, "cmdline")
        if stat is None or status is None or cmdline is None:
            return None
        after = stat[stat.rindex(b")") + 2 :].split()
        comm = stat[stat.index(b"(") + 1 : stat.rindex(b")")]
        lines = dict(line.split(b":", 1) for line in status.splitlines() if b":" in line)
        ns_pids = lines.get(b"NSpid", str(pid).encode()).split()
        threads = int(after[17])
        return ProcessFacts(
            pid=pid,
            start=int(after[19]),
            ns_pid=int(ns_pids[-1]),
            ns_depth=len(ns_pids),
            ppid=int(after[1]),
            pgid=int(after[2]),
            sid=int(after[3]),
            comm=comm.decode("utf-8", "replace"),
            argv=tuple(word.decode("utf-8", "replace") for word in cmdline.rstrip(b"\0").split(b"\0"))
            if cmdline
            else (),
            state=after[0].decode(),
            threads=threads,
            masks=self._masks(pid, lines, threads),
        )

    def _masks(self, pid: int, lines: dict[bytes, bytes], threads: int) -> Masks | None:
        try:
            blocked, ignored, caught, shared, own = (
                int(lines[name], 16) for name in (b"SigBlk", b"SigIgn", b"SigCgt", b"ShdPnd", b"SigPnd")
            )
        except KeyError:
            return None
        if threads > 1:
            for tid in self._tasks(pid):
                status = self._read(pid, "task", tid, "status") or b""
                if (at := status.find(b"SigBlk:")) >= 0:
                    blocked &= int(status[at + 7 : status.index(b"\n", at)], 16)
        return Masks(blocked, ignored, caught, shared, own)

    def _tasks(self, pid: int) -> list[int]:
        try:
            return [int(name) for name in os.listdir(f"{self._root}/{pid}/task")]
        except OSError:
            return []

    def children(self, pid: int) -> list[int]:
        """Pids of the living and dead children, in no order."""
        found: list[int] = []
        for tid in self._tasks(pid):
            found += map(int, (self._read(pid, "task", tid, "children") or b"").split())
        return found

    def descendants(self, root: int) -> list[int]:
        """``root`` and everything below it, parents first; empty when it is gone."""
        if self.identity(root) is None:
            return []
        found = [root]
        for pid in found:
            found += self.children(pid)
        return list(dict.fromkeys(found))

    def facts(self, pids: Iterable[int]) -> list[ProcessFacts]:
        """Of those that are still there, in the order given."""
        return [facts for pid in pids if (facts := self.read_process(pid)) is not None]

    def cgroup_pids(self, pid: int, holds: str) -> list[int]:
        """Pids of the control group that ``pid`` is in, and of those below; empty where none names ``holds``.

        ``holds`` is a container id: it keeps a ``--pid host`` container from being taken for the whole machine.
        """
        for line in (self._read(pid, "cgroup") or b"").decode().splitlines():
            _, controllers, path = line.split(":", 2)
            if holds not in path:
                continue
            for folder in self._cgroup_folders(controllers, path):
                if folder.is_dir():
                    return list(_pids_below(folder))
        return []

    def _cgroup_folders(self, controllers: str, path: str) -> Iterator[Path]:
        name = controllers.removeprefix("name=")
        for folder in (name, "unified" if not name else "", ""):
            yield self._cgroups / folder / path.lstrip("/")

    def container_pids(self, init: int, container_id: str) -> list[int]:
        """Every process of a container: of its control group, and dead ones that only their parents still know."""
        members = self.cgroup_pids(init, container_id) or self.descendants(init)
        known = dict.fromkeys([init, *members])
        for pid in list(known):
            known |= dict.fromkeys(self.children(pid))
        return list(known) if self.identity(init) else []


def _pids_below(folder: Path) -> Iterator[int]:
    for file in (folder / "cgroup.procs", *folder.glob("**/*/cgroup.procs")):
        try:
            yield from map(int, file.read_text().split())
        except OSError:
            continue


def started_at(start: int) -> datetime:
    """When a process started, UTC, from its clock ticks since boot."""
    boot_s = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
    return datetime.fromtimestamp(boot_s + start / TICKS_PER_S, UTC)
