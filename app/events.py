"""Every event the lab can record, as one closed union.

What they are made of is in ``event_base.py`` and ``event_parts.py``; those of lessons are in ``event_acts.py``.

An event is a fact: immutable, typed, and numbered by the journal when it is stored (the number is not a field here).
``at`` is when it happened by the clock named in ``clock``; ``seen_at`` is when the server learned of it.  The browser
has a reducer for exactly these kinds (``static/js/reducer.js``); ``tests/test_event_contract.py`` holds both together,
so a kind or field that is added here must be answered there in the same commit.  Longer than most files: a closed union
is read in one place.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, TypeAdapter

from app.event_acts import (
    ExecFinished,
    ExecRequested,
    FileWritten,
    HttpFinished,
    HttpProgress,
    HttpRequested,
    PauseRequested,
    StepDone,
    StepFailed,
    StepUnseen,
)
from app.event_base import Author as Author
from app.event_base import Clock as Clock
from app.event_base import LabEvent as LabEvent
from app.event_base import now as now
from app.event_parts import (
    Delivered,
    Dispositions,
    ForecastGroup,
    Generated,
    ScratchFile,
    SenderKind,
    StopOutcome,
    TargetInfo,
    ThreadMasks,
)

Cause = Literal["exited", "killed", "unknown"]


class LabStarted(LabEvent):
    """The server came up.  Runs that were open before it are closed by the events that follow."""

    kind: Literal["lab_started"] = "lab_started"
    version: str


class RunCreated(LabEvent):
    kind: Literal["run_created"] = "run_created"
    number: int  # counts the runs of this journal: "run 31"
    experiment: str | None  # catalogue id; None for an ad-hoc run
    title: str
    question: str
    targets: tuple[TargetInfo, ...]
    files: tuple[ScratchFile, ...] = ()  # in the run's own folder


class RunFinished(LabEvent):
    """No target of the run is alive any more, and none will start."""

    kind: Literal["run_finished"] = "run_finished"
    reason: Literal["ended", "failed", "removed", "lab_stopped", "lab_was_gone"]
    error: str | None = None  # for "failed": what went wrong, in words


class BuildProgress(LabEvent):
    """One piece of an image's build log, or its end."""

    kind: Literal["build_progress"] = "build_progress"
    image: str
    state: Literal["running", "done", "failed"]
    text: str  # log text, whole lines; may be empty at the end


class TargetStarting(LabEvent):
    kind: Literal["target_starting"] = "target_starting"
    equivalent: str  # the command line a person would type


class TargetStarted(LabEvent):
    kind: Literal["target_started"] = "target_started"
    pid: int | None  # of the root process, on the engine's machine
    start: int | None  # its start time, clock ticks since boot; with pid it names one process for ever
    container_id: str | None = None
    command: tuple[str, ...]
    equivalent: str
    tty: bool
    stdin: bool
    stop_signal: str  # what a stop sends when nothing else is asked: "SIGTERM"
    stop_timeout_s: int  # how long a stop waits when nothing else is asked
    ports: dict[str, int] = Field(default_factory=dict)  # "80/tcp" → the port on the loopback of the lab's machine


class TargetExited(LabEvent):
    """The root process of the target ended.

    ``signal`` is set only where the kernel's wait status said so; 128 + n alone is a convention, not a proof.
    ``exit_code`` is None where nobody could read it.
    """

    kind: Literal["target_exited"] = "target_exited"
    exit_code: int | None
    signal: str | None = None
    cause: Cause
    meaning: str  # the exit code in plain words


class Output(LabEvent):
    kind: Literal["output"] = "output"
    text: str  # decoded incrementally as UTF-8; at most 16 KiB or 20 ms of output
    stream: Literal["pty", "stdout", "stderr"]


class Truncated(LabEvent):
    """Something was cut on purpose, from here on, and this says so."""

    kind: Literal["truncated"] = "truncated"
    what: Literal["output", "processes", "kernel_signals"]
    limit: str  # in words: "8 MiB of output"


class ProcessAppeared(LabEvent):
    kind: Literal["process_appeared"] = "process_appeared"
    pid: int  # on the engine's machine
    start: int  # clock ticks since boot
    ns_pid: int  # inside the target's PID namespace; equals pid where there is none
    ppid: int  # on the engine's machine
    comm: str
    argv: tuple[str, ...]
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
    argv: tuple[str, ...] | None = None
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
    ended: Literal["exited", "killed", "dumped_core"] | None = None  # as the kernel told its parent; None: nobody saw


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


class StopForecast(LabEvent):
    """What a stop as it is set *would* come to.  Recorded when it differs from the last one."""

    kind: Literal["stop_forecast"] = "stop_forecast"
    signal: str
    timeout_s: int  # -1: for ever
    outcome: StopOutcome
    sure: bool  # False: likely; ``why`` says what it rests on
    say: str  # one sentence: "SIGKILL after 10 s"
    why: str  # the reason, in a sentence or two
    because: tuple[str, ...] = ()  # facts that it rests on, one sentence each
    fix: str | None = None  # what would make it stop in time


class SignalRequested(LabEvent):
    """A person asked for a signal.  Recorded before it is sent, so the cause precedes the effect."""

    kind: Literal["signal_requested"] = "signal_requested"
    signal: str
    pid: int | None  # inside the target's namespace; None: its root process
    group: bool = False  # the whole process group of pid
    from_: Literal["outside", "inside"] = Field("outside", alias="from")
    by: str  # "driver", or the name of the program's token


class SignalFailed(LabEvent):
    kind: Literal["signal_failed"] = "signal_failed"
    request: int  # id of the signal_requested
    signal: str
    code: str  # as in an error reply
    error: str


class EngineEvent(LabEvent):
    """What the engine said of a container, with the engine's own time."""

    kind: Literal["engine_event"] = "engine_event"
    action: str  # create, start, kill, die, stop, oom, pause, unpause, destroy …
    signal: str | None = None
    exit_code: int | None = None


class StopRequested(LabEvent):
    kind: Literal["stop_requested"] = "stop_requested"
    signal: str
    timeout_s: int  # -1: wait for ever
    deadline: AwareDatetime | None  # when SIGKILL is due by the server's clock; None: never
    by: str


class StopEscalated(LabEvent):
    """SIGKILL was asked for: by a person who pressed "Kill now", or by the lab when a local target's time was up.

    For a container whose time is up there is no such event: the engine does that by itself and says ``kill``.
    """

    kind: Literal["stop_escalated"] = "stop_escalated"
    stop: int  # id of the stop_requested
    reason: Literal["person", "timeout"]
    by: str


class StopFinished(LabEvent):
    kind: Literal["stop_finished"] = "stop_finished"
    stop: int  # id of the stop_requested
    took_s: float | None  # by the clock named in ``clock``: first signal to death; None: could not be measured
    exit_code: int | None
    killed: bool | None  # SIGKILL was sent before it ended; None: nobody can tell
    meaning: str
    error: str | None = None  # the stop could not be carried out, and why


class SourceLost(LabEvent):
    """A witness stopped reporting.  What happens until ``source_back`` may be missing."""

    kind: Literal["source_lost"] = "source_lost"
    source: str  # "engine", "output", "processes", "kernel"
    reason: str


class SourceBack(LabEvent):
    kind: Literal["source_back"] = "source_back"
    source: str


AnyEvent = Annotated[
    LabStarted
    | RunCreated
    | RunFinished
    | BuildProgress
    | TargetStarting
    | TargetStarted
    | TargetExited
    | Output
    | Truncated
    | ProcessAppeared
    | ProcessChanged
    | ProcessGone
    | KernelSignal
    | Forecast
    | StopForecast
    | SignalRequested
    | SignalFailed
    | EngineEvent
    | StopRequested
    | StopEscalated
    | StopFinished
    | StepDone
    | StepFailed
    | StepUnseen
    | FileWritten
    | PauseRequested
    | ExecRequested
    | ExecFinished
    | HttpRequested
    | HttpProgress
    | HttpFinished
    | SourceLost
    | SourceBack,
    Field(discriminator="kind"),
]

EVENT: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)


def to_json(event: AnyEvent) -> str:
    """The event as it is stored and sent, without its number.  None fields are left out; order is stable."""
    return EVENT.dump_json(event, by_alias=True, exclude_none=True).decode()


def to_dict(event: AnyEvent) -> dict[str, Any]:
    """The same as plain data."""
    data: dict[str, Any] = EVENT.dump_python(event, mode="json", by_alias=True, exclude_none=True)
    return data
