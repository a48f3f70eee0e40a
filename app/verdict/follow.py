"""Follows a stop signal through a tree: what the kernel does, what the program does, whom it passes it on to.

The kernel's answer comes from ``forecast.py``; what is known of programs only adds to it.  Nothing is sure that rests
on a name alone, on calls that nobody saw, or on code of a program that is not a forwarder with all its marks.
"""

from __future__ import annotations

from dataclasses import replace

from app.events.parts import Origin
from app.signals import FORCED, name_of
from app.verdict.action import UNSTEADY, action_course
from app.verdict.course import Course
from app.verdict.forecast import Forecast, forecast
from app.verdict.programs.forwarders import Passing, passing
from app.verdict.programs.habit import Habit
from app.verdict.programs.identity import called, program_of, who
from app.verdict.programs.inits import manner, taken_by_name
from app.verdict.programs.runtimes import runtime_course
from app.verdict.programs.servers import habit_of
from app.verdict.programs.traps import trap_course
from app.verdict.tree import Member, StopSubject

_DEEPEST = 16  # forwarders above each other
_TAKEN = frozenset({"handler", "sigwait", "signalfd"})


def follow(
    subject: StopSubject,
    member: Member,
    number: int,
    origin: Origin,
    recipients: frozenset[int] = frozenset(),
    depth: int = 0,
) -> Course:
    """What comes of a signal for one process.  ``recipients``: all that get it at the same moment, by their pids."""
    found = forecast(member.subject, number, origin)
    taken = found.fate in _TAKEN or found.rule == "blocked_with_handler"
    held = found.rule == "blocked"
    misleading = taken_by_name(member) if held or found.fate in ("dropped", "ignored", "terminates") else ""
    if name_of(number) in FORCED or depth > _DEEPEST:
        return action_course(member, number, found)
    if not (taken or misleading or (held and manner(member, number))):
        return action_course(member, number, found)
    course = _taken(subject, member, number, found, recipients | {member.pid}, depth)
    return course if taken or held else course.doubted(misleading)


def _taken(
    subject: StopSubject, member: Member, number: int, found: Forecast, recipients: frozenset[int], depth: int
) -> Course:
    """Code of the program runs: a forwarder's, a manager's, a shell's, a runtime's, or its own."""
    program = program_of(member)
    if passed := passing(subject, member, number):
        return _passed(subject, member, number, passed, depth)
    if own := manner(member, number):
        return _by_habit(subject, member, name_of(number), own)
    if program.runtime == "shell":
        courses = {
            child.pid: follow(subject, child, number, "inside", recipients, depth + 1)
            for child in subject.children(member)
            if child.pid in recipients
        }
        return trap_course(subject, member, number, courses)
    if habit := habit_of(program.name, member, number):
        return _by_habit(subject, member, name_of(number), habit)
    if found.fate == "handler" and (course := runtime_course(member, program, number)):
        return course
    name = name_of(number)
    if found.fate == "handler":
        return Course("decides", f"{who(member)} has a handler for {name}; what that does is its own business.")
    if found.rule == "blocked_with_handler":
        return Course("decides", f"{who(member)} blocks {name} now and has a handler for it, which runs later.")
    if found.fate in _TAKEN:
        return Course("decides", f"{who(member)} waits for {name} itself; what it does then is its own business.")
    return Course("unknown", f"{who(member)}. {found.why}")


def _passed(subject: StopSubject, member: Member, number: int, passed: Passing, depth: int) -> Course:
    """A forwarder ends with its child, or stays with it."""
    name, main = name_of(number), passed.main
    if main is None:
        return Course("unknown", f"{who(member)} passes {name} on, but has no child now.")
    if not passed.signal:
        return Course("stays", f"{who(member)} is told to swallow {name}.")
    recipients = frozenset(each.pid for each in passed.to)
    inner = follow(subject, main, passed.signal, "inside", recipients, depth + 1)
    changed = f" as {name_of(passed.signal)}" if passed.signal != number else ""
    hop = f"{who(member)} passes {name} on to {who(main)}{changed}"
    course = replace(
        inner,
        why=f"{hop}. {inner.why}",
        sure=inner.sure and passed.marked,
        by_signal=False,
    )
    below = subject.below(main)
    if inner.end == "stays" and (below or len(recipients) > 1):
        course = replace(course, sure=False)  # what becomes of the others may end it
    if inner.end == "ends":
        course = _held(subject, member, passed, course, recipients, depth)
        untold = [each for each in below if each.pid not in recipients]
        if course.end == "ends" and untold and subject.root.subject.is_init:
            names = " and ".join(dict.fromkeys(called(each) for each in untold[:3]))
            course = replace(course, because=(*course.because, f"Not told, and killed with PID 1: {names}."))
    if member.uid != main.uid:
        course = course.doubted(f"{who(main)} runs as another user: it may not be allowed to signal it.")
    return course if member.steady else course.doubted(UNSTEADY)


def _held(
    subject: StopSubject, member: Member, passed: Passing, course: Course, recipients: frozenset[int], depth: int
) -> Course:
    """Whether another process that it waits for keeps it, though its child ends."""
    for other in passed.holds:
        if other.pid in recipients:
            kept = follow(subject, other, passed.signal, "inside", recipients, depth + 1).end != "ends"
        else:
            kept = True
        if kept:
            why = f"{course.why} But {who(member)} waits for {who(other)} too."
            fix = f"Run {called(member)} under an init (--init): as PID 1 it waits for orphans too."
            return Course("stays", why, because=course.because, fix=None if other.pid in recipients else fix)
    return course


def _by_habit(subject: StopSubject, member: Member, name: str, habit: Habit) -> Course:
    """What a well-known server does, with the connections that it has."""
    text = f"On {name}, {who(member)} {habit.text}"
    if habit.kind != "drains":
        return Course(habit.kind, f"{text}.", fix=habit.fix, due_s=habit.due_s)
    counts = [each.connections for each in (member, *subject.below(member))]
    if None in counts:
        return Course("decides", f"{text}; how many connections it has is not known.", fix=habit.fix)
    if open_now := sum(count or 0 for count in counts):
        several = "1 connection is" if open_now == 1 else f"{open_now} connections are"
        fix = habit.fix or "Give the stop more time than its longest request takes."
        return Course("decides", f"{text}; {several} open, in or out.", fix=fix)
    return Course("ends", f"{text}; no connection is open.", due_s=habit.due_s)
