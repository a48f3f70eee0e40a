"""Advice before a stop is made: the forecast's own fix, word for word, with the lines to copy for it.

The forecast says what helps; what is changed for it is looked for among the remedies that this very text can come
from.  So forecast, finding and lines cannot disagree, and a fix without lines is still shown as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.events import TargetStarted
from app.events.parts import Advice, Change
from app.signals import name_of
from app.verdict.copies import Copies
from app.verdict.programs.forwarders import passing
from app.verdict.programs.identity import called, program_of
from app.verdict.programs.inits import manner
from app.verdict.programs.runtimes import runtime_path
from app.verdict.programs.servers import HABITS, habit_of
from app.verdict.programs.shells import doing
from app.verdict.remedies import Remedy, asks_somebody, last_of, remedy, waited_for
from app.verdict.stop import StopSaid
from app.verdict.telling_how import DEFAULT_S, STOP_TIMEOUT, TIMES, shown, timeout_lines
from app.verdict.tree import ProcessView, StopCase


@dataclass(frozen=True, slots=True)
class Asking:
    signal: str
    timeout_s: int


@dataclass(frozen=True)
class Ahead:
    """A stop that nobody has asked for."""

    started: TargetStarted
    subject: StopCase

    @property
    def asked(self) -> Asking:
        return Asking(name_of(self.subject.signal), self.subject.timeout_s)

    def member(self, pid: int) -> ProcessView | None:
        return next((each for each in self.subject.members if each.pid == pid), None)


def advise_ahead(case: Ahead, said: StopSaid) -> Advice | None:
    """None: the forecast names no fix."""
    if case.asked.signal == "SIGKILL":
        return shown(case, asks_somebody(case.subject.root))
    if said.fix is None:
        return None
    for found in _candidates(case.subject):
        if found.text == said.fix:
            return shown(case, found)
    had = case.asked.timeout_s
    more = max(DEFAULT_S, had * TIMES)
    kind = "longer_timeout" if had > 0 else "timeout"
    return Advice(
        kind=kind,
        text=said.fix,
        note=STOP_TIMEOUT,
        at=timeout_lines(Copies(case.started), more),
        change=Change(stop_timeout_s=more),
    )


def _candidates(subject: StopCase) -> Iterator[Remedy]:
    """All that a fix of this tree can mean, where it does not ask for more time."""
    if found := remedy(subject, last_of(subject)):
        yield found
    for member in _along(subject):
        program, name = program_of(member), name_of(subject.signal)
        if own := manner(member, subject.signal):
            better = "SIGRTMIN+3" if program.name == "systemd" else "SIGTERM"
            yield Remedy("stop_signal", own.fix or "", member, signal=better)
        if habit := habit_of(program.name, member, subject.signal):
            ends = next((each for each, other in HABITS[program.name].items() if other.kind == "ends"), "")
            if ends and ends != name:
                yield Remedy("stop_signal", habit.fix or "", member, signal=ends)
        if children := doing(subject, member).children if program.runtime == "shell" else ():
            yield Remedy("trap_and_wait", waited_for(children), member, children)
        if path := runtime_path(member, program, subject.signal):
            yield Remedy("init", path.fix or "", member, init=True)
        text = f"Run {called(member)} under an init (--init): as PID 1 it waits for orphans too."
        yield Remedy("init", text, member, init=True)


def _along(subject: StopCase) -> Iterator[ProcessView]:
    """The root, and those to whom one forwarder after the other passes the signal."""
    member: ProcessView | None = subject.root
    seen: set[int] = set()
    while member is not None and member.pid not in seen:
        yield member
        seen.add(member.pid)
        passed = passing(subject, member, subject.signal)
        member = passed.main if passed else None
