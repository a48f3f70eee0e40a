"""What events are made of: the nested parts and the closed lists of words, each of which is spelled here only."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.events.masking import masked_words
from app.targets import HostName

# What became of a signal when it was sent: the kernel's own results 0 to 4 (include/trace/events/signal.h).
Generated = Literal["queued", "ignored", "already_pending", "overflow_fail", "lose_info"]
# What the process was made to do when it took the signal.
Delivered = Literal["handler", "default", "dropped"]
Origin = Literal["outside", "inside"]  # where a request is sent from: inside is the target's own PID namespace
# How a process ended, as the kernel told its parent.  The probe, which knows nothing of the app, has the same words.
Ended = Literal["exited", "killed", "dumped_core"]
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
# What a request, or an end, came to; see app/verdict/diagnosis.py.
VerdictOutcome = Literal[
    "handled_and_exited",
    "handled_and_went_on",
    "default_action",
    "dropped",  # PID 1, without a handler
    "ignored",  # by its own choice, or because the default is to do nothing
    "queued_then_dropped",
    "pending",
    "already_pending",  # one of its kind was, so this one is lost
    "taken",  # by sigwait or a signalfd: the kernel has no word for that
    "sigkill_at_timeout",
    "sigkill_asked",
    "out_of_memory",
    "something_else",
    "not_clean",  # in time, but who had a handler, or was never told, was killed with PID 1
    "by_itself",
    "ended_by_lab",  # its run was removed, or the lab was stopped
    "not_done",
    "unknown",
]
# Whether a stop came to what was asked of it; see app/verdict/gate.py.
StopResult = Literal["held", "not_clean", "unknown", "not_held"]
Guess = Literal["left", "killed"]  # how a target will end: by itself, or by SIGKILL at the timeout
# Whether a forecast came true.  "open": it left that to the program.
Held = Literal["held", "not_held", "open", "none"]
AdviceKind = Literal[
    "exec",
    "init",
    "init_group",
    "stop_signal",
    "trap_and_wait",
    "handler",
    "not_ignore",
    "longer_timeout",
    "timeout",
    "pass_on",
    "own",
    "restart",
]
AdvicePlace = Literal[
    "Dockerfile",
    "docker run",
    "docker stop",
    "docker restart",
    "compose.yaml",
    "script",
    "program",
    "supervisord.conf",
]


Fence = Literal["fenced", "docker"]  # see ``hosts/base.py``
Limit = Literal["memory", "pids", "cpu"]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TargetInfo(Part):
    """A target as its run announces it, before anything is started."""

    id: str  # "<run>.<name>", see app/targets.py
    name: str
    host: HostName
    tty: bool = False
    later: bool = False  # a step or a person starts it, not the run


class PlacedGuess(Part):
    """One browser's last guess on one target.  ``before_s``: it leaves sooner than that; None: later, or killed."""

    target: str
    who: str
    ends: Guess
    before_s: int | None = None


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


class Sentence(Part):
    """One sentence of a verdict.  ``evidence``: numbers of the events that prove it; never empty."""

    text: str
    evidence: tuple[int, ...]


class AdviceLines(Part):
    """Lines to copy, for one place."""

    place: AdvicePlace
    lines: tuple[str, ...]


class Change(Part):
    """What of an advice a new container can be created with; what is absent stays as it is.

    ``command``: the whole command line, with the entrypoint.
    """

    init: bool | None = None
    stop_signal: str | None = None
    stop_timeout_s: int | None = None
    env: dict[str, str] = Field(default_factory=dict)
    command: Annotated[tuple[str, ...], AfterValidator(masked_words)] | None = None


class Advice(Part):
    """The smallest change that would help.  ``note``: its limits, and what it takes to apply it.

    ``change``: the same as options; None: what is to be changed is in the program, in its script or its image.
    """

    kind: AdviceKind
    text: str
    note: str = ""
    at: tuple[AdviceLines, ...] = ()
    change: Change | None = None


class RehearsalLane(Part):
    """What the stop of one copy came to.  ``text``: its verdict."""

    target: str
    result: StopResult
    took_s: float | None = None
    exit_code: int | None = None
    killed: bool | None = None
    text: str
