"""What a killed server left behind, read from its journal: runs without an end, and how far each of their targets was.

Who takes over what is in ``lab.py`` and the hosts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from app.errors import NotFound
from app.events import AnyEvent, BuildProgress, RunFinished, StopFinished, TargetExited
from app.experiments.runner import Runner
from app.hosts.left import Left
from app.hub import Hub
from app.journal import event_of
from app.lab.lab import Lab


@dataclass(slots=True)
class LeftRun:
    """A run that was going on.  ``events``: all of it, with their numbers."""

    id: str
    created: int = 0
    experiment: str | None = None
    targets: dict[str, Left] = field(default_factory=dict)  # by target id
    files: dict[str, str] = field(default_factory=dict)
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
    async for stored in hub.read_all(run=run):
        if stored.run != run:
            continue
        try:
            event = event_of(stored)
        except (ValidationError, KeyError):
            continue  # an older lab's, that this one does not know
        left.events.append((stored.id, event))
        _fold(left, stored.id, event)
    return left


def _fold(left: LeftRun, number: int, event: AnyEvent) -> None:
    if event.kind == "run_created":
        left.created, left.experiment = number, event.experiment
        left.targets = {each.id: Left() for each in event.targets}
        left.files = {file.name: file.text for file in event.files}
    elif event.kind == "file_written":
        left.files[event.name] = event.text
    elif event.target in left.targets:
        left.targets[event.target] = after(left.targets[event.target], number, event)


def after(left: Left, number: int, event: AnyEvent) -> Left:
    """How far the target is after one more event of its own."""
    new: dict[str, Any] = {}
    match event.kind:
        case "target_starting":
            new = {"starting": True}
        case "target_started":
            new = {"starting": True, "started": True, "container": event.container_id}
        case "target_exited":
            new = {"exited": True}
        case "output":
            new = {"printed_at": event.at}
        case "engine_event":
            new = {"said": (*left.said, event)}
        case "process_appeared":
            new = {"processes": left.processes | {(event.pid, event.start)}}
        case "process_changed" if event.was is not None:
            kept = {each for each in left.processes if each[0] != event.was}
            new = {"processes": frozenset(kept | {(event.pid, event.start)})}
        case "process_gone":
            new = {"processes": left.processes - {(event.pid, event.start)}}
        case "stop_requested":
            kills = sum(each.action == "kill" for each in left.said)
            new = {"stop": number, "stop_asked": event, "kills_before": kills}
        case "stop_finished":
            new = {"stop": None, "stop_asked": None}
        case "source_lost" | "source_back" if event.source in ("output", "processes"):
            lost = left.lost | {event.source} if event.kind == "source_lost" else left.lost - {event.source}
            new = {"lost": lost}
    return left.but(**new) if new else left


async def take_over(hub: Hub, lab: Lab, runner: Runner, runs: list[LeftRun]) -> None:
    """Go on with each, as far as there is something to go on with; the others are said to be over."""
    for run in runs:
        runner.recall(run.id, run.experiment, run.events)
        try:
            lab.adopt(run.id, run.created, run.targets, run.files)
        except (NotFound, ValidationError):
            await _say_over(hub, run)


async def _say_over(hub: Hub, run: LeftRun) -> None:
    """Nobody can go on with it: what had begun gets its end, and nobody knows more of it."""
    why = "the lab was gone"
    for target, left in run.targets.items():
        where: dict[str, Any] = {"run": run.id, "target": target}
        if left.stop is not None:
            unseen: dict[str, Any] = {"took_s": None, "exit_code": None, "killed": None, "meaning": ""}
            await hub.record(StopFinished(**where, stop=left.stop, **unseen, error=f"nobody saw its end; {why}"))
        if left.started and not left.exited:
            meaning = f"nobody saw it end; {why}"
            await hub.record(TargetExited(**where, exit_code=None, cause="unknown", meaning=meaning))
    await hub.record(RunFinished(run=run.id, reason="lab_was_gone"))
