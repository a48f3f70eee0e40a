"""Inits and managers of other programs: what they do with a signal besides passing it on.

By their manuals and sources; systemd 252, supervisor 4.2, s6 2.11, runit 2.1 and busybox 1.35 were looked at.
"""

from __future__ import annotations

from app.signals import name_of
from app.verdict.programs.habit import Habit
from app.verdict.programs.identity import program_of, who
from app.verdict.tree import ProcessView

# Those that take signals where the masks show them as blocked, or even at their default between two looks.
TAKERS = frozenset(
    {"tini", "tini-static", "docker-init", "dumb-init", "catatonit", "podman-init", "systemd", "s6-svscan"}
    | {"busybox init", "named", "runit"}
)


def manner(member: ProcessView, number: int) -> Habit | None:
    """What a known manager means by a signal that it took."""
    program, name = program_of(member), name_of(number)
    if program.name == "su":
        if name == "SIGTERM":
            return Habit("decides", "ends its child with SIGTERM and, 2 s later, with SIGKILL", 2)
        return Habit("stays", "does nothing: it holds back all but SIGTERM while its child runs")
    if program.name == "supervisord" and name in ("SIGTERM", "SIGINT", "SIGQUIT"):
        text = "ends its programs first, each by a signal of its own; what is left after 10 s it kills"
        return Habit("decides", text)
    if program.name == "supervisord" and name in ("SIGHUP", "SIGUSR2"):
        return Habit("stays", "does something else than to end")
    if program.name == "systemd" and "--user" not in member.argv:
        return _systemd(name)
    if program.name == "s6-svscan" and name in ("SIGTERM", "SIGINT", "SIGQUIT"):
        return Habit("decides", "brings its services down, then ends")
    if program.name == "s6-svscan" and name == "SIGHUP":
        return Habit("stays", "looks for new services, ends those that are gone, and goes on")
    if program.name == "runsvdir" and name == "SIGTERM":
        return Habit("ends", "ends at once, without telling its services")
    if program.name == "runsvdir" and name == "SIGHUP":
        return Habit("ends", "tells its services, and ends without waiting for them")
    if program.name == "busybox init" and name in ("SIGTERM", "SIGUSR1", "SIGUSR2", "SIGPWR"):
        return Habit(
            "decides", "ends everything and then asks the kernel to halt or reboot, which many containers forbid"
        )
    if program.name in ("make", "gmake") and name in ("SIGINT", "SIGHUP", "SIGQUIT"):
        fix = "Set the stop signal to SIGTERM: make passes that on."
        return Habit("stays", "waits for its recipe, which is not told", fix=fix)
    return None


def _systemd(name: str) -> Habit | None:
    """systemd(1), "Signals", of the system manager; with --user TERM is an end."""
    if name == "SIGTERM":
        text = "starts itself anew and goes on"
        return Habit("stays", text, fix="Set the stop signal to SIGRTMIN+3: systemd halts on that.")
    if name in ("SIGRTMIN+3", "SIGRTMIN+4", "SIGRTMIN+5", "SIGRTMIN+6", "SIGINT", "SIGPWR"):
        return Habit("decides", "ends its services first, then the container, where it may")
    if name in ("SIGRTMIN+13", "SIGRTMIN+14", "SIGRTMIN+15", "SIGRTMAX-14"):  # the last is SIGRTMIN+16
        return Habit("decides", "ends the container at once, where it may")
    return Habit("stays", "does something else than to end")


def taken_by_name(member: ProcessView) -> str:
    """Why a look at its masks may mislead; "" when there is no such reason, or its way of taking them was seen."""
    seen = member.subject.signalfd or any(thread.waited for thread in member.subject.threads or ())
    if program_of(member).name in TAKERS and not seen:
        return f"{who(member)} takes signals without a handler: one look at its masks can mislead."
    return ""
