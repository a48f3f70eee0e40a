"""What the probe tells of a signal, as the event that is recorded: with the names of signals and of senders."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from app.events import KernelSignal
from app.events.parts import Generated, SenderKind
from app.probe.told import Sent, Taken
from app.probe.watch import SI_KERNEL
from app.signals import name_of

RESULTS = get_args(Generated)  # by the kernel's number
ENGINES = ("runc", "crun", "youki", "containerd-shim", "conmon", "dockerd", "podman")
FROM_TERMINAL = frozenset({"SIGHUP", "SIGINT", "SIGQUIT", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGWINCH"})


def kernel_signal(told: Sent | Taken, *, run: str, lab: set[int], clock_ns: int) -> KernelSignal:
    """The event.  ``lab``: pids that send on behalf of the lab; ``clock_ns``: what makes UTC of its time."""
    at = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=(told.at_ns + clock_ns) // 1000)
    facts: dict[str, Any] = {
        "run": run,
        "target": told.target,
        "at": at,
        "clock": "kernel",
        "author": "kernel",
        "signal": name_of(told.signal),
        "pid": told.pid,
        "ns_pid": told.ns_pid,
        "comm": told.comm,
        "thread": told.thread,
        "si_code": told.code,
    }
    if isinstance(told, Taken):
        return KernelSignal(**facts, delivered=told.action)
    kind, words, pid = sender_of(told, lab)
    return KernelSignal(
        **facts,
        generated=RESULTS[told.result],
        sender_kind=kind,
        sender=words,
        sender_pid=pid,
        teardown=told.teardown,
    )


def sender_of(told: Sent, lab: set[int]) -> tuple[SenderKind, str, int | None]:
    """Who sent it, in words.

    The reason (``si_code``) goes before the process that happened to run: a signal of the terminal is sent while
    somebody writes to it, a timer's while anybody runs.  A name is only what a program calls itself.
    """
    sender = told.sender
    if told.teardown:
        return "kernel", "the kernel, because PID 1 ended", sender.pid
    if told.code == SI_KERNEL and name_of(told.signal) in FROM_TERMINAL:
        return "terminal", "the terminal", None
    if told.code > 0 or sender.pid is None:
        return "kernel", "the kernel", None
    if told.code == -2:
        return "kernel", "a timer of its own", None
    if sender.pid in lab:
        return "lab", "the lab", sender.pid
    if sender.pid == told.pid:
        return "itself", "itself", sender.pid
    if sender.comm and not sender.member and sender.comm.startswith(ENGINES):
        return "engine", f"the engine ({sender.comm})", sender.pid
    return "process", sender.comm or f"process {sender.pid}", sender.pid
