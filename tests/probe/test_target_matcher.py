"""What records mean, with records of our own: of a pid that comes again, and of a name that may be a thread's."""

from __future__ import annotations

from dataclasses import replace

from app.probe.observations import Chosen, SignalDelivered, SignalGenerated
from app.probe.procfs import Masks, ProcessFacts
from app.probe.records import Exec, Exit, Generated, Record, Renamed, Victim
from app.probe.target_matcher import TargetMatcher

S = 1_000_000_000
NOW = 10**15  # later than any look of this machine
NOBODY = 4_100_000  # more than a pid can be: nobody has it
ROOT = ProcessFacts(NOBODY, 100, 1, 2, 9, NOBODY, NOBODY, "server", ("server",), "S", 1, Masks(0, 0, 0, 0, 0))
HELPER = replace(ROOT, pid=NOBODY + 1, start=101, ns_pid=2, ppid=ROOT.pid, comm="helper", argv=("helper",))


def term(at_ns: int, to: int, sender: int) -> Generated:
    return Generated(at_ns, 15, 0, 0, to, "server", group=True, result=0, sender_tid=sender)


def senders(matcher: TargetMatcher, *records: Record) -> list[tuple[str | None, bool]]:
    return [
        (each.sender.comm, each.sender.member) for each in matcher.tell(records) if isinstance(each, SignalGenerated)
    ]


def test_a_pid_that_comes_again_is_somebody_else() -> None:
    matcher = TargetMatcher()
    matcher.add_processes("t", [ROOT, HELPER])
    at_the_end = term(NOW + S, ROOT.pid, HELPER.pid)
    assert senders(matcher, Exit(NOW, HELPER.pid, last=True), at_the_end) == [("helper", True)], "told late"
    assert senders(matcher, term(NOW + 3600 * S, ROOT.pid, HELPER.pid)) == [(None, False)]


def test_a_zombie_is_of_the_target_until_a_look_does_not_see_it() -> None:
    matcher = TargetMatcher()
    matcher.add_processes("t", [ROOT, HELPER])
    matcher.tell([Exit(NOW, HELPER.pid, last=True)])
    assert matcher.add_processes("t", [ROOT, replace(HELPER, state="Z")]) == [], "nobody to follow"
    assert len(matcher.tell([term(NOW + 3 * S, HELPER.pid, ROOT.pid)])) == 1
    matcher.add_processes("t", [ROOT])
    assert matcher.tell([term(NOW + 3600 * S, HELPER.pid, ROOT.pid)]) == []


def test_where_the_kernel_does_not_tell_whose_name_it_was_only_an_exec_is_believed() -> None:
    matcher = TargetMatcher()
    matcher.add_processes("t", [ROOT, HELPER])
    of_a_thread = Renamed(NOW, ROOT.pid, "worker", "io-3", certain=False)
    assert senders(matcher, of_a_thread, term(NOW + 1, HELPER.pid, ROOT.pid)) == [("server", True)]
    execed: list[Record] = [Renamed(NOW + 2, ROOT.pid, "server", "other", certain=False), Exec(NOW + 3, ROOT.pid)]
    assert senders(matcher, *execed, term(NOW + 4, HELPER.pid, ROOT.pid)) == [("other", True)]
    taken = matcher.tell([term(NOW + 5, ROOT.pid, 0)])
    assert not [each for each in taken if isinstance(each, SignalDelivered)]


def test_whom_the_kernel_chose_is_told_where_it_is_of_a_target() -> None:
    matcher = TargetMatcher()
    matcher.add_processes("t", [ROOT, HELPER])
    assert matcher.tell([Victim(NOW, HELPER.pid), Victim(NOW, NOBODY + 7)]) == [
        Chosen("t", NOW, HELPER.pid, "helper", 2)
    ]
