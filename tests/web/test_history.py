"""The history: what is found, page by page, and what is forgotten."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import BadRequest
from app.web.history import page_of
from tests.support import Person, kind

pytestmark = pytest.mark.timeout(60)


def finished(driver: Person, *command: str) -> str:
    run, _ = driver.command(*command)
    with driver.events(run=run) as events:
        events.until(kind("run_finished"))
    return run


def found(driver: Person, query: str = "") -> list[str]:
    reply = driver.get(f"/runs?{query}")
    assert reply.status_code == 200, reply.text
    return [each["run"] for each in reply.json()["runs"]]


def test_runs_are_found_by_what_they_were_and_what_they_came_to(driver: Person) -> None:
    three = finished(driver, "sh", "-c", "exit 3")
    stopped, target = driver.command("sleep", "673")
    with driver.events(run=stopped) as events:
        events.until(kind("target_started"))
        driver.post(f"/targets/{target}/stop", {"timeout_s": 5})
        events.until(kind("run_finished"))
    gone = finished(driver, "/no/such/program")
    alive, _ = driver.command("sleep", "674")
    assert found(driver) == [alive, gone, stopped, three]
    assert found(driver, "q=SLEEP+673") == [stopped]
    assert found(driver, "q=sleep") == [alive, stopped]
    assert found(driver, "q=67") == [], "a number is looked for as a whole"
    assert found(driver, f"q=run+{three[1:]}") == [three]
    assert found(driver, "q=%22exit+3%22") == [three]
    assert set(found(driver, "q=exit+3")) >= {three}
    assert found(driver, "q=live") == found(driver, "outcome=running") == [alive]
    assert found(driver, "outcome=left") == [stopped]
    assert found(driver, "outcome=ended") == [three]
    assert found(driver, "outcome=not_started") == [gone]
    assert found(driver, "experiment=catch-all") == []
    [facts] = driver.get(f"/runs?q={stopped}").json()["runs"]
    assert facts["result"]["exit_code"] == 143
    assert facts["result"]["verdict"], "the sentence of its verdict"
    assert found(driver, f"q={facts['result']['verdict'].split()[0]}+673") == [stopped]
    assert 0 <= facts["result"]["took_s"] <= facts["duration_s"] < 60
    assert driver.get("/runs?outcome=fine").status_code == 422
    assert driver.get("/runs?before=yesterday").json()["code"] == "bad_request"


def test_pages_go_on_where_the_one_before_ended(driver: Person) -> None:
    runs = [finished(driver, "true") for _ in range(5)]
    first = driver.get("/runs?limit=2").json()
    assert (first["total"], [each["run"] for each in first["runs"]]) == (5, runs[:2:-1])
    newer = finished(driver, "true")
    second = driver.get(f"/runs?limit=2&before={first['next']}").json()
    assert [each["run"] for each in second["runs"]] == [runs[2], runs[1]], newer
    last = driver.get(f"/runs?limit=2&before={second['next']}").json()
    assert ([each["run"] for each in last["runs"]], last["next"]) == ([runs[0]], None)


def test_who_drives_may_forget_what_has_ended(driver: Person, viewer: Person) -> None:
    run = finished(driver, "true")
    alive, target = driver.command("sleep", "675")
    with driver.events(run=alive) as events:
        events.until(kind("target_started"))
    assert viewer.client.delete(f"/api/v1/runs/{run}?forget=true").status_code == 403
    assert driver.client.delete(f"/api/v1/runs/{alive}?forget=true").json()["code"] == "conflict"
    assert driver.client.delete(f"/api/v1/runs/{run}").status_code == 200, "it has ended: nothing to end"
    assert found(driver) == [alive, run]
    assert driver.client.delete(f"/api/v1/runs/{run}?forget=true").status_code == 200
    assert found(driver) == [alive]
    for path in (f"/runs/{run}", f"/runs/{run}/events.jsonl"):
        assert driver.get(path).status_code == 404
    assert driver.client.delete(f"/api/v1/runs/{run}?forget=true").status_code == 404
    with driver.events() as events:  # from the first event on, also those that were still in memory
        driver.post(f"/targets/{target}/stop", {"timeout_s": 5})
        events.until(kind("run_finished", run=alive))
        assert not [event for event in events.seen if event.get("run") == run]
        assert events.seen == sorted(events.seen, key=lambda event: event["id"])


def facts(number: int, second: int, outcome: str) -> dict[str, Any]:
    return {
        "run": f"r{number}", "number": number, "experiment": None, "title": "sleep", "question": "sleep 1",
        "commands": ["sleep 1"], "targets": [{"name": "main"}], "outcome": outcome, "imported": False, "result": None,
        "created_at": f"2026-01-01T00:00:{second:02d}Z",
    }  # fmt: skip


@settings(deadline=None)
@given(
    seconds=st.lists(st.integers(0, 59), max_size=30),
    limit=st.integers(1, 7),
    outcome=st.sampled_from([None, "killed", "left"]),
    q=st.sampled_from(["", "sleep", "1 run", "nowhere", "\\d", "²", '"sleep 1"', '"', '"" 7']),
)
def test_all_pages_together_are_all_that_match_once_and_in_order(
    seconds: list[int], limit: int, outcome: Any, q: str
) -> None:
    runs = [facts(number, second, ("killed", "left")[number % 2]) for number, second in enumerate(seconds, 1)]
    whole = page_of(runs, q=q, outcome=outcome, experiment=None, before=None, limit=500)
    shown: list[dict[str, Any]] = []
    before: str | None = None
    for _ in range(40):
        page = page_of(runs, q=q, outcome=outcome, experiment=None, before=before, limit=limit)
        assert page["total"] == whole["total"]
        shown += page["runs"]
        before = page["next"]
        if before is None:
            break
    assert shown == whole["runs"]
    assert whole["next"] is None
    assert [each["created_at"] for each in shown] == sorted((each["created_at"] for each in shown), reverse=True)


@given(st.text(max_size=40))
def test_a_place_that_is_none_is_refused(before: str) -> None:
    try:
        page_of([], q="", outcome=None, experiment=None, before=before, limit=1)
    except BadRequest as error:
        assert error.status == 422
