"""What events are made of: the nested parts and the closed lists of words.  Leaf module: imports no ``app`` code."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

# What became of a signal when it was sent: the kernel's own results 0 to 4 (include/trace/events/signal.h).
Generated = Literal["queued", "ignored", "already_pending", "overflow_fail", "lose_info"]
# What the process was made to do when it took the signal.
Delivered = Literal["handler", "default", "dropped"]
SenderKind = Literal["lab", "engine", "terminal", "kernel", "itself", "process"]
# What a signal would do; see app/verdict/forecast.py.
Fate = Literal[
    "handler",
    "sigwait",
    "signalfd",
    "terminates",
    "core",
    "stops",
    "continues",
    "ignored",
    "ignored_default",
    "dropped",
    "queued_dropped",
    "pending",
    "none",
    "unknown",
]
StopOutcome = Literal["at_once", "handler_decides", "sigkill", "unknown"]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TargetInfo(Part):
    """A target as its run announces it, before anything is started."""

    id: str  # "<run>.<name>", see app/targets.py
    name: str
    host: Literal["process", "sandbox", "container"]
    tty: bool = False
    later: bool = False  # a step or a person starts it, not the run


class ScratchFile(Part):
    """A small file in the run's own folder, as its experiment made it."""

    name: str
    text: str


class Dispositions(Part):
    """Signal masks of one process, as in proc(5): 16 hexadecimal digits each, bit n-1 stands for signal n.

    ``blocked`` is what every thread blocks.  ``pending`` joins the process's and its threads' pending sets.
    ``waited`` is what some thread waits for in sigwait(3) and its like, ``signalfd`` what a signalfd of the process
    reads; both are taken without any handler.
    """

    blocked: str
    ignored: str
    caught: str
    pending: str
    waited: str = "0000000000000000"
    signalfd: str = "0000000000000000"


class ThreadMasks(Part):
    """One thread of a process whose threads differ.  Masks as in ``Dispositions``."""

    tid: int  # on the engine's machine
    ns_tid: int
    comm: str
    state: str
    blocked: str
    pending: str
    waited: str


class ForecastGroup(Part):
    """Signals that share one fate, for one reason."""

    fate: Fate
    rule: str  # stable name of the rule in app/verdict/forecast.py
    why: str  # one sentence for people
    sure: bool  # False: likely, and ``why`` says what would tell
    signals: str  # 16 hexadecimal digits, bit n-1 stands for signal n
