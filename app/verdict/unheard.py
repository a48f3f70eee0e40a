"""Who in a tree would have caught the stop signal, and who of them is never told.

Told are: the root, and whom a forwarder passes the signal on to.  Where code of a program's own runs, nobody can tell
whom that tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.signals import name_of
from app.verdict.forecast import forecast
from app.verdict.programs.forwarders import passing
from app.verdict.programs.identity import called, program_of, who
from app.verdict.programs.inits import TAKERS
from app.verdict.remedies import TAKEN, Remedy, all_told, handles, started
from app.verdict.tree import ProcessView, StopCase


@dataclass(frozen=True, slots=True)
class Hearing:
    """``catchers``: below the root, with a handler for the signal.  ``untold``: those of them that it never reaches.

    ``untold`` is None where a program decides by itself whom it tells.
    """

    catchers: tuple[ProcessView, ...]
    untold: tuple[ProcessView, ...] | None


def hearing(subject: StopCase) -> Hearing:
    """Of the stop signal as it is set."""
    catchers = tuple(each for each in subject.members[1:] if handles(each, subject.signal))
    told = _recipients(subject, subject.root, subject.signal, frozenset())
    return Hearing(catchers, None if told is None else tuple(each for each in catchers if each.pid not in told))


def _recipients(subject: StopCase, member: ProcessView, number: int, seen: frozenset[int]) -> frozenset[int] | None:
    """The pids that the signal reaches from here on; None: nobody knows."""
    here = seen | {member.pid}
    takes = forecast(member.subject, number).fate in TAKEN or program_of(member).name in TAKERS
    passed = passing(subject, member, number)
    if passed is None or not takes:
        return None if takes and subject.children(member) else here
    for each in passed.to:
        if each.pid not in here:
            below = _recipients(subject, each, passed.signal, here)
            if below is None:
                return None
            here |= below
    return here


def unheard_words(found: Hearing, number: int) -> str:
    """ "gunicorn (pid 7) has a handler for SIGTERM and is never told."; "" where nobody is left out for sure."""
    if not found.untold:
        return ""
    names = _named(found.untold)
    verb, is_told = ("has", "is") if len(found.untold) == 1 else ("have", "are")
    return f"{names} {verb} a handler for {name_of(number)} and {is_told} never told."


def swept_words(found: Hearing, number: int) -> str:
    """For a stop that ends in time by the end of PID 1, which ends the rest with SIGKILL."""
    names = _named(found.untold or ())
    each = "is killed" if len(found.untold or ()) == 1 else "are killed"
    return f"It stops in time, but not clean: {names} would handle {name_of(number)}, and {each} with PID 1."


def _named(members: Sequence[ProcessView]) -> str:
    """At most three of them."""
    names = [who(each) for each in members[:3]]
    more = len(members) - len(names)
    return ", ".join(names) + f" and {more} more" if more else " and ".join(names)


def tell_them(subject: StopCase, found: Hearing) -> Remedy | None:
    """For the first who is never told: its parent is to be changed, or to step aside."""
    member = found.untold[0] if found.untold else None
    parent = next((each for each in subject.members if member and each.pid == member.ppid), None)
    if member is None or parent is None:
        return None
    name = name_of(subject.signal)
    if program_of(parent).runtime == "shell":
        work = started(subject, parent)
        if len(work) > 1:
            return Remedy("trap_and_wait", all_told(name, work), parent, work)
        text = f"Let the script start {called(member)} with exec: then that is told, and it handles {name}."
        return Remedy("exec", text, parent, (member,))
    if program_of(parent).name in TAKERS:
        text = f"Let the init tell the whole process group: {called(member)} is never told."
        return Remedy("init_group", text, subject.root, (member,))
    pronoun = "PID 1" if parent is subject.root else called(parent)
    return Remedy("pass_on", f"Let {pronoun} pass {name} on to {called(member)}, and wait for it.", parent, (member,))
