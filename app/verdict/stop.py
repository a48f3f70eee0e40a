"""What a stop will come to, before it is made: the stop signal to the root process, and SIGKILL after the timeout.

Facts in, words out, no I/O.  It is never sure and wrong: only ``at_once`` and ``sigkill`` can be sure, and only where
the kernel alone decides, or a forwarder with all its marks above a child whose fate the kernel alone decides.  That a
program ends by itself for reasons of its own, while the stop waits, is left out of that; a sleep(1) that does is not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.events.parts import StopOutcome
from app.signals import name_of
from app.verdict.follow import follow
from app.verdict.forecast import forecast
from app.verdict.programs.identity import program_of
from app.verdict.programs.shells import doing, ends_within_s
from app.verdict.remedies import advice
from app.verdict.stop_path import OUTCOMES, StopPath
from app.verdict.tree import ProcessView, StopCase

__all__ = ["ProcessView", "StopCase", "StopSaid", "forecast_stop"]

_MARGIN_S = 1.0  # of what is compared with a timeout


@dataclass(frozen=True, slots=True)
class StopSaid:
    """``say``: a few words; ``why``: a sentence or two; ``because``: facts, a sentence each; ``fix``: what to do."""

    outcome: StopOutcome
    sure: bool
    say: str
    why: str
    because: tuple[str, ...] = ()
    fix: str | None = None


REFUSED = StopSaid(
    "unknown",
    False,
    "Refused while it is paused",
    "Podman does not stop a container that is paused: it sends nothing, and the container stays paused.",
    fix="Unpause it, then stop it. SIGKILL ends it as it is.",
)


def forecast_stop(subject: StopCase) -> StopSaid:
    """Of a stop as it is set now, sent from outside."""
    paused = subject.host == "container" and any(each.subject.frozen for each in subject.members)
    if paused and not subject.stops_paused:
        return REFUSED
    subject = subject.thawed() if paused else subject
    path = follow(subject, subject.root, subject.signal, "outside")
    if path.end == "stays" and not path.fix:
        path = replace(path, fix=advice(subject))
    for doubt in _doubts(subject, path, paused=paused):
        path = path.doubted(doubt)
    return _said(subject, path)


def _doubts(subject: StopCase, path: StopPath, *, paused: bool) -> list[str]:
    """What else may have a part in it."""
    doubts = []
    root = subject.root
    if paused:
        doubts.append("It is paused: the engine sends the signal and then unpauses it.")
    if path.end == "ends" and any(each.subject.state == "D" for each in subject.members):
        doubts.append("One of its processes is in a call that must return first.")
    if path.end == "stays":
        still = _sleeps_s(subject, root)
        if still is not None and still <= (subject.timeout_s + _MARGIN_S if subject.timeout_s >= 0 else still):
            doubts.append("It may end by itself, when its sleep is over.")
        if forecast(root.subject, subject.signal).fate == "stops" and len(subject.members) > 1:
            doubts.append("Another of its processes may make it go on.")
    return doubts


def _sleeps_s(subject: StopCase, root: ProcessView) -> float | None:
    """How long a sleep at most keeps it, where nothing says for sure that something follows.

    Without the age of a sleep it may be over at any moment.
    """
    waits = doing(subject, root).children if program_of(root).runtime == "shell" else (root,)
    times = [0.0 if each.age_s is None and ends_within_s(each) is not None else ends_within_s(each) for each in waits]
    known = [each for each in times if each is not None]
    return max(known) if known and len(known) == len(times) else None


def _said(subject: StopCase, path: StopPath) -> StopSaid:
    """The words, with the timeout in them."""
    after, sender = subject.timeout_s, "the engine" if subject.host == "container" else "the lab"
    outcome, sure, why = OUTCOMES[path.end], path.sure and path.end in ("ends", "stays"), path.why
    because, fix = path.because, path.fix
    if name_of(subject.signal) == "SIGKILL" and path.end == "ends":
        return StopSaid("sigkill", sure, "SIGKILL at once", why, (*because, "SIGKILL is the stop signal itself."))
    if after < 0 and path.end == "stays":
        forever = "The stop waits for ever: with this timeout no SIGKILL follows."
        return StopSaid("unknown", False, "Waits for ever", f"{why} {forever}", because, fix or "Set a timeout.")
    if after == 0 and not subject.signal_at_zero:
        only = "With a timeout of 0 Podman sends SIGKILL alone: no handler runs."
        return StopSaid("sigkill", False, "SIGKILL at once", only, because, "Set a longer timeout.")
    if after == 0:
        soon = f"With a timeout of 0 {sender} sends SIGKILL about 10 ms after the signal."
        because = (*because, soon)
        if path.end == "ends" and (path.by_signal or path.sure) and subject.host == "container":
            return StopSaid("at_once", False, "Stops at once", why, because)
        if path.end != "stays":
            return StopSaid("sigkill", False, "SIGKILL at once", f"{why} {soon}", because, "Set a longer timeout.")
        return StopSaid("sigkill", sure, "SIGKILL at once", why, because, fix)
    if path.end == "stays":
        because = (*because, f"After {after} s {sender} sends SIGKILL, unless it has ended by itself.")
        return StopSaid("sigkill", sure, f"SIGKILL after {after} s", why, because, fix)
    if path.due_s and after > 0 and path.due_s + _MARGIN_S / 10 >= after:
        late = f"That takes up to {path.due_s:g} s, and the timeout is {after} s."
        fix = fix or "Give it more time."
        return StopSaid("sigkill", False, f"SIGKILL after {after} s", f"{why} {late}", because, fix)
    if path.end == "ends":
        return StopSaid(outcome, sure, "Stops at once", why, because, None)
    return StopSaid(outcome, False, _open(path), why, because, fix)


def _open(path: StopPath) -> str:
    if path.end == "unknown":
        return "Nobody can tell"
    if path.due_s >= _MARGIN_S:
        return f"The handler decides, within about {path.due_s:g} s"
    return "The handler decides"
