"""What the processes of a run cost, as the page asks for it."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.support import LabUnderTest, Person, kind, runs, until

pytestmark = pytest.mark.whole


def test_a_process_that_counts_is_seen_to(lab: LabUnderTest, driver: Person, viewer: Person) -> None:
    run, target = driver.command("sh", "-c", "sleep 600 & while :; do :; done")
    with driver.events(run=run) as events:
        root = events.until(kind("target_started"))["pid"]
        idle = events.until(runs("sleep", "600"))["pid"]
        told: dict[int, dict[str, Any]] = {}

        def counts() -> bool:
            told.update({each["pid"]: each for each in viewer.get(f"/runs/{run}/load").json()["processes"]})
            return {root, idle} <= set(told) and (told[root]["cpu_percent"] or 0) > 1  # others run on this machine

        until(counts, within_s=45, what="CPU of a loop")
        assert told[idle]["cpu_percent"] in (None, 0.0)
        assert told[root]["rss_bytes"] > 0 and told[idle]["rss_bytes"] > 0
        journal = driver.get("/health").json()["last_event_id"]
        began = time.monotonic()
        answers = {viewer.get(f"/runs/{run}/load").text for _ in range(20)}
        most = (time.monotonic() - began) / 0.5 + 2
        assert len(answers) <= most, "however many ask, processes are looked at twice a second"
        assert driver.get("/health").json()["last_event_id"] == journal, "no fact of a run"
        assert driver.post(f"/targets/{target}/signals", {"signal": "SIGKILL"}).status_code == 202
        events.until(kind("run_finished"))
    until(lambda: viewer.get(f"/runs/{run}/load").json() == {"processes": []}, within_s=30, what="nothing to measure")


def test_the_machine_is_told_and_a_run_that_is_not_has_no_load(lab: LabUnderTest, viewer: Person) -> None:
    machine = viewer.get("/engine").json()["machine"]
    assert machine["cpus"] >= 1 and machine["load"] >= 0
    refused = viewer.get("/runs/r99/load")
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
