"""What the API tells about runs: folded from their few telling events, never from a second stored state.

Runs of one's own are in the journal; imported ones are folded by the same rules from where those are kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from anyio import to_thread

from app.errors import NotFound
from app.experiments.model import Experiment
from app.hub import Hub
from app.imports.shelf import Import, Imported
from app.journal import Stored

# What tells how a run went, and what history shows and searches besides.
WORDS = frozenset(
    {
        *("run_created", "run_finished", "stop_finished", "target_exited", "target_starting", "verdict"),
        *("step_failed", "step_done"),
    }
)
Facts = dict[str, Any]


def fold_into(runs: dict[str, RunStory], events: Iterable[Stored]) -> None:
    """Take what is told of each run, in the order in which it was recorded."""
    for stored in events:
        if stored.run is None:
            continue
        event = json.loads(stored.json)
        if stored.kind == "run_created":
            runs[stored.run] = RunStory(stored.run, event)
        elif story := runs.get(stored.run):
            story.take(stored.kind, event)


class RunStory:
    """One run as far as it was told.  Its result is that of the target whose stop, or whose end, was told last."""

    def __init__(self, run: str, event: Facts) -> None:
        self._facts: Facts = {
            "run": run,
            "number": event["number"],
            "experiment": event.get("experiment"),
            "title": event["title"],
            "question": event["question"],
            "targets": event["targets"],
            "commands": [],
            "status": "running",
            "reason": None,
            "created_at": event["at"],
            "finished_at": None,
            "duration_s": None,
            "outcome": "running",
            "imported": False,
        }
        self._result: Facts | None = None
        self._of: str | None = None  # the target that the result is about
        self._verdicts: dict[str | None, dict[int | None, str]] = {}  # by target and request
        self._stops: dict[str | None, int] = {}
        self._missed: set[tuple[int, int]] = set()  # what its lesson had to show and has not

    def take(self, kind: str, event: Facts) -> None:
        target = event.get("target")
        match kind:
            case "run_finished":
                self._facts |= {"status": "finished", "reason": event["reason"], "finished_at": event["at"]}
            case "stop_finished":
                self._result = {name: event.get(name) for name in ("took_s", "exit_code", "killed")}
                self._of, self._stops[target] = target, event["stop"]
            case "target_exited" if self._result is None:
                self._result = {"took_s": None, "exit_code": event.get("exit_code"), "killed": None}
                self._of = target
            case "target_starting":
                self._facts["commands"].append(event["equivalent"])
            case "step_failed":
                self._missed.add((event["step"], event["expect"]))
            case "step_done":  # what comes late repairs it
                self._missed.discard((event["step"], event["expect"]))
            case "verdict":
                said = self._verdicts.setdefault(target, {})
                said.pop(event.get("request"), None)  # a later one takes its place, and is the newest
                said[event.get("request")] = event["text"]

    def facts(self) -> Facts:
        facts = {**self._facts, "commands": list(self._facts["commands"]), "missed": len(self._missed)}
        if facts["finished_at"]:
            passed = datetime.fromisoformat(facts["finished_at"]) - datetime.fromisoformat(facts["created_at"])
            facts["duration_s"] = max(0.0, round(passed.total_seconds(), 3))
        verdict = self._verdict() if self._result else None
        facts["result"] = self._result and {**self._result, "verdict": verdict}
        facts["outcome"] = outcome_of(facts)
        return facts

    def _verdict(self) -> str | None:
        """As the page chooses it (``selectors/verdict.js``): a stop's, else the end's, else the last signal's."""
        said = self._verdicts.get(self._of, {})
        if self._of in self._stops:
            return said.get(self._stops[self._of])
        return said.get(None) or next(reversed(said.values()), None)


def outcome_of(facts: Facts) -> str:
    """One word: running, killed, left, ended, not_started or unknown."""
    result = facts["result"]
    if facts["status"] == "running":
        return "running"
    if facts["reason"] == "failed":
        return "not_started"
    if result and result["killed"] is not None:
        return "killed" if result["killed"] else "left"
    return "ended" if result and result["exit_code"] is not None else "unknown"


async def run_facts(hub: Hub, run: str) -> Facts:
    """One run's, with ``last_event_id``.  Raises NotFound."""
    stories: dict[str, RunStory] = {}
    async for event in hub.read_all(run=run, kinds=WORDS):
        fold_into(stories, [event])
    if run not in stories:
        raise NotFound(f"there is no run {run}")
    return {**stories[run].facts(), "last_event_id": hub.journal.last_of_run(run)}


async def imported_facts(imported: Imported, each: Import) -> Facts:
    """What has no end in the recording has none that anybody knows; it is over all the same."""
    stories: dict[str, RunStory] = {}
    fold_into(stories, await to_thread.run_sync(imported.read, each.run, WORDS))
    facts = stories[each.run].facts() | {"imported": True, "imported_at": each.at, "status": "finished"}
    return {**facts, "outcome": outcome_of(facts)}


def steps_of(experiment: Experiment) -> list[dict[str, Any]]:
    return [
        {
            "say": step.say,
            "do": [action.shown() for action in step.do],
            "expect": [expect.say for expect in step.expect],
        }
        for step in experiment.step
    ]


async def time_before(hub: Hub, facts: dict[str, Any]) -> dict[str, Any]:
    """Stop times of the newest run before this one of the same race, by the names of its targets."""

    def race(created: dict[str, Any]) -> tuple[object, ...]:
        names = tuple(target["name"] for target in created["targets"])
        return (created.get("experiment") or created["title"], names)

    created: dict[str, dict[str, Any]] = {}
    took: dict[str, dict[str, float]] = {}
    async for stored in hub.read_all(kinds=frozenset({"run_created", "stop_finished"})):
        event = json.loads(stored.json)
        if stored.run is None or (stored.kind == "run_created" and event["number"] >= facts["number"]):
            continue
        if stored.kind == "run_created" and race(event) == race(facts):
            created[stored.run] = event
        elif stored.run in created and event.get("took_s") is not None:
            took.setdefault(stored.run, {})[event["target"].partition(".")[2]] = event["took_s"]
    last = max(took, key=lambda run: int(created[run]["number"]), default=None)
    return {"run": last, "number": created[last]["number"] if last else None, "took_s": took[last] if last else {}}
