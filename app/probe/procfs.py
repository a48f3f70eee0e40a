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
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import reduce

from app.probe.files import ProcFiles, Stat, parse_stat, read_file, status_field
from app.probe.masks import Action, Dispositions, Masks, disposition_of, dispositions, signals_in
from app.probe.members import container_processes, processes_of_cgroup, processes_of_pid_namespace, tree
from app.probe.standing import Frozen, freezer, orphaned_groups
from app.probe.threads import ThreadFacts, living_threads, signalfd_mask
from app.probe.work import connections, program, waits_for_child

__all__ = [
    "Action",
    "Dispositions",
    "Masks",
    "Proc",
    "ProcessFacts",
    "ThreadFacts",
    "disposition_of",
    "dispositions",
    "processes_of_cgroup",
    "signals_in",
    "started_at",
]

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
PREPARING_S = 30.0  # since its fork: then it is no engine that prepares a container, whatever it calls itself
RUNTIMES = ("runc:[", "crun")  # how their own name begins until they execute the program
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
    threads_of: tuple[ThreadFacts, ...] = ()  # the living ones, the leader first; empty without masks
    leader_blocked: int = 0  # of the first thread, even when it has ended and others go on
    leader_waited: int = 0
    is_init: bool = False  # PID 1 of a PID namespace inside that of this /proc
    traced: bool = False  # a debugger is attached to one of its threads
    frozen: Frozen = ""
    orphaned: bool = False  # its process group, setpgid(2)
    uid: int | None = None  # effective
    exe: str | None = None  # what it executes, by its own root; None: it may not be asked
    wait_call: bool | None = None  # its first thread waits for a child; None: nobody can tell
    age_s: float | None = field(default=None, compare=False)  # since its start, when it was read
    connections: int | None = None  # only where they were asked for: see ``busy``

    @property
    def steady(self) -> bool:
        """False: a thread of it ran while it was looked at, so its masks may be those of two moments."""
        return all(thread.steady for thread in self.threads_of)

    @property
    def preparing(self) -> bool:
        """It is still runc or crun, about to become the container's program: its handlers are those of the runtime.

        The engine says that a container has started when the runtime has been told to go on, not when it has.
        """
        young = self.age_s is not None and self.age_s < PREPARING_S
        return self.is_init and young and self.comm.startswith(RUNTIMES)


class Proc(ProcFiles):
    """A /proc file system, decoded."""

    def read_process(self, pid: int, frozen: Callable[[int], Frozen] | None = None) -> ProcessFacts | None:
        """None when it is gone, or when ``pid`` is that of a thread only.

        ``orphaned`` is told by its own parent alone; ``facts`` looks at the other members of its group too.
        """
        try:
            folder = os.open(f"{self.root}/{pid}", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            stat = parse_stat(read_file("stat", dir_fd=folder))
            read_s = time.clock_gettime(time.CLOCK_BOOTTIME)  # at once: the name may change while the rest is read
            status = read_file("status", dir_fd=folder)
            cmdline = read_file("cmdline", dir_fd=folder, limit=ARGV_BYTES + 1)
        finally:
            os.close(folder)
        if stat is None or not status or cmdline is None or status_field(status, b"Tgid") != str(pid).encode():
            return None
        return self._decoded(pid, stat, status, cmdline, (frozen or freezer(self))(pid), read_s)

    def _decoded(
        self, pid: int, stat: Stat, status: bytes, cmdline: bytes, frozen: Frozen, read_s: float
    ) -> ProcessFacts:
        ns_pids = (status_field(status, b"NSpid") or str(pid).encode()).split()
        found = _masks(status)
        threads = living_threads(self, pid, stat.threads, status) if found else ()
        leader = next((each for each in threads if each.tid == pid), None)
        masks = found and _over_threads(found, threads)
        if masks and (read := signalfd_mask(self, pid)):
            masks = replace(masks, signalfd=read)
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
            masks=masks,
            threads_of=threads,
            leader_blocked=leader.blocked if leader else found.blocked if found else 0,
            leader_waited=leader.waited if leader else 0,
            is_init=ns_pids[-1] == b"1" and len(ns_pids) > 1,
            traced=(status_field(status, b"TracerPid") or b"0") != b"0" or any(each.traced for each in threads),
            frozen=frozen,
            orphaned=stat.pgid in orphaned_groups(self, [(pid, stat)]),
            uid=int((status_field(status, b"Uid") or b"0 0").split()[1]),
            exe=program(self, pid),
            wait_call=waits_for_child(self, pid),
            age_s=read_s - stat.start / TICKS_PER_S,
        )

    def facts(self, pids: Iterable[int]) -> list[ProcessFacts]:
        """Of those that are still there, in the order given."""
        reading = self.reading(pids)
        while True:
            try:
                next(reading)
            except StopIteration as end:
                found: list[ProcessFacts] = end.value
                return found

    def reading(self, pids: Iterable[int]) -> Generator[None, None, list[ProcessFacts]]:
        """As ``facts``, with a pause after each process: there may be hundreds, at 0.3 ms each."""
        frozen = freezer(self)
        found = []
        for pid in pids:
            if (facts := self.read_process(pid, frozen)) is not None:
                found.append(facts)
            yield
        orphaned = orphaned_groups(self, ((facts.pid, facts) for facts in found))
        return [replace(facts, orphaned=facts.pgid in orphaned) if facts.orphaned else facts for facts in found]

    def busy(self, seen: Iterable[ProcessFacts]) -> list[ProcessFacts]:
        """The same with their open connections, which takes longer than all the rest."""
        tables: dict[str, set[bytes]] = {}
        return [replace(facts, connections=connections(self, facts.pid, tables)) for facts in seen]

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


def _masks(status: bytes) -> Masks | None:
    """Of the first thread; None: this kernel does not show them."""
    names = (b"SigBlk", b"SigIgn", b"SigCgt", b"ShdPnd", b"SigPnd")
    found = [int(value, 16) for name in names if (value := status_field(status, name)) is not None]
    return Masks(*found) if len(found) == len(names) else None


def _over_threads(leader: Masks, threads: tuple[ThreadFacts, ...]) -> Masks:
    """What all living threads block, and what is pending for, or waited for by, any of them."""
    if not threads:
        return leader
    return replace(
        leader,
        blocked=reduce(operator.and_, (thread.blocked for thread in threads)),
        pending_thread=reduce(operator.or_, (thread.pending for thread in threads)),
        waited=reduce(operator.or_, (thread.waited for thread in threads)),
    )


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
