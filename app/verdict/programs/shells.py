"""What a shell is doing: a trap waits until the program in the foreground has ended, and runs at once in ``wait``.

Measured with bash 5.2, dash 0.5.12 and busybox 1.35.  A background child has SIGINT and SIGQUIT ignored (0x6), as POSIX
asks where there is no job control; a foreground child has not.  bash is in wait4(2) for both; dash and busybox are in
wait4 for the foreground and in sigsuspend(2) for ``wait``.  Under ``set -m`` every child has a process group of its own
and nothing tells them apart in bash.  A command substitution, ``$(…)``, is read(2) from; bash blocks SIGINT then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.signals import parse_signal
from app.verdict.programs.identity import program_of
from app.verdict.signal_state import has
from app.verdict.tree import ProcessView, StopCase, is_new_copy

INT, QUIT = parse_signal("INT").number, parse_signal("QUIT").number
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
# Of bash's own handler for all that would end it, which it has for the sake of a trap on EXIT: nobody traps these.
_CLEANS_UP = sum(1 << (parse_signal(short).number - 1) for short in ("ILL", "TRAP", "FPE", "SEGV", "SYS"))
_SUSPENDS = frozenset({"dash", "ash"})  # in ``wait``


@dataclass(frozen=True, slots=True)
class Doing:
    """``children``: those that it waits for in the foreground."""

    kind: Literal["foreground", "waits", "unclear"]
    children: tuple[ProcessView, ...] = ()


def doing(subject: StopCase, shell: ProcessView) -> Doing:
    """What a shell waits for now, by its children and its call."""
    children = subject.children(shell)
    places = [_place(shell, child) for child in children]
    front = tuple(child for child, place in zip(children, places, strict=True) if place == "foreground")
    suspends = program_of(shell).name in _SUSPENDS
    if suspends and shell.wait_call and children:
        return Doing("foreground", front or children)
    if suspends and shell.wait_call is False and places and "foreground" not in places:
        return Doing("waits")
    if front:
        reads = shell.wait_call is False and not has(shell.subject.blocked, INT) and not suspends
        return Doing("unclear") if reads else Doing("foreground", front)
    if places and all(place == "background" for place in places) and shell.wait_call is not False:
        return Doing("waits")
    return Doing("unclear")


def _place(shell: ProcessView, child: ProcessView) -> Literal["foreground", "background", "unclear"]:
    ignored, caught = child.subject.ignored, child.subject.caught
    if child.subject.threads is None or has(shell.subject.ignored, INT):
        return "unclear"  # it hands down what it was born with, to all its children
    if child.pgid != shell.pgid:
        return "unclear"  # job control, or it went its own way
    if is_new_copy(shell, child):
        return "unclear"  # of a background child too the signals are the shell's own for a moment
    if program_of(child).runtime == "node":
        return "unclear"  # it sets every signal to its default when it starts
    if all(has(ignored | caught, number) for number in (INT, QUIT)):
        return "background" if any(has(ignored, number) for number in (INT, QUIT)) else "unclear"
    return "foreground"


def cleans_up(shell: ProcessView) -> bool:
    """Whether the handlers may be bash's own, which ends at once and runs the trap on EXIT.  Measured with bash 5.2."""
    return program_of(shell).name == "bash" and not _CLEANS_UP & ~shell.subject.caught


def ends_within_s(member: ProcessView) -> float | None:
    """How long a sleep(1) still sleeps at most; None for all else, and for one without an end."""
    if program_of(member).name != "sleep" or len(member.argv) < 2:
        return None
    total = 0.0
    for word in member.argv[1:]:
        try:
            total += float(word.rstrip("smhd")) * _UNITS.get(word[-1:], 1)
        except ValueError:
            return None
    if not 0 <= total < float("inf"):
        return None
    return max(0.0, total - (member.age_s or 0))
