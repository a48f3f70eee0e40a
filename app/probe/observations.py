"""What ``target_matcher.py`` observes of the processes of targets; it also goes over the wire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.probe.senders import Sender

Ended = Literal["exited", "killed", "dumped_core"]
Action = Literal["handler", "default", "dropped"]


@dataclass(frozen=True, slots=True)
class SignalGenerated:
    """A signal was sent to a process of a target.  ``result`` as in ``Generated``."""

    target: str
    at_ns: int
    signal: int
    code: int
    pid: int
    thread: int | None  # for this thread only
    comm: str
    ns_pid: int | None  # inside its PID namespace; None: it was gone before anybody asked
    result: int
    sender: Sender
    teardown: bool


@dataclass(frozen=True, slots=True)
class SignalDelivered:
    """A process of a target took a signal."""

    target: str
    at_ns: int
    signal: int
    code: int
    pid: int
    thread: int | None  # taken by this one, not the leader
    comm: str
    ns_pid: int | None
    action: Action


@dataclass(frozen=True, slots=True)
class TreeChanged:
    """Processes of a target came, went, or became another program."""

    target: str


@dataclass(frozen=True, slots=True)
class Gone:
    """How a process ended, as its parent was told."""

    target: str
    pid: int
    how: Ended


@dataclass(frozen=True, slots=True)
class Chosen:
    """The kernel had no memory left, and chose this process to be killed."""

    target: str
    at_ns: int
    pid: int
    comm: str
    ns_pid: int | None


@dataclass(frozen=True, slots=True)
class Missed:
    """The trace had no room: −1 is some."""

    count: int


Observation = SignalGenerated | SignalDelivered | TreeChanged | Gone | Chosen | Missed
