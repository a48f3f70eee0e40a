"""A stop or signal of a whole run does what can be done, and says for each target what came of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import LabUnderTest, Person, kind

pytestmark = [pytest.mark.whole, pytest.mark.timeout(90)]


def names(answer: dict[str, Any]) -> dict[str, str | None]:
    return {each["target"].partition(".")[2]: each["code"] for each in answer["targets"]}


def test_targets_that_start_later_keep_nobody_from_it(lab: LabUnderTest, driver: Person) -> None:
    """`parent-child`: three targets, two of them started by a step."""
    run, _ = driver.start("parent-child")
    with driver.events(run=run) as events:
        first = events.until(kind("target_started"))["target"].partition(".")[2]
        signalled = driver.post(f"/runs/{run}/signals", {"signal": "WINCH"})
        assert signalled.status_code == 202, signalled.text
        came = names(signalled.json())
        assert came.pop(first) is None
        assert set(came.values()) == {"not_started"}
        stopped = driver.post(f"/runs/{run}/stop", {"timeout_s": 1})
        assert stopped.status_code == 202, stopped.text
        came = names(stopped.json())
        assert came.pop(first) is None
        assert set(came.values()) == {"not_started"}
        assert len(stopped.json()["event_ids"]) == 1
        events.until(kind("run_finished"))  # nobody waits for those that were never asked for


def test_one_that_is_refused_or_over_keeps_nobody_from_it(lab: LabUnderTest, driver: Person) -> None:
    lane = {"host": "process", "command": ["bash", "-c", "trap 'echo asked' TERM; echo ready; read -r; sleep 639"]}
    over = {"host": "process", "command": ["true"]}
    started = driver.post("/runs", {"race": [lane, {**lane, "name": "second"}, over]}).json()
    run, (one, two, gone) = started["run"], [each["id"] for each in started["targets"]]
    with driver.events(run=run) as events:
        for each in (one, two):
            events.until(kind("output", target=each))
        events.until(kind("target_exited", target=gone))
        assert driver.post(f"/targets/{one}/stop", {"timeout_s": 60}).status_code == 202
        answer = driver.post(f"/runs/{run}/stop", {"timeout_s": 60})
        assert answer.status_code == 202, answer.text
        came = {each["target"]: each["code"] for each in answer.json()["targets"]}
        assert came == {one: "conflict", two: None, gone: "already_gone"}
        again = driver.post(f"/runs/{run}/stop", {"timeout_s": 60})
        assert (again.status_code, again.json()["code"]) == (409, "conflict"), "nothing could be done for any"
        for each in (one, two):
            assert driver.post(f"/targets/{each}/kill", {}).status_code == 202
        events.until(kind("run_finished"))
