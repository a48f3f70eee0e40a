"""The smallest change that would have made a stop hold, as lines to copy; None where nothing seen speaks for one.

Only from what was seen: what the kernel did with the signal, whom it reached, who was killed with PID 1.  Where the
same is foretold, ``remedies.py`` makes the sentence for both.
"""

from __future__ import annotations

from dataclasses import replace

from app.events.parts import Advice, VerdictOutcome
from app.signals import name_of, named_so
from app.verdict.aftermath import Aftermath, aftermath
from app.verdict.passed_on import Swept
from app.verdict.programs.forwarders import FORWARDERS
from app.verdict.programs.identity import called, program_of
from app.verdict.programs.inits import TAKERS, manner
from app.verdict.programs.runtimes import runtime_path
from app.verdict.programs.servers import HABITS, habit_of
from app.verdict.programs.shells import doing, ends_within_s
from app.verdict.remedies import TERM, Remedy, all_told, asks_somebody, handles, remedy, started, waited_for
from app.verdict.scene import Scene
from app.verdict.stop_seen import Stop
from app.verdict.telling_how import longer, shown
from app.verdict.tree import ProcessView

INITS = frozenset({"tini", "tini-static", "docker-init", "dumb-init", "catatonit", "podman-init"})
_KILLED = ("sigkill_at_timeout", "sigkill_asked")


def advise_stop(scene: Scene, stop: Stop, outcome: VerdictOutcome) -> Advice | None:
    """For a stop that has come to this."""
    if outcome not in (*_KILLED, "not_clean") or (after := aftermath(scene, stop)) is None:
        return None
    if outcome == "not_clean":
        found = _not_told(after, [each for each in stop.swept if each.loss])
        return shown(after, found) if found else None
    if after.asked.signal == "SIGKILL":
        return shown(after, asks_somebody(after.subject.root))
    if lost := after.lost():
        subject = replace(after.subject, signal=named_so(lost.signal).number)
        found = remedy(subject, lost.member, lost.fate)
        changed = lost.signal != after.asked.signal  # another stop signal would not change what a forwarder makes of it
        return shown(after, found, lost.signal) if found and not (changed and found.signal) else None
    if (member := after.stayed()) is None:
        ended = after.asked.timeout_s == 0 and after.came is not None and after.came.fate == "ended"
        return longer(after, after.subject.root) if ended else None
    if found := _of_program(after, member):
        return shown(after, found)
    if program_of(member).name in FORWARDERS or program_of(member).name in TAKERS or outcome == "sigkill_asked":
        return None
    return longer(after, member)


def _of_program(after: Aftermath, member: ProcessView) -> Remedy | None:
    """For one that took the signal and had not ended: what a shell, a known program or a runtime makes of it."""
    subject, name = after.subject, after.asked.signal
    program = program_of(member)
    if after.asked.timeout_s == 0:
        return None
    if program.runtime == "shell":
        return _of_shell(after, member)
    own, habit = manner(member, subject.signal), habit_of(program.name, member, subject.signal)
    if own and own.kind == "stays" and own.fix:
        better = "SIGRTMIN+3" if program.name == "systemd" else "SIGTERM"
        return Remedy("stop_signal", own.fix, member, signal=better)
    if habit and (habit.kind == "stays" or habit.fix):
        ends = next((each for each, other in HABITS[program.name].items() if other.kind == "ends"), "")
        text = habit.fix or f"Set the stop signal to {ends}: {called(member)} ends on that."
        return Remedy("stop_signal", text, member, signal=ends) if ends and ends != name else None
    if program.name in ("make", "gmake") and member.subject.is_init:
        text = f"Run {called(member)} under an init (--init): as PID 1 it waits for orphans too."
        return Remedy("init", text, member, init=True)
    path = runtime_path(member, program, subject.signal)
    row = after.scene.row(member.pid)
    if path and path.fix and row and row.has("caught", name) is False:
        return Remedy("init", path.fix, member, init=True)  # node's own handler is gone after its first use
    return None


def _of_shell(after: Aftermath, shell: ProcessView) -> Remedy | None:
    """A trap waits for what runs in the foreground; one that ran and did not end the script is the script's own."""
    now = doing(after.subject, shell)
    limit = after.asked.timeout_s
    times = [ends_within_s(child) for child in now.children]
    soon = all(seconds is not None and (limit < 0 or seconds < limit) for seconds in times)
    kept = tuple(child for child in now.children if not after.gone(child.pid) and not after.was_sent_something(child))
    if now.kind == "foreground" and kept and not soon:
        return Remedy("trap_and_wait", waited_for(kept), shell, kept)
    if after.went_on(shell):
        text = f"Let the trap for {after.asked.signal} end {called(shell)}: it ran, and the script went on."
        return Remedy("own", text, shell)
    return None


def _not_told(after: Aftermath, losses: list[Swept]) -> Remedy | None:
    """For those who were killed with PID 1: their parent did not tell them, or did not wait."""
    subject, name = after.subject, name_of(after.subject.signal)
    lost = next((each for each in losses if (after.member(each.row.pid))), None)
    member = after.member(lost.row.pid) if lost else None
    parent = after.member(member.ppid) if member else None
    if lost is None or member is None or parent is None:
        return None
    minds = handles(member, subject.signal) or handles(member, TERM)
    root = program_of(subject.root).name
    if program_of(parent).runtime == "shell":
        work = started(subject, parent)
        words = after.scene.words_in(after.stop.id, after.stop.last)
        trapped = any(word.pid == parent.pid and word.delivered == "handler" for word in words)
        if work and (trapped or (len(work) > 1 and minds)):
            return Remedy("trap_and_wait", all_told(name, work), parent, work)
        if len(work) == 1 and (minds or root not in INITS):
            handled = f", and it handles {name}" if handles(member, subject.signal) else ""
            text = f"Let the script start {called(member)} with exec: then that is told{handled}."
            return Remedy("exec", text, parent, work)
    elif minds or root not in INITS:
        pronoun = "PID 1" if parent is subject.root else called(parent)
        text = f"Let {pronoun} pass {name} on to {called(member)}, and wait for it."
        return None if program_of(parent).name in (*INITS, *TAKERS) else Remedy("pass_on", text, parent, (member,))
    if root not in INITS or program_of(parent).name in INITS:
        return None
    text = f"Let the init tell the whole process group: {called(member)} was never told."
    return Remedy("init_group", text, subject.root, (member,))
