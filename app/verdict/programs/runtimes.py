"""What language runtimes do with a signal by themselves: a handler in the masks need not be the program's own."""

from __future__ import annotations

from app.signals import name_of, parse_signal
from app.verdict.programs.identity import Program, who
from app.verdict.signal_state import has
from app.verdict.stop_path import StopPath
from app.verdict.tree import ProcessView

_INT = parse_signal("INT").number
_TSTP = parse_signal("TSTP").number
# Go's runtime catches nearly all: these it always does, whatever the program asks for.  Measured with Go 1.19 to 1.22.
_GO = 0xFFFFFFF8_7FC00000
_GO_THREADS = 3
_REALTIME = 0xFFFFFFF8_00000000  # what the thread of Go's signal.Notify blocks besides what nobody asked for


def runtime_path(member: ProcessView, program: Program, number: int) -> StopPath | None:
    """For a signal with a handler.  None: no runtime with a way of its own."""
    if program.runtime == "node":
        return _node(member, number)
    if program.runtime == "python" and member.subject.caught == 1 << (_INT - 1) and number == _INT:
        why = f"{who(member)} has Python's own handler for SIGINT: KeyboardInterrupt, which ends most programs."
        return StopPath("ends", why)
    if program.runtime == "java":
        return _java(member, number)
    if program.runtime == "ruby" and name_of(number) in ("SIGTERM", "SIGINT", "SIGHUP"):
        why = f"{who(member)}: Ruby raises an exception, which ends most programs; a trap of its own looks the same."
        return StopPath("ends", why)
    if member.threads >= _GO_THREADS and member.subject.caught & _GO == _GO:
        return _go(member, number)
    return None


def _node(member: ProcessView, number: int) -> StopPath | None:
    """node handles TERM and INT itself, by raising them again with the default action.  src/node.cc, SignalExit."""
    name = name_of(number)
    if name == "SIGUSR1":
        return StopPath("stays", f"{who(member)}: node starts its debugger on SIGUSR1 and goes on.")
    if name not in ("SIGTERM", "SIGINT"):
        return None
    if member.subject.is_init:
        why = (
            f"{who(member)}: node itself has a handler for {name}, which does nothing for PID 1; "
            "one of the program's own looks the same."
        )
        return StopPath("decides", why, fix=f"Run it with --init, or handle {name} in the program with process.on.")
    why = f"{who(member)}: node ends on {name}, unless the program has a handler of its own."
    return StopPath("ends", why)


def _java(member: ProcessView, number: int) -> StopPath | None:
    name = name_of(number)
    if name == "SIGQUIT":
        return StopPath("stays", f"{who(member)}: Java writes what its threads do on SIGQUIT, and goes on.")
    if name in ("SIGTERM", "SIGINT", "SIGHUP"):
        return StopPath("decides", f"{who(member)}: Java runs its shutdown hooks, and ends when the last one is done.")
    return None


def _go(member: ProcessView, number: int) -> StopPath:
    """signal.Notify has a thread that blocks all but what was asked for.  runtime/signal_unix.go, ensureSigM."""
    name = name_of(number)
    listeners = [
        thread for thread in member.subject.threads or () if thread.blocked & _REALTIME == _REALTIME and thread.blocked
    ]
    asked = any(not has(thread.blocked, number) for thread in listeners)
    if asked or (not listeners and has(member.subject.caught, _TSTP)):
        return StopPath("decides", f"{who(member)} looks like Go, and has asked for {name}: the program decides.")
    why = f"{who(member)} looks like Go, and has not asked for {name}: the runtime ends it."
    if name in ("SIGHUP", "SIGINT", "SIGTERM", "SIGQUIT", "SIGABRT"):
        return StopPath("ends", why)
    return StopPath("decides", f"{who(member)} looks like Go: what its runtime does with {name} is not known here.")
