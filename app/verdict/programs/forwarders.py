"""Programs that start one other and pass signals on to it: tini, dumb-init, timeout, npm and their like.

Whom a forwarder tells, and whose end it waits for, is by its own source; measured with tini 0.19, dumb-init 1.2.5,
catatonit 0.1.7, coreutils 9.1, util-linux 2.38, GNU make 4.3, npm 10 and 11.  A forwarder is *marked* where its masks
are those that no other program has, so that a mere name is never enough to be sure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.signals import name_of, parse_signal
from app.verdict.programs.identity import program_of
from app.verdict.signal_state import EVERY, SignalState
from app.verdict.tree import ProcessView, StopCase

CHLD = parse_signal("CHLD").number
_TTY_IGNORED = 1 << (parse_signal("TTIN").number - 1) | 1 << (parse_signal("TTOU").number - 1)
_CLASSIC = (1 << 31) - 1 & ~(1 << (parse_signal("KILL").number - 1)) & ~(1 << (parse_signal("STOP").number - 1))
_UPPER = EVERY << 34 & EVERY  # the real-time signals that the C library leaves to programs


@dataclass(frozen=True, slots=True)
class Passing:
    """How a signal is passed on.

    ``main``: whose end it waits for; None: it has no child.  ``to``: all that get the signal.  ``marked``: its masks
    are those of the real program.  ``holds``: others whose end it waits for too.
    """

    signal: int
    main: ProcessView | None
    to: tuple[ProcessView, ...] = ()
    marked: bool = False
    holds: tuple[ProcessView, ...] = ()


Passes = Callable[[StopCase, ProcessView, int], Passing | None]


def _main(subject: StopCase, member: ProcessView, words: tuple[str, ...]) -> tuple[ProcessView | None, bool]:
    """The child that it started itself, and whether that is certain: an init adopts orphans too."""
    children = subject.children(member)
    if len(children) <= 1:
        return (children[0] if children else None), bool(children)
    return children[0], children[0].argv == words and sum(child.argv == words for child in children) == 1


@dataclass(frozen=True, slots=True)
class Line:
    """A forwarder's command line.  ``flags``: letters; ``values``: of options with one; ``known``: it has no others."""

    flags: str
    values: tuple[str, ...]
    command: tuple[str, ...]
    known: bool


def _line(argv: tuple[str, ...], flags: str, valued: str, long: dict[str, str]) -> Line:
    """As getopt(3) reads it; ``long``: names of long options to their letters."""
    words, seen, values, known = list(argv[1:]), "", [], True
    while words and words[0].startswith("-") and words[0] != "-":
        word = words.pop(0)
        if word == "--":
            break
        name, _, value = word.partition("=")
        meant = [letter for each, letter in long.items() if each.startswith(name)]
        letters = (meant[0] if len(meant) == 1 else "?") + value if word.startswith("--") else word[1:]
        while letters:
            letter, letters = letters[0], letters[1:]
            if letter in valued:
                values += [letters] if letters else words[:1]
                words[:1] = [] if not letters else words[:1]
                letters = ""
            known = known and letter in flags + valued
            seen += letter
    return Line(seen, tuple(values), tuple(words), known)


def _awaits(subject: SignalState, marks: int) -> bool:
    """One thread that takes the real-time signals and these by waiting, or blocks them between two waits."""
    if subject.threads is None or len(subject.threads) != 1:
        return False
    thread = subject.threads[0]
    return not (_UPPER | marks) & ~(thread.blocked | thread.waited)


def _tini(subject: StopCase, member: ProcessView, number: int) -> Passing | None:
    """To its child; with -g to its child's group.  Ends with its child."""
    line = _line(member.argv, "gsvw", "ep", {})
    main, certain = _main(subject, member, line.command)
    if number == CHLD or main is None:
        return None if number == CHLD else Passing(number, None)
    marked = not member.subject.caught and not _TTY_IGNORED & ~member.subject.ignored and _awaits(member.subject, 0)
    to = subject.group(main.pgid) if "g" in line.flags and main.pgid == main.pid else (main,)
    return Passing(number, main, to, marked and certain and line.known)


def _dumb_init(subject: StopCase, member: ProcessView, number: int) -> Passing | None:
    """To its child's session, or with --single-child to the child; may send another signal.  Ends with its child."""
    line = _line(member.argv, "cv", "r", {"--single-child": "c", "--rewrite": "r", "--verbose": "v"})
    main, certain = _main(subject, member, line.command)
    if number == CHLD or main is None:
        return None if number == CHLD else Passing(number, None)
    marked = member.subject.caught == _CLASSIC and _awaits(member.subject, _CLASSIC) and certain and line.known
    rules = {old: new for old, _, new in (value.partition(":") for value in line.values)}
    passed = int(new) if (new := rules.get(str(number), "")).isdecimal() else number
    single = "c" in line.flags or main.pgid != main.pid
    if not single and name_of(passed) in ("SIGTSTP", "SIGTTIN", "SIGTTOU"):
        passed = parse_signal("STOP").number
    if name_of(number) in ("SIGHUP", "SIGCONT", "SIGTSTP", "SIGTTIN", "SIGTTOU"):
        marked = False  # the first HUP and CONT may be swallowed: they come from giving up the terminal
    return Passing(passed, main, (main,) if single else subject.group(main.pgid), marked)


def _catatonit(subject: StopCase, member: ProcessView, number: int) -> Passing | None:
    """To its child, from a signalfd; with -g to its child's group.  Ends with its child."""
    line = _line(member.argv, "g", "", {})
    main, certain = _main(subject, member, line.command)
    if number == CHLD or main is None:
        return None if number == CHLD else Passing(number, None)
    own = member.subject
    marked = not own.caught and not own.ignored and own.signalfd == own.blocked and not _UPPER & ~own.blocked
    to = subject.group(main.pgid) if "g" in line.flags and main.pgid == main.pid else (main,)
    return Passing(number, main, to, marked and certain and line.known)


def _timeout(subject: StopCase, member: ProcessView, number: int) -> Passing | None:
    """To its child and, without --foreground, to its process group.  Ends with its child."""
    children = subject.children(member)
    if not children:
        return None
    alone = any(option in ("-f", "--foreground") for option in member.argv[1:4])
    group = () if alone else tuple(each for each in subject.group(member.pgid) if each.pid != member.pid)
    return Passing(number, children[0], (children[0], *group))


def _npm(subject: StopCase, member: ProcessView, number: int) -> Passing | None:
    """npm and its like pass TERM and INT to the shell that runs the script."""
    children = subject.children(member)
    if not children or name_of(number) not in ("SIGTERM", "SIGINT"):
        return None
    return Passing(number, children[0], (children[0],))


def _sudo(subject: StopCase, member: ProcessView, number: int) -> Passing | None:
    children = subject.children(member)
    return Passing(number, children[0], (children[0],)) if children else None


def _make(subject: StopCase, member: ProcessView, number: int) -> Passing | None:
    """TERM goes to the recipes; make then waits for them, and as PID 1 for the orphans that it gets from them."""
    children = subject.children(member)
    if not children or name_of(number) != "SIGTERM":
        return None
    orphans = tuple(each for child in children for each in subject.below(child)) if member.subject.is_init else ()
    return Passing(number, children[0], children, holds=(*children[1:], *orphans))


FORWARDERS: dict[str, Passes] = {
    **dict.fromkeys(("tini", "tini-static", "docker-init"), _tini),
    "dumb-init": _dumb_init,
    **dict.fromkeys(("catatonit", "podman-init"), _catatonit),
    "timeout": _timeout,
    **dict.fromkeys(("npm", "npx", "yarn", "pnpm"), _npm),
    "sudo": _sudo,
    **dict.fromkeys(("make", "gmake"), _make),
}


def passing(subject: StopCase, member: ProcessView, number: int) -> Passing | None:
    """To whom a signal that it took is passed on; None when it does no such thing with it."""
    passes = FORWARDERS.get(program_of(member).name)
    return passes(subject, member, number) if passes else None
