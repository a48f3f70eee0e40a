"""The smallest change that makes a target stop in time, from its processes and the one on whom the signal is lost.

One maker of these sentences for the forecast's fix and the verdict's advice, so that the two agree.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.events.parts import AdviceKind, Fate
from app.signals import by_number, name_of, parse_signal
from app.verdict.forecast import forecast
from app.verdict.programs.forwarders import FORWARDERS
from app.verdict.programs.identity import called, program_of
from app.verdict.programs.shells import doing
from app.verdict.tree import ProcessView, StopCase

TERM = parse_signal("TERM").number
_ASK = (TERM, parse_signal("INT").number, parse_signal("QUIT").number)  # by which people ask for an end
TAKEN = frozenset({"handler", "sigwait", "signalfd"})


@dataclass(frozen=True, slots=True)
class Remedy:
    """``text``: one sentence.  ``member``: what is to be changed.

    ``starts``: what a script is to start in another way.  ``init``: under an init, too.  ``signal``: the one to stop
    it with instead; "" as it is.
    """

    kind: AdviceKind
    text: str
    member: ProcessView
    starts: tuple[ProcessView, ...] = ()
    init: bool = False
    signal: str = ""


def advice(subject: StopCase) -> str | None:
    """For a stop that will end in SIGKILL, as its signal ends nobody."""
    found = remedy(subject, last_of(subject))
    return found.text if found else None


def remedy(subject: StopCase, last: ProcessView, fate: Fate | None = None) -> Remedy | None:
    """``last``: on whom the signal is, or was, lost.  ``fate``: what became of it there, where that was seen."""
    name = name_of(subject.signal)
    if subject.signal != TERM and handles(last, TERM):
        text = f"Set the stop signal to SIGTERM: {called(last)} handles that."
        return Remedy("stop_signal", text, last, signal="SIGTERM")
    match fate or forecast(last.subject, subject.signal).fate:
        case "dropped" | "queued_dropped" if last.subject.is_init:
            return _for_pid_1(subject, last)
        case "ignored" | "queued_dropped":
            others = [name_of(each) for each in _ASK if each != subject.signal and handles(last, each)]
            instead = f", or set the stop signal to {others[0]}: it handles that" if others else ""
            return Remedy("not_ignore", f"Let {called(last)} not ignore {name}{instead}.", last)
        case "ignored_default" | "stops":
            text = f"Set the stop signal to SIGTERM: {name} ends nobody that does not handle it."
            return Remedy("stop_signal", text, last, signal="SIGTERM")
        case "pending" if last.subject.blocked >> (subject.signal - 1) & 1:
            what = "handle it" if last.subject.is_init else "not block it"
            return Remedy("handler", f"{called(last)} blocks {name}: let it {what}.", last)
    return None


def _for_pid_1(subject: StopCase, root: ProcessView) -> Remedy:
    """The kernel protects it from all that it does not handle."""
    name = name_of(subject.signal)
    init = "with --init" if subject.host == "container" else "under an init such as tini"
    instead = f"Set the stop signal to SIGTERM and run it {init}, or handle SIGTERM"
    if by_number(subject.signal).group == "reserved":
        text = f"{instead}: {name} is the C library's own."
        return Remedy("stop_signal", text, root, signal="SIGTERM", init=True)
    children = started(subject, root) if program_of(root).runtime == "shell" else ()
    if len(children) > 1:
        return Remedy("trap_and_wait", all_told(name, children), root, children)
    child = children[0] if children else None
    if child and forecast(child.subject, subject.signal).fate in TAKEN:
        text = f"Let the script start {called(child)} with exec: then it is PID 1, and it handles {name}."
        return Remedy("exec", text, root, children)
    if by_number(subject.signal).default not in ("terminate", "core"):
        return Remedy("stop_signal", f"{instead}.", root, signal="SIGTERM", init=True)
    if child:
        text = f"Let the script start {called(child)} with exec, and run it {init}."
        return Remedy("exec", text, root, children, init=True)
    return Remedy("init", f"Run it {init}, or handle {name}.", root, init=True)


def asks_somebody(root: ProcessView) -> Remedy:
    """For a container whose stop signal is SIGKILL."""
    return Remedy("stop_signal", "Set the stop signal to SIGTERM: SIGKILL asks nobody.", root, signal="SIGTERM")


def all_told(name: str, children: tuple[ProcessView, ...]) -> str:
    """For a script that starts several, or whose trap does not tell what it has started."""
    them = "them" if len(children) > 1 else "it"
    return f"Let the script pass {name} on to {named(children)} with a trap, and wait for {them}."


def waited_for(children: tuple[ProcessView, ...]) -> str:
    """For a script whose trap waits for what runs in the foreground."""
    names = named(children)
    return f"Start {names} in the background in the script, and wait for it with wait; or start it with exec."


def named(members: tuple[ProcessView, ...]) -> str:
    return " and ".join(dict.fromkeys(called(each) for each in members))


def started(subject: StopCase, shell: ProcessView) -> tuple[ProcessView, ...]:
    """What a script is there for: what it waits for, or else all that it has started."""
    children = doing(subject, shell).children or subject.children(shell)
    return tuple(child for child in children if program_of(child).name != "sleep")


def last_of(subject: StopCase) -> ProcessView:
    """The end of a chain of forwarders: the one on whom the signal is lost."""
    last = subject.root
    for _ in subject.members:
        children = subject.children(last)
        if program_of(last).name not in FORWARDERS or not children:
            break
        last = children[0]
    return last


def handles(member: ProcessView, number: int) -> bool:
    """Whether it has asked for a signal; shells and node have handlers of their own for some, which may do nothing."""
    program = program_of(member)
    own = program.runtime == "node" or (program.runtime == "shell" and name_of(number) == "SIGINT")
    return not own and forecast(member.subject, number).fate in TAKEN
