"""Events of single processes: what they are, what the kernel did to them, and what a signal would do.

Part of the union in ``app/events/__init__.py``.
"""

from __future__ import annotations

from typing import Literal

from app.events.base import Argv, LabEvent
from app.events.parts import Delivered, Dispositions, Ended, ForecastGroup, Generated, SenderKind, ThreadMasks


class ProcessAppeared(LabEvent):
    kind: Literal["process_appeared"] = "process_appeared"
    pid: int  # on the engine's machine
    start: int  # clock ticks since boot
    ns_pid: int  # inside the target's PID namespace; equals pid where there is none
    ppid: int  # on the engine's machine
    comm: str
    argv: Argv
    state: str  # one letter, proc(5)
    threads: int
    dispositions: Dispositions | None  # None: this kernel does not tell
    is_init: bool = False  # PID 1 of a namespace of its own: the kernel protects it
    traced: bool = False  # a debugger is attached, and gets every signal first
    frozen: bool = False  # by the control group's freezer, as ``docker pause`` does
    thread_masks: tuple[ThreadMasks, ...] = ()  # only where threads differ from each other or wait for signals


class ProcessChanged(LabEvent):
    """Something about a process differs from what was recorded last; only what differs is set.

    ``respawns`` counts how often a process like this one (same parent, same command line) came back.  The row stays:
    ``was`` is the machine's pid it had, ``pid`` and ``start`` are the newcomer's.
    """

    kind: Literal["process_changed"] = "process_changed"
    pid: int
    start: int
    was: int | None = None
    respawns: int | None = None
    ns_pid: int | None = None
    ppid: int | None = None
    comm: str | None = None
    argv: Argv | None = None
    state: str | None = None
    threads: int | None = None
    dispositions: Dispositions | None = None
    is_init: bool | None = None
    traced: bool | None = None
    frozen: bool | None = None
    thread_masks: tuple[ThreadMasks, ...] | None = None


class ProcessGone(LabEvent):
    kind: Literal["process_gone"] = "process_gone"
    pid: int
    start: int
    ended: Ended | None = None  # as the kernel told its parent; None: nobody saw


class KernelSignal(LabEvent):
    """What the kernel did with one signal for a process of a target, from its own trace and by its own clock.

    Sending and taking are two events.  ``generated`` is what became of it when it was sent: "queued" is not yet
    delivered, and "ignored" is dropped at once.  ``delivered`` is what the process was made to do when it took it:
    run a handler, the default action, or nothing.  A signal that sigwait(3) or a signalfd takes is never delivered.
    """

    kind: Literal["kernel_signal"] = "kernel_signal"
    signal: str
    pid: int  # on the engine's machine
    ns_pid: int | None = None
    comm: str  # of the target process, as it calls itself
    thread: int | None = None  # sent to, or taken by, this thread and not the leader
    sender_kind: SenderKind | None = None  # of generated ones
    sender: str | None = None  # in words: "the lab", "the engine (runc)", "the terminal", "sh"
    sender_pid: int | None = None  # on the engine's machine; None: the kernel by itself, or unknown
    si_code: int | None = None  # why, sigaction(2): 0 kill, -6 tgkill, 128 the kernel …
    generated: Generated | None = None
    delivered: Delivered | None = None
    teardown: bool = False  # the kernel ends the rest because PID 1 has ended


class OomVictim(LabEvent):
    """The kernel had no memory left, in the target's control group or on the machine, and chose this process to be
    killed (``oom:mark_victim``, mm/oom_kill.c).  Its SIGKILL is a ``kernel_signal`` a moment before."""

    kind: Literal["oom_victim"] = "oom_victim"
    pid: int  # on the engine's machine
    ns_pid: int | None = None
    comm: str


class Forecast(LabEvent):
    """What each signal *would* do to a process if it were sent now.  Recorded when it differs from the last one.

    Every signal from 1 to 64 is in exactly one group of ``outside``.  ``inside``: sent by a process of the same PID
    namespace; None where that makes no difference.
    """

    kind: Literal["forecast"] = "forecast"
    pid: int
    start: int
    outside: tuple[ForecastGroup, ...]
    inside: tuple[ForecastGroup, ...] | None = None
