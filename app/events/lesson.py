"""Events of lessons: steps, and what a step can do besides signals and stops.

Part of the union in ``app/events/__init__.py``.
"""

from __future__ import annotations

from typing import Literal

from app.events.base import Argv, LabEvent


class StepDone(LabEvent):
    """An expectation of the lesson came true; ``evidence`` is the event that proves it."""

    kind: Literal["step_done"] = "step_done"
    step: int  # from 0
    expect: int  # which expectation of the step, from 0
    evidence: int
    took_s: float | None = None  # from the step's first action to the evidence; None: nobody saw it begin


class StepFailed(LabEvent):
    """An expectation did not come true in its time, or the contrary was seen.  A later ``step_done`` repairs it."""

    kind: Literal["step_failed"] = "step_failed"
    step: int
    expect: int
    why: str  # what was waited for, and what came instead


class StepUnseen(LabEvent):
    """An expectation cannot be seen here, since a witness is missing.  The lesson goes on without it."""

    kind: Literal["step_unseen"] = "step_unseen"
    step: int
    expect: int
    why: str


class FileWritten(LabEvent):
    """A scratch file of the run has a new text."""

    kind: Literal["file_written"] = "file_written"
    name: str
    text: str
    by: str


class PauseRequested(LabEvent):
    """A person asked to freeze a target, or to let it go on."""

    kind: Literal["pause_requested"] = "pause_requested"
    paused: bool
    by: str


class ExecRequested(LabEvent):
    """A command is run inside a target, as ``docker exec`` does."""

    kind: Literal["exec_requested"] = "exec_requested"
    command: Argv
    by: str


class ExecFinished(LabEvent):
    kind: Literal["exec_finished"] = "exec_finished"
    request: int  # id of the exec_requested
    exit_code: int | None  # None: it could not be run, and ``output`` says why
    output: str  # both streams


class HttpRequested(LabEvent):
    """The lab asks a target's own server for a page, over loopback."""

    kind: Literal["http_requested"] = "http_requested"
    url: str
    by: str


class HttpProgress(LabEvent):
    """So much of the answer has come; at most twice a second."""

    kind: Literal["http_progress"] = "http_progress"
    request: int  # id of the http_requested
    received: int  # bytes of the body
    expected: int | None = None  # as the server announced it


class HttpFinished(LabEvent):
    """The answer has come to its end, or was cut."""

    kind: Literal["http_finished"] = "http_finished"
    request: int
    status: int | None = None  # None: there was no answer
    received: int
    expected: int | None = None
    complete: bool  # all that was announced has come
    took_s: float
    error: str | None = None
    text: str = ""  # the first 400 characters
