"""From the kernel's records to what concerns the processes of some targets.

Records speak of threads of the whole machine.  Here they get their process and their target, what is noise is left
out, and what the kernel spreads over several records is put together again:

- A fatal default action is delivered as SIGKILL to every thread: the signal that was *sent* is the one to name.
- Every other thread of a process that ends or executes shows a delivered SIGKILL too, and nobody sent that one.
- When PID 1 of a namespace ends, the kernel kills the rest: with PID 1 as the sender, and a code of its own.
- The kernel's SIGCHLD is not told as a signal: it says how a child ended.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from app.probe.files import ProcFiles, status_field
from app.probe.procfs import ProcessFacts
from app.probe.senders import Senders
from app.probe.standing import orphaned_groups
from app.probe.told import Action, Gone, Missed, Moved, Sent, Taken, Told
from app.probe.trace import Delivered, Exec, Exit, Generated, Lost, NewTask, Record

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
    comm: str = ""
    sent: list[Generated] = field(default_factory=list)
    ended: bool = False


class Watch:
    """Who belongs to which target, and what the records say of them.  The caller owns the trace and the clock."""

    def __init__(self, files: ProcFiles | None = None, senders: Senders | None = None) -> None:
        self._files = files or ProcFiles()
        self._senders = senders or Senders(self._files)
        self._tids: dict[int, _Member] = {}
        self._parents: dict[int, str] = {}  # not members themselves, but what they start is
        self._dead: list[tuple[int, int]] = []  # (when, tid): forgotten a moment later

    def expect(self, target: str, parent: int) -> None:
        """What ``parent`` starts from now on belongs to the target."""
        self._parents[parent] = target

    def know(self, target: str, seen: Iterable[ProcessFacts]) -> list[int]:
        """These belong to the target.  Gives the pids that were not known, and so have still to be followed."""
        fresh = []
        for facts in seen:
            member = self._tids.get(facts.pid)
            if member is None or member.target != target or member.ended:
                member = self._tids[facts.pid] = _Member(target, facts.pid)
                if facts.state not in "ZX":
                    fresh.append(facts.pid)
            member.is_init, member.ns_pid, member.comm = facts.is_init, facts.ns_pid, facts.comm
            for thread in facts.threads_of:
                self._tids.setdefault(thread.tid, member)
        return fresh

    def forget(self, target: str) -> None:
        self._tids = {tid: member for tid, member in self._tids.items() if member.target != target}
        self._parents = {pid: name for pid, name in self._parents.items() if name != target}

    def tell(self, records: Iterable[Record]) -> list[Told]:
        """What the records mean, in their order; one ``Moved`` for each target that it is true of."""
        told: list[Told] = []
        moved: dict[str, None] = {}
        for record in records:
            match record:
                case Generated():
                    told += self._generated(record)
                case Delivered():
                    told += self._delivered(record)
                case NewTask():
                    self._new(record, moved)
                case Exec():
                    if member := self._tids.get(record.tid):
                        moved[member.target] = None
                case Exit():
                    self._exit(record, moved)
                case Lost():
                    told.append(Missed(record.count))
        return [*told, *map(Moved, moved)]

    def _new(self, record: NewTask, moved: dict[str, None]) -> None:
        parent = self._tids.get(record.tid)
        target = parent.target if parent else self._parents.get(record.tid)
        if target is None:
            return
        if record.thread and parent:
            self._tids[record.child] = parent
        elif not record.thread:
            self._tids[record.child] = _Member(target, record.child, comm=record.comm)
            moved[target] = None

    def _exit(self, record: Exit, moved: dict[str, None]) -> None:
        self._forget_dead(record.at_ns)
        self._dead.append((record.at_ns, record.tid))
        member = self._tids.get(record.tid)
        if member and record.last:
            member.ended = True
            moved[member.target] = None

    def _forget_dead(self, now_ns: int) -> None:
        """A pid can come again; until then what is told late of the one that went still needs its name."""
        while self._dead and now_ns - self._dead[0][0] > 2_000_000_000:
            tid = self._dead.pop(0)[1]
            member = self._tids.get(tid)
            if member and (member.ended or tid != member.pid):
                del self._tids[tid]

    def _generated(self, record: Generated) -> list[Told]:
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
            Sent(
                target=member.target,
                at_ns=record.at_ns,
                signal=record.signal,
                code=record.code,
                pid=member.pid,
                thread=None if record.group else record.tid,
                comm=record.comm,
                ns_pid=self._named(member, record.comm).ns_pid,
                result=record.result,
                sender=self._senders.of(
                    record.sender_tid, sender.pid if sender else None, sender.comm if sender else ""
                ),
                teardown=teardown,
            )
        ]

    def _delivered(self, record: Delivered) -> list[Told]:
        member = self._tids.get(record.tid)
        if member is None or _is_noise(record):
            return []
        self._named(member, "")
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

    def _fatal(self, member: _Member, record: Delivered | Generated) -> list[Told]:
        """The kernel took the process down for a signal whose default action is that; or this is noise."""
        confirmed = isinstance(record, Generated)  # the parent was told that a signal ended it
        for sent in reversed(member.sent):
            if sent.signal in NO_DEFAULT | JOB_CONTROL or (sent.signal in CORE and not confirmed):
                continue
            if confirmed or record.at_ns - sent.at_ns < AT_ONCE_NS:
                member.sent = []
                return [self._taken(member, record, sent.signal, "default")]
        return []

    def _taken(self, member: _Member, record: Delivered | Generated, number: int, action: Action) -> Taken:
        thread = record.tid if isinstance(record, Delivered) and record.tid != member.pid else None
        named = self._named(member, member.comm)
        return Taken(
            member.target, record.at_ns, number, record.code, member.pid, thread, named.comm, named.ns_pid, action
        )

    def _named(self, member: _Member, comm: str) -> _Member:
        """With its name, and its pid inside, asked for where it is younger than the last look."""
        member.comm = comm or member.comm
        if member.ns_pid is None and (status := self._files.read(member.pid, "status")):
            ns_pids = (status_field(status, b"NSpid") or b"0").split()
            member.ns_pid = int(ns_pids[-1]) or None
            member.is_init = member.ns_pid == 1 and len(ns_pids) > 1
            member.comm = member.comm or (status_field(status, b"Name") or b"").decode("utf-8", "replace")
        return member


def _is_noise(record: Generated | Delivered) -> bool:
    """The C library's own between threads of one process, and how a child ended."""
    if record.signal in LIBRARY:
        return record.code == SI_TKILL
    return record.signal == SIGCHLD and record.code > 0
