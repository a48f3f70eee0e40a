"""What would make a target stop in time, in one sentence, from its processes and the signal that is lost on them."""

from __future__ import annotations

from app.signals import by_number, name_of, parse_signal
from app.verdict.forecast import forecast
from app.verdict.forwarders import FORWARDERS
from app.verdict.programs import called, program_of
from app.verdict.shells import doing
from app.verdict.tree import Member, StopSubject

_TERM = parse_signal("TERM").number
_ASK = (_TERM, parse_signal("INT").number, parse_signal("QUIT").number)  # by which people ask for an end
_TAKEN = frozenset({"handler", "sigwait", "signalfd"})


def advice(subject: StopSubject) -> str | None:
    """For a stop that will end in SIGKILL, as its signal ends nobody."""
    root, last, name = subject.root, _last(subject), name_of(subject.signal)
    if subject.signal != _TERM and _handles(last, _TERM):
        return f"Set the stop signal to SIGTERM: {called(last)} handles that."
    match forecast(last.subject, subject.signal).fate:
        case "dropped":
            return _for_pid_1(subject, root)
        case "ignored":
            others = [name_of(each) for each in _ASK if each != subject.signal and _handles(last, each)]
            instead = f", or set the stop signal to {others[0]}: it handles that" if others else ""
            return f"Let {called(last)} not ignore {name}{instead}."
        case "ignored_default" | "stops":
            return f"Set the stop signal to SIGTERM: {name} ends nobody that does not handle it."
    return None


def _for_pid_1(subject: StopSubject, root: Member) -> str:
    """The kernel protects it from all that it does not handle."""
    name, start = name_of(subject.signal), "Run it"
    init = "with --init" if subject.host == "container" else "under an init such as tini"
    child = _started(subject, root) if program_of(root).runtime == "shell" else None
    if child and forecast(child.subject, subject.signal).fate in _TAKEN:
        return f"Let the script start {called(child)} with exec: then it is PID 1, and it handles {name}."
    if by_number(subject.signal).default not in ("terminate", "core"):
        name, start = "SIGTERM", "Set the stop signal to SIGTERM and run it"
    elif child:
        return f"Let the script start {called(child)} with exec, and run it {init}."
    return f"{start} {init}, or handle {name}."


def _started(subject: StopSubject, shell: Member) -> Member | None:
    """What a script is there for."""
    children = doing(subject, shell).children or subject.children(shell)
    return next((child for child in children if program_of(child).name != "sleep"), None)


def _last(subject: StopSubject) -> Member:
    """The end of a chain of forwarders: the one on whom the signal is lost."""
    last = subject.root
    for _ in subject.members:
        children = subject.children(last)
        if program_of(last).name not in FORWARDERS or not children:
            break
        last = children[0]
    return last


def _handles(member: Member, number: int) -> bool:
    """Whether it has asked for a signal; shells and node have handlers of their own for some, which may do nothing."""
    program = program_of(member)
    own = program.runtime == "node" or (program.runtime == "shell" and name_of(number) == "SIGINT")
    return not own and forecast(member.subject, number).fate in _TAKEN
