"""From the kernel's records to what concerns the processes of some targets.

Records speak of threads of the whole machine.  Here they get their process and their target, what is noise is left
out, and what the kernel spreads over several records is put together again:

- A fatal default action is delivered as SIGKILL to every thread: the signal that was *sent* is the one to name.
- Every other thread of a process that ends or executes shows a delivered SIGKILL too, and nobody sent that one.
- When PID 1 of a namespace ends, the kernel kills the rest: with PID 1 as the sender, and a code of its own.
- The kernel's SIGCHLD is not told as a signal: it says how a child ended.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from app.probe.files import ProcFiles, status_field
from app.probe.names import Names
from app.probe.observations import (
    Action,
    Chosen,
    Gone,
    Missed,
    Observation,
    SignalDelivered,
    SignalGenerated,
    TreeChanged,
)
from app.probe.procfs import TICKS_PER_S, ProcessFacts
from app.probe.records import Delivered, Exec, Exit, Generated, Lost, NewTask, Record, Renamed, Victim
from app.probe.senders import Sender, Senders
from app.probe.standing import orphaned_groups

SIGKILL, SIGCHLD, SIGCONT, SIGSTOP, SIGURG, SIGWINCH = 9, 17, 18, 19, 23, 28
NO_DEFAULT = frozenset({SIGCHLD, SIGCONT, SIGURG, SIGWINCH})
JOB_CONTROL = frozenset({20, 21, 22})  # TSTP TTIN TTOU
CORE = frozenset({3, 4, 5, 6, 7, 8, 11, 24, 25, 31})
LIBRARY = frozenset({32, 33})  # the C library's own, between threads of one process
SI_KERNEL, SI_TKILL = 128, -6
CLD = {1: "exited", 2: "killed", 3: "dumped_core"}
AT_ONCE_NS = 50_000_000  # a fatal signal is delivered within this time, or something held it back
KEPT = 64  # signals sent to one process and not seen taken


@dataclass(slots=True)
class _Member:
    target: str
    pid: int
    is_init: bool = False
    ns_pid: int | None = None
    names: Names = field(default_factory=Names)
    renaming: Renamed | None = None  # it may have been another thread's name; an exec says that it was not
    sent: list[Generated] = field(default_factory=list)
    ended: bool = False


class TargetMatcher:
    """Who belongs to which target, and what the records say of them.  The caller owns the trace and the clock."""

    def __init__(self, files: ProcFiles | None = None, senders: Senders | None = None) -> None:
        self._files = files or ProcFiles()
        self._senders = senders or Senders(self._files)
        self._tids: dict[int, _Member] = {}
        self._parents: dict[int, str] = {}  # not members themselves, but what they start is
        self._dead: list[tuple[int, int]] = []  # (when, tid): forgotten a moment later
        self._zombies: dict[int, str] = {}  # ended, and seen by a look: there until one does not see them; their target

    def expect_children_of(self, target: str, parent: int) -> None:
        """What ``parent`` starts from now on belongs to the target."""
        self._parents[parent] = target

    def add_processes(self, target: str, seen: Iterable[ProcessFacts]) -> list[int]:
        """Take these as all processes of the target.  Gives the pids that are new, and so have still to be followed."""
        fresh = []
        gone = {pid for pid, of in self._zombies.items() if of == target}
        for facts in seen:
            member, zombie = self._tids.get(facts.pid), facts.state in "ZX"
            if member is None or member.target != target or (member.ended and not zombie):
                member = self._tids[facts.pid] = _Member(target, facts.pid)
                if not zombie:
                    fresh.append(facts.pid)
            if zombie:
                member.ended = False  # it can still be sent signals
                self._zombies[facts.pid] = target
                gone.discard(facts.pid)
            member.is_init, member.ns_pid = facts.is_init, facts.ns_pid
            member.names.seen(_read_at_ns(facts), facts.comm)
            for thread in facts.threads_of:
                self._tids.setdefault(thread.tid, member)
        for pid in gone:
            del self._zombies[pid]
            if (member := self._tids.get(pid)) and member.target == target and pid not in fresh:
                member.ended = True
                self._dead.append((time.clock_gettime_ns(time.CLOCK_MONOTONIC), pid))
        return fresh

    def forget(self, target: str) -> None:
        self._tids = {tid: member for tid, member in self._tids.items() if member.target != target}
        self._parents = {pid: name for pid, name in self._parents.items() if name != target}
        self._zombies = {pid: name for pid, name in self._zombies.items() if name != target}

    def tell(self, records: Iterable[Record]) -> list[Observation]:
        """What the records mean, in their order; one ``TreeChanged`` for each target that it is true of."""
        observed: list[Observation] = []
        changed: dict[str, None] = {}
        self._senders.look_again()
        for record in records:
            self._forget_dead(record.at_ns)
            match record:
                case Generated():
                    observed += self._generated(record)
                case Delivered():
                    observed += self._delivered(record)
                case NewTask():
                    self._new(record, changed)
                case Renamed():
                    self._renamed(record)
                case Exec():
                    if member := self._tids.get(record.tid):
                        changed[member.target] = None
                        if member.renaming:
                            self._renamed(replace(member.renaming, certain=True))
                case Exit():
                    self._exit(record, changed)
                case Victim():
                    if member := self._tids.get(record.tid):
                        comm = member.names.at(record.at_ns)
                        observed.append(Chosen(member.target, record.at_ns, member.pid, comm, self._ns_pid(member)))
                case Lost():
                    observed.append(Missed(record.count))
        return [*observed, *map(TreeChanged, changed)]

    def _new(self, record: NewTask, changed: dict[str, None]) -> None:
        parent = self._tids.get(record.tid)
        target = parent.target if parent else self._parents.get(record.tid)
        if target is None:
            return
        if record.thread and parent:
            self._tids[record.child] = parent
        elif not record.thread:
            child = self._tids[record.child] = _Member(target, record.child)
            child.names.renamed(record.at_ns, "", record.comm)
            changed[target] = None

    def _renamed(self, record: Renamed) -> None:
        """A name of the whole process is that of its first thread."""
        member = self._tids.get(record.tid)
        if member is None or member.pid != record.tid:
            return
        member.renaming = None if record.certain else record
        if record.certain:
            member.names.renamed(record.at_ns, record.was, record.comm)

    def _exit(self, record: Exit, changed: dict[str, None]) -> None:
        self._dead.append((record.at_ns, record.tid))
        member = self._tids.get(record.tid)
        if member and record.last:
            member.ended = True
            changed[member.target] = None

    def _forget_dead(self, now_ns: int) -> None:
        """A pid can come again; until then what is told late of the one that went still needs its name."""
        while self._dead and now_ns - self._dead[0][0] > 2_000_000_000:
            tid = self._dead.pop(0)[1]
            member = self._tids.get(tid)
            if member and (member.ended or tid != member.pid):
                del self._tids[tid]

    def _generated(self, record: Generated) -> list[Observation]:
        if record.signal == SIGCHLD and record.code in CLD:
            ended = self._tids.get(record.sender_tid)
            if ended is None:
                return []
            late = self._fatal(ended, record) if record.code > 1 else []
            return [*late, Gone(ended.target, ended.pid, CLD[record.code])]  # type: ignore[arg-type]
        member = self._tids.get(record.tid)
        if member is None or member.ended or _is_noise(record):
            return []
        sender = self._tids.get(record.sender_tid)
        if record.signal == SIGURG and record.code == SI_TKILL and sender is member:
            return []  # Go's runtime to its own threads, thousands of times
        if record.result != 1:
            member.sent = [*member.sent[1 - KEPT :], record]
        teardown = (
            record.signal == SIGKILL
            and record.code == SI_KERNEL
            and sender is not None
            and sender is not member
            and sender.is_init
        )
        return [
            SignalGenerated(
                target=member.target,
                at_ns=record.at_ns,
                signal=record.signal,
                code=record.code,
                pid=member.pid,
                thread=None if record.group else record.tid,
                comm=record.comm,
                ns_pid=self._ns_pid(member),
                result=record.result,
                sender=(
                    Sender(sender.pid, sender.names.at(record.at_ns), member=True)
                    if sender
                    else self._senders.of(record.sender_tid)
                ),
                teardown=teardown,
            )
        ]

    def _delivered(self, record: Delivered) -> list[Observation]:
        member = self._tids.get(record.tid)
        if member is None or _is_noise(record):
            return []
        self._ns_pid(member)  # and whether it is PID 1
        sent = next((each for each in member.sent if each.signal == record.signal), None)
        if record.signal == SIGKILL and sent is None:
            return self._fatal(member, record)
        if record.signal == SIGURG and sent is None:
            return []
        if sent:
            member.sent.remove(sent)
        action = self._action(member, record)
        if action == "default" and record.signal not in JOB_CONTROL | {SIGSTOP}:
            member.sent = []  # it ends of this one: whatever else waits is not what took it down
        return [self._taken(member, record, record.signal, action)]

    def _action(self, member: _Member, record: Delivered) -> Action:
        if record.handler > 1:
            return "handler"
        number = record.signal
        protected = member.is_init and number not in (SIGKILL, SIGSTOP)
        if record.handler == 1 or number in NO_DEFAULT or protected:
            return "dropped"
        if number in JOB_CONTROL and (stat := self._files.stat(member.pid)):
            return "dropped" if stat.pgid in self._orphaned(member.target) else "default"
        return "default"

    def _orphaned(self, target: str) -> set[int]:
        """The orphaned process groups of a target, by all of its members."""
        pids = {each.pid for each in self._tids.values() if each.target == target}
        stats = ((pid, self._files.stat(pid)) for pid in pids)
        return orphaned_groups(self._files, [(pid, stat) for pid, stat in stats if stat])

    def _fatal(self, member: _Member, record: Delivered | Generated) -> list[Observation]:
        """The kernel took the process down for a signal whose default action is that; or this is noise."""
        confirmed = isinstance(record, Generated)  # the parent was told that a signal ended it
        for sent in reversed(member.sent):
            if sent.signal in NO_DEFAULT | JOB_CONTROL or (sent.signal in CORE and not confirmed):
                continue
            if confirmed or record.at_ns - sent.at_ns < AT_ONCE_NS:
                member.sent = []
                return [self._taken(member, record, sent.signal, "default")]
        return []

    def _taken(self, member: _Member, record: Delivered | Generated, number: int, action: Action) -> SignalDelivered:
        thread = record.tid if isinstance(record, Delivered) and record.tid != member.pid else None
        return SignalDelivered(
            target=member.target,
            at_ns=record.at_ns,
            signal=number,
            code=record.code,
            pid=member.pid,
            thread=thread,
            comm=member.names.at(record.at_ns),
            ns_pid=self._ns_pid(member),
            action=action,
        )

    def _ns_pid(self, member: _Member) -> int | None:
        """Its pid inside, asked for where it is younger than the last look."""
        if member.ns_pid is None and (status := self._files.read(member.pid, "status")):
            ns_pids = (status_field(status, b"NSpid") or b"0").split()
            member.ns_pid = int(ns_pids[-1]) or None
            member.is_init = member.ns_pid == 1 and len(ns_pids) > 1
        return member.ns_pid


def _read_at_ns(facts: ProcessFacts) -> int:
    """When this was read; its name a moment before."""
    ago_s = 0.0
    if facts.age_s is not None:
        ago_s = time.clock_gettime(time.CLOCK_BOOTTIME) - facts.start / TICKS_PER_S - facts.age_s
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC) - int(ago_s * 1e9)


def _is_noise(record: Generated | Delivered) -> bool:
    """The C library's own between threads of one process, and how a child ended."""
    if record.signal in LIBRARY:
        return record.code == SI_TKILL
    return record.signal == SIGCHLD and record.code > 0
