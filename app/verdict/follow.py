"""Follows a stop signal through a tree: what the kernel does, what the program does, whom it passes it on to.

The kernel's answer comes from ``forecast.py``; what is known of programs only adds to it.  Nothing is sure that rests
on a name alone, on calls that nobody saw, or on code of a program that is not a forwarder with all its marks.
"""

from __future__ import annotations

from dataclasses import replace

from app.events.parts import Origin
from app.signals import FORCED, name_of
from app.verdict.action import UNSTEADY, action_path
from app.verdict.forecast import Forecast, forecast
from app.verdict.programs.forwarders import Passing, passing
from app.verdict.programs.habit import Habit
from app.verdict.programs.identity import called, program_of, who
from app.verdict.programs.inits import manner, taken_by_name
from app.verdict.programs.runtimes import runtime_path
from app.verdict.programs.servers import habit_of
from app.verdict.programs.traps import trap_path
from app.verdict.stop_path import StopPath
from app.verdict.tree import ProcessView, StopCase

_DEEPEST = 16  # forwarders above each other
_TAKEN = frozenset({"handler", "sigwait", "signalfd"})


def follow(
    subject: StopCase,
    member: ProcessView,
    number: int,
    origin: Origin,
    recipients: frozenset[int] = frozenset(),
    depth: int = 0,
) -> StopPath:
    """What comes of a signal for one process.  ``recipients``: all that get it at the same moment, by their pids."""
    found = forecast(member.subject, number, origin)
    taken = found.fate in _TAKEN or found.rule == "blocked_with_handler"
    held = found.rule == "blocked"
    misleading = taken_by_name(member) if held or found.fate in ("dropped", "ignored", "terminates") else ""
    if name_of(number) in FORCED or depth > _DEEPEST:
        return action_path(member, number, found)
    if not (taken or misleading or (held and manner(member, number))):
        return action_path(member, number, found)
    path = _taken(subject, member, number, found, recipients | {member.pid}, depth)
    return path if taken or held else path.doubted(misleading)


def _taken(
    subject: StopCase, member: ProcessView, number: int, found: Forecast, recipients: frozenset[int], depth: int
) -> StopPath:
    """Code of the program runs: a forwarder's, a manager's, a shell's, a runtime's, or its own."""
    program = program_of(member)
    if passed := passing(subject, member, number):
        return _passed(subject, member, number, passed, depth)
    if own := manner(member, number):
        return _by_habit(subject, member, name_of(number), own)
    if program.runtime == "shell":
        paths = {
            child.pid: follow(subject, child, number, "inside", recipients, depth + 1)
            for child in subject.children(member)
            if child.pid in recipients
        }
        return trap_path(subject, member, number, paths)
    if habit := habit_of(program.name, member, number):
        return _by_habit(subject, member, name_of(number), habit)
    if found.fate == "handler" and (path := runtime_path(member, program, number)):
        return path
    name = name_of(number)
    if found.fate == "handler":
        return StopPath("decides", f"{who(member)} has a handler for {name}; what that does is its own business.")
    if found.rule == "blocked_with_handler":
        return StopPath("decides", f"{who(member)} blocks {name} now and has a handler for it, which runs later.")
    if found.fate in _TAKEN:
        return StopPath("decides", f"{who(member)} waits for {name} itself; what it does then is its own business.")
    return StopPath("unknown", f"{who(member)}. {found.why}")


def _passed(subject: StopCase, member: ProcessView, number: int, passed: Passing, depth: int) -> StopPath:
    """A forwarder ends with its child, or stays with it."""
    name, main = name_of(number), passed.main
    if main is None:
        return StopPath("unknown", f"{who(member)} passes {name} on, but has no child now.")
    if not passed.signal:
        return StopPath("stays", f"{who(member)} is told to swallow {name}.")
    recipients = frozenset(each.pid for each in passed.to)
    inner = follow(subject, main, passed.signal, "inside", recipients, depth + 1)
    changed = f" as {name_of(passed.signal)}" if passed.signal != number else ""
    hop = f"{who(member)} passes {name} on to {who(main)}{changed}"
    path = replace(
        inner,
        why=f"{hop}. {inner.why}",
        sure=inner.sure and passed.marked,
        by_signal=False,
    )
    below = subject.below(main)
    if inner.end == "stays" and (below or len(recipients) > 1):
        path = replace(path, sure=False)  # what becomes of the others may end it
    if inner.end == "ends":
        path = _held(subject, member, passed, path, recipients, depth)
        untold = [each for each in below if each.pid not in recipients]
        if path.end == "ends" and untold and subject.root.subject.is_init:
            names = " and ".join(dict.fromkeys(called(each) for each in untold[:3]))
            path = replace(path, because=(*path.because, f"Not told, and killed with PID 1: {names}."))
    if member.uid != main.uid:
        path = path.doubted(f"{who(main)} runs as another user: it may not be allowed to signal it.")
    return path if member.steady else path.doubted(UNSTEADY)


def _held(
    subject: StopCase, member: ProcessView, passed: Passing, path: StopPath, recipients: frozenset[int], depth: int
) -> StopPath:
    """Whether another process that it waits for keeps it, though its child ends."""
    for other in passed.holds:
        if other.pid in recipients:
            kept = follow(subject, other, passed.signal, "inside", recipients, depth + 1).end != "ends"
        else:
            kept = True
        if kept:
            why = f"{path.why} But {who(member)} waits for {who(other)} too."
            fix = f"Run {called(member)} under an init (--init): as PID 1 it waits for orphans too."
            return StopPath("stays", why, because=path.because, fix=None if other.pid in recipients else fix)
    return path


def _by_habit(subject: StopCase, member: ProcessView, name: str, habit: Habit) -> StopPath:
    """What a well-known server does, with the connections that it has."""
    text = f"On {name}, {who(member)} {habit.text}"
    if habit.kind != "drains":
        return StopPath(habit.kind, f"{text}.", fix=habit.fix, due_s=habit.due_s)
    counts = [each.connections for each in (member, *subject.below(member))]
    if None in counts:
        return StopPath("decides", f"{text}; how many connections it has is not known.", fix=habit.fix)
    if open_now := sum(count or 0 for count in counts):
        several = "1 connection is" if open_now == 1 else f"{open_now} connections are"
        fix = habit.fix or "Give the stop more time than its longest request takes."
        return StopPath("decides", f"{text}; {several} open, in or out.", fix=fix)
    return StopPath("ends", f"{text}; no connection is open.", due_s=habit.due_s)
