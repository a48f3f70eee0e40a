"""What the API tells about runs, experiments, signals and the lab itself: read from the journal and the tables.

A run's facts are folded from its few telling events, never from a second stored state.
"""

from __future__ import annotations

import json
from typing import Any

from app.errors import NotFound
from app.experiments.model import Experiment
from app.hub import Hub

TELLING = frozenset({"run_created", "run_finished", "stop_finished", "target_exited"})


async def runs_facts(hub: Hub, run: str | None = None) -> list[dict[str, Any]]:
    """Facts of all runs (or one), newest first."""
    runs: dict[str, dict[str, Any]] = {}
    async for stored in hub.read_all(run=run, kinds=TELLING):
        if stored.run is None:
            continue
        event = json.loads(stored.json)
        match stored.kind:
            case "run_created":
                runs[stored.run] = {
                    "run": stored.run,
                    "number": event["number"],
                    "experiment": event.get("experiment"),
                    "title": event["title"],
                    "question": event["question"],
                    "targets": event["targets"],
                    "status": "running",
                    "reason": None,
                    "created_at": event["at"],
                    "finished_at": None,
                    "result": None,
                }
            case "run_finished" if facts := runs.get(stored.run):
                facts |= {"status": "finished", "reason": event["reason"], "finished_at": event["at"]}
            case "stop_finished" if facts := runs.get(stored.run):
                facts["result"] = {name: event.get(name) for name in ("took_s", "exit_code", "killed")}
            case "target_exited" if (facts := runs.get(stored.run)) and facts["result"] is None:
                facts["result"] = {"took_s": None, "exit_code": event.get("exit_code"), "killed": None}
    return list(reversed(runs.values()))


async def run_facts(hub: Hub, run: str) -> dict[str, Any]:
    """One run's, with ``last_event_id``.  Raises NotFound."""
    found = [facts for facts in await runs_facts(hub, run) if facts["run"] == run]
    if not found:
        raise NotFound(f"there is no run {run}")
    return {**found[0], "last_event_id": hub.journal.last_of_run(run)}


def steps_of(experiment: Experiment) -> list[dict[str, Any]]:
    return [
        {
            "say": step.say,
            "do": [action.shown() for action in step.do],
            "expect": [expect.say for expect in step.expect],
        }
        for step in experiment.step
    ]
