"""What the probe tells of a signal, as the event that is recorded: with the names of signals and of senders."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from app.events import KernelSignal, OomVictim
from app.events.parts import Generated, SenderKind
from app.probe.observations import Chosen, SignalDelivered, SignalGenerated
from app.probe.target_matcher import SI_KERNEL
from app.signals import name_of

RESULTS = get_args(Generated)  # by the kernel's number
ENGINES = ("runc", "crun", "youki", "containerd-shim", "conmon", "dockerd", "podman")
FROM_TERMINAL = frozenset({"SIGHUP", "SIGINT", "SIGQUIT", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGWINCH"})


def kernel_signal(
    observed: SignalGenerated | SignalDelivered, *, run: str, lab: set[int], clock_ns: int
) -> KernelSignal:
    """The event.  ``lab``: pids that send on behalf of the lab; ``clock_ns``: what makes UTC of its time."""
    facts: dict[str, Any] = {
        "run": run,
        "target": observed.target,
        "at": _utc(observed.at_ns + clock_ns),
        "clock": "kernel",
        "author": "kernel",
        "signal": name_of(observed.signal),
        "pid": observed.pid,
        "ns_pid": observed.ns_pid,
        "comm": observed.comm,
        "thread": observed.thread,
        "si_code": observed.code,
    }
    if isinstance(observed, SignalDelivered):
        return KernelSignal(**facts, delivered=observed.action)
    kind, words, pid = sender_of(observed, lab)
    return KernelSignal(
        **facts,
        generated=RESULTS[observed.result],
        sender_kind=kind,
        sender=words,
        sender_pid=pid,
        teardown=observed.teardown,
    )


def oom_victim(observed: Chosen, *, run: str, clock_ns: int) -> OomVictim:
    return OomVictim(
        run=run,
        target=observed.target,
        at=_utc(observed.at_ns + clock_ns),
        clock="kernel",
        author="kernel",
        pid=observed.pid,
        ns_pid=observed.ns_pid,
        comm=observed.comm,
    )


def _utc(ns: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=ns // 1000)


def sender_of(observed: SignalGenerated, lab: set[int]) -> tuple[SenderKind, str, int | None]:
    """Who sent it, in words.

    The reason (``si_code``) goes before the process that happened to run: a signal of the terminal is sent while
    somebody writes to it, a timer's while anybody runs.  A name is only what a program calls itself.
    """
    sender = observed.sender
    if observed.teardown:
        return "kernel", "the kernel, because PID 1 ended", sender.pid
    if observed.code == SI_KERNEL and name_of(observed.signal) in FROM_TERMINAL:
        return "terminal", "the terminal", None
    if observed.code > 0 or sender.pid is None:
        return "kernel", "the kernel", None
    if observed.code == -2:
        return "kernel", "a timer of its own", None
    if sender.pid in lab:
        return "lab", "the lab", sender.pid
    if sender.pid == observed.pid:
        return "itself", "itself", sender.pid
    if sender.comm and not sender.member and sender.comm.startswith(ENGINES):
        return "engine", f"the engine ({sender.comm})", sender.pid
    return "process", sender.comm or f"process {sender.pid}", sender.pid
