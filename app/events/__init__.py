"""Every event the lab can record, as one closed union.

What they are made of is in ``base.py`` and ``parts.py``; those of processes, of stops and of lessons are in
``processes.py``, ``stops.py`` and ``lesson.py``, the verdict in ``verdict.py``, guesses in ``guesses.py``,
rehearsals in ``rehearsals.py``, of containers that are not the lab's in ``foreign.py``.

An event is a fact: immutable, typed, and numbered by the journal when it is stored (the number is not a field here).
``at`` is when it happened by the clock named in ``clock``; ``seen_at`` is when the server learned of it.  The browser
has a reducer for exactly these kinds (``static/js/reduce/index.js``); ``tests/test_event_contract.py`` holds both
together: what is added here must be answered there in the same commit.  The page's types of events are generated from
this union (``scripts/event_types.py``).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import Field, TypeAdapter

from app.events.base import Argv, Line, one_line
from app.events.base import Author as Author
from app.events.base import Clock as Clock
from app.events.base import LabEvent as LabEvent
from app.events.base import now as now
from app.events.foreign import ForeignAsked as ForeignAsked
from app.events.foreign import ForeignDone as ForeignDone
from app.events.guesses import BetClosed as BetClosed
from app.events.guesses import BetOpened as BetOpened
from app.events.guesses import BetPlaced as BetPlaced
from app.events.lesson import (
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
from app.events.parts import Fence, Limit, Origin, ScratchFile, TargetInfo
from app.events.processes import Forecast as Forecast
from app.events.processes import KernelSignal as KernelSignal
from app.events.processes import OomVictim as OomVictim
from app.events.processes import ProcessAppeared as ProcessAppeared
from app.events.processes import ProcessChanged as ProcessChanged
from app.events.processes import ProcessGone as ProcessGone
from app.events.rehearsals import Rehearsed as Rehearsed
from app.events.stops import StopEscalated as StopEscalated
from app.events.stops import StopFinished as StopFinished
from app.events.stops import StopForecast as StopForecast
from app.events.stops import StopOverdue as StopOverdue
from app.events.stops import StopRequested as StopRequested
from app.events.trial import KernelTrial as KernelTrial
from app.events.verdict import Verdict as Verdict

Cause = Literal["exited", "killed", "unknown"]


class LabStarted(LabEvent):
    """The server came up.  Runs that were open before it are closed by the events that follow."""

    kind: Literal["lab_started"] = "lab_started"
    version: str


class RunCreated(LabEvent):
    kind: Literal["run_created"] = "run_created"
    number: int  # counts the runs of this journal: "run 31"
    experiment: str | None  # catalogue id; None for an ad-hoc run
    title: Line
    question: Line
    targets: tuple[TargetInfo, ...]
    files: tuple[ScratchFile, ...] = ()  # in the run's own folder


class RunFinished(LabEvent):
    """No target of the run is alive any more, and none will start."""

    kind: Literal["run_finished"] = "run_finished"
    reason: Literal["ended", "failed", "removed", "lab_stopped", "lab_was_gone"]
    error: str | None = None  # for "failed": what went wrong, in words


class BuildProgress(LabEvent):
    """One piece of an image's build log, or its end; of one that is not the lab's, of its pull from a registry."""

    kind: Literal["build_progress"] = "build_progress"
    image: str
    what: Literal["build", "pull"] = "build"
    state: Literal["running", "done", "failed", "cancelled"]
    text: str  # log text, whole lines; may be empty at the end
    step: int | None = None  # of ``steps`` (or layers), from 1, where the builder counts them
    steps: int | None = None
    package: str | None = None  # what it failed for, where its log names one


class TargetStarting(LabEvent):
    kind: Literal["target_starting"] = "target_starting"
    equivalent: Line  # the command line a person would type


class TargetStarted(LabEvent):
    kind: Literal["target_started"] = "target_started"
    pid: int | None  # of the root process, on the engine's machine
    start: int | None  # its start time, clock ticks since boot; with pid it names one process for ever
    container_id: str | None = None
    command: Argv
    equivalent: Line
    tty: bool
    stdin: bool
    stop_signal: str  # what a stop sends when nothing else is asked: "SIGTERM"
    stop_timeout_s: int  # how long a stop waits when nothing else is asked
    fence: Fence | None = None  # of a container: what the lab has taken from it
    without: tuple[Limit, ...] = ()  # limits of the lab that this engine cannot set
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
    oom: int | None = None  # of a local target: how many the kernel ended as their memory ran out; None: nobody counted


class Output(LabEvent):
    kind: Literal["output"] = "output"
    text: str  # decoded incrementally as UTF-8; at most 16 KiB or 20 ms of output
    stream: Literal["pty", "stdout", "stderr"]
    left_out: int | None = None  # bytes that were printed before this and are in no event; only after `truncated`


class Truncated(LabEvent):
    """Something was cut on purpose, from here on, and this says so."""

    kind: Literal["truncated"] = "truncated"
    what: Literal["output", "processes", "kernel_signals"]
    limit: str  # in words: "8 MiB of output"


class SignalRequested(LabEvent):
    """A person asked for a signal.  Recorded before it is sent, so the cause precedes the effect."""

    kind: Literal["signal_requested"] = "signal_requested"
    signal: str
    pid: int | None  # inside the target's namespace; None: its root process
    group: bool = False  # the whole process group of pid
    from_: Origin = Field("outside", alias="from")
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


class SourceLost(LabEvent):
    """A witness stopped reporting.  What happens until ``source_back`` may be missing."""

    kind: Literal["source_lost"] = "source_lost"
    source: str  # "engine", "output", "processes", "kernel"; "lab": of a target, whose server was killed
    reason: str


class SourceBack(LabEvent):
    """It reports again.  ``missing``: at least so many of its records were not told; None: nobody counted them."""

    kind: Literal["source_back"] = "source_back"
    source: str
    missing: int | None = None


AnyEvent = Annotated[
    LabStarted
    | KernelTrial
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
    | OomVictim
    | Forecast
    | StopForecast
    | SignalRequested
    | SignalFailed
    | EngineEvent
    | StopRequested
    | StopEscalated
    | StopOverdue
    | StopFinished
    | Verdict
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
    | BetOpened
    | BetPlaced
    | BetClosed
    | Rehearsed
    | ForeignAsked
    | ForeignDone
    | SourceLost
    | SourceBack,
    Field(discriminator="kind"),
]

EVENT: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)


MODELS = {each.model_fields["kind"].default: each for each in get_args(get_args(AnyEvent)[0])}


def from_dict(kind: str, data: dict[str, Any]) -> AnyEvent:
    """What ``to_json`` has written; what is None is not there.  Raises KeyError, ValidationError."""
    fields = MODELS[kind].model_fields
    absent = [name for name, field in fields.items() if field.is_required() and (field.alias or name) not in data]
    return EVENT.validate_python({**dict.fromkeys(absent), **data})


def to_json(event: AnyEvent) -> str:
    """The event as it is stored and sent, without its number.  None fields are left out; order is stable."""
    return one_line(EVENT.dump_json(event, by_alias=True, exclude_none=True).decode())


def to_dict(event: AnyEvent) -> dict[str, Any]:
    """The same as plain data."""
    data: dict[str, Any] = EVENT.dump_python(event, mode="json", by_alias=True, exclude_none=True)
    return data
