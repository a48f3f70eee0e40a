"""What a killed server left in its journal: runs without an end, and how far each of their targets was."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from app.events import (
    AnyEvent,
    BuildProgress,
    EngineEvent,
    StopRequested,
    TargetExited,
    TargetStarted,
)
from app.hub import Hub
from app.journal import event_of

KINDS = frozenset(
    {"run_created", "target_starting", "target_started", "target_exited", "engine_event"}
    | {"signal_requested", "signal_failed", "stop_requested", "stop_escalated", "stop_finished", "verdict"}
    | {"bet_opened", "bet_placed", "bet_closed"}
)


@dataclass(slots=True)
class LeftTarget:
    """``said``: all that the engine had said of it; ``stop``: one without an end, with its number."""

    id: str
    started: TargetStarted | None = None
    exited: TargetExited | None = None
    said: list[EngineEvent] = field(default_factory=list)
    stop: tuple[int, StopRequested] | None = None
    said_before: int = 0  # so much of ``said`` came before that stop
    escalated: bool = False  # of that stop: SIGKILL was asked for
    judged: set[int] = field(default_factory=set)  # requests that have a verdict

    @property
    def open(self) -> bool:
        """Whether something of it has no end."""
        return self.started is not None and (self.exited is None or self.stop is not None)


@dataclass(slots=True)
class LeftRun:
    """A run that was going on.  ``events``: its own of KINDS, with their numbers."""

    id: str
    targets: dict[str, LeftTarget] = field(default_factory=dict)  # by id
    events: list[tuple[int, AnyEvent]] = field(default_factory=list)


async def runs_left(hub: Hub) -> list[LeftRun]:
    """Every run that was created and has not finished, oldest first."""
    open_runs: dict[str, None] = {}
    async for stored in hub.read_all(kinds=frozenset({"run_created", "run_finished"})):
        if stored.run is not None and stored.kind == "run_created":
            open_runs[stored.run] = None
        elif stored.run is not None:
            open_runs.pop(stored.run, None)
    return [await _read(hub, run) for run in open_runs]


async def end_builds_left(hub: Hub) -> None:
    """A build ends with its server: the engine sees to that.  Say so, for those that never had an end."""
    states: dict[str, dict[str, Any]] = {}
    async for stored in hub.read_all(kinds=frozenset({"build_progress"})):
        said = json.loads(stored.json)
        states[said["image"]] = said
    for image, said in states.items():
        if said["state"] == "running":
            what = said.get("what", "build")
            text = f"the lab was gone while it was {'pulled' if what == 'pull' else 'built'}"
            await hub.record(BuildProgress(image=image, what=what, state="cancelled", text=text))


async def _read(hub: Hub, run: str) -> LeftRun:
    left = LeftRun(run)
    async for stored in hub.read_all(run=run, kinds=KINDS):
        if stored.run != run:
            continue
        try:
            event = event_of(stored)
        except (ValidationError, KeyError):
            continue  # an older lab's, that this one does not know
        left.events.append((stored.id, event))
        if event.kind == "run_created":
            left.targets = {each.id: LeftTarget(each.id) for each in event.targets}
        elif event.target in left.targets:
            _fold(left.targets[event.target], stored.id, event)
    return left


def _fold(target: LeftTarget, number: int, event: AnyEvent) -> None:
    match event.kind:
        case "target_started":
            target.started = event
        case "target_exited":
            target.exited = event
        case "engine_event":
            target.said.append(event)
        case "stop_requested":
            target.stop, target.said_before, target.escalated = (number, event), len(target.said), False
        case "stop_escalated":
            target.escalated = True
        case "stop_finished":
            target.stop = None
        case "verdict" if event.request is not None:
            target.judged.add(event.request)
