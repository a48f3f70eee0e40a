"""The engine goes away in mid-run and comes back: stops, ends and output are true again, and a gap is said."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.gate import Gate, gate
from tests.engine.test_recovery import COUNT, DEAF, docker, lines, start, started
from tests.killable import Killable, killable
from tests.support import Person, kind, prints, until

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("janitors_end"), pytest.mark.timeout(120)]


@pytest.fixture
def way(engine: None, tmp_path: Path) -> Iterator[Gate]:
    here = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://")
    with gate(tmp_path, here) as made:
        yield made


@pytest.fixture
def person(way: Gate, tmp_path: Path) -> Iterator[Person]:
    with killable(tmp_path / "data", DOCKER_HOST=f"unix://{way.path}") as server:
        yield from _person(server)


def _person(server: Killable) -> Iterator[Person]:
    with server.person() as somebody:
        yield somebody


def test_output_goes_on_after_a_gap_that_is_said(person: Person, way: Gate) -> None:
    run, target = start(person, COUNT)
    with person.events(run=run) as events:
        started(events)
        events.until(prints("line 5."))
        way.close()
        events.until(kind("source_lost", source="engine"))
        refused = person.post(f"/targets/{target}/stop", {"timeout_s": 1})
        events.until(kind("stop_finished"))
        assert refused.status_code == 202
        assert person.get("/health").json()["engine"]["state"] == "lost"
        way.open()
        events.next(kind("source_back", source="engine"))
        events.next(kind("source_back", source="output"))
        before = lines(events.seen)[-1]
        events.next(lambda event: bool(lines([event])) and lines([event])[-1] > before + 5)
        printed = lines(events.seen)
        assert printed == sorted(set(printed))
        assert "output may be missing" in "".join(event.get("reason", "") for event in events.seen)
        person.client.delete(f"/api/v1/runs/{run}")
        events.until(kind("run_finished"))


def test_the_end_of_a_stop_is_asked_for_where_nobody_tells_it(person: Person, way: Gate) -> None:
    run, target = start(person, DEAF)
    with person.events(run=run) as events:
        started(events)
        events.until(prints("deaf"))
        way.hold_events()
        person.post(f"/targets/{target}/stop", {"timeout_s": 1})
        over = events.until(kind("stop_finished"))
        assert (over["exit_code"], over["killed"], over["clock"]) == (137, True, "engine")
        assert 1 <= over["took_s"] < 60
        assert events.until(kind("target_exited"))["exit_code"] == 137
        events.until(kind("run_finished"))


def test_a_stop_whose_engine_goes_away_becomes_true_when_it_is_back(person: Person, way: Gate) -> None:
    run, target = start(person, DEAF)
    with person.events(run=run) as events:
        container = started(events)
        events.until(prints("deaf"))
        person.post(f"/targets/{target}/stop", {"timeout_s": 2})
        events.until(kind("engine_event", action="kill"))
        way.close()
        events.until(kind("source_lost", source="engine"))
        until(lambda: container not in docker("ps", "-q", "--no-trunc"), what="the engine has killed it meanwhile")
        assert not [event for event in events.seen if event["kind"] in ("stop_finished", "target_exited")]
        way.open()
        over = events.until(kind("stop_finished"))
        assert (over["exit_code"], over["killed"], over["clock"]) == (137, True, "engine")
        assert 2 <= over["took_s"] < 60
        events.until(kind("run_finished"))
        kills = [event["signal"] for event in events.seen if event.get("action") == "kill"]
        assert kills == ["SIGTERM", "SIGKILL"]


@pytest.mark.long
def test_what_the_engine_has_forgotten_is_read_from_the_state_and_said_to_be(person: Person, way: Gate) -> None:
    """It remembers 256 events, of all containers."""
    run, target = start(person, DEAF)
    other, _ = start(person, "sleep 600")
    with person.events(run=other) as events:
        busy = started(events)
    with person.events(run=run) as events:
        container = started(events)
        events.until(prints("deaf"))
        person.post(f"/targets/{target}/stop", {"timeout_s": 600})
        events.until(kind("engine_event", action="kill"))
        way.close()
        events.until(kind("source_lost", source="engine"))
        docker("kill", "--signal", "KILL", container)
        noise = f"for each in $(seq 140); do docker pause {busy} && docker unpause {busy}; done"
        subprocess.run(["sh", "-c", noise], check=True, capture_output=True)
        way.open()
        exited = events.until(kind("target_exited"))
        assert (exited["exit_code"], exited["clock"]) == (137, "engine")
        assert "read from its state afterwards" in exited["meaning"]
        over = events.until(kind("stop_finished"))
        assert over["exit_code"] == 137
        assert "killed" not in over, "nobody can tell"


def test_an_engine_that_is_away_at_the_next_start_is_not_waited_for(way: Gate, tmp_path: Path) -> None:
    """What it alone could tell is told as unknown; what is left on it is removed when it is back."""
    with killable(tmp_path / "data", DOCKER_HOST=f"unix://{way.path}") as server:
        with server.person() as person:
            run, target = start(person, DEAF)
            with person.events(run=run) as events:
                container = started(events)
                events.until(prints("deaf"))
                person.post(f"/targets/{target}/stop", {"timeout_s": 600})
                events.until(kind("engine_event", action="kill"))
        way.close()
        server.kill()
        server.start()
        with server.person() as person, person.events(run=run) as events:
            ends = [events.until(kind(each)) for each in ("target_exited", "stop_finished", "verdict", "run_finished")]
        exited, over, verdict, finished = ends
        assert exited["cause"] == "unknown"
        assert exited["meaning"] == "nobody saw it end; the lab was gone, and the engine cannot be asked"
        assert {"took_s", "killed", "exit_code"} & set(over) == set()
        assert verdict["outcome"] == "unknown"
        assert finished["reason"] == "lab_was_gone"
        assert [each["id"] for each in ends] == sorted(each["id"] for each in ends)
        way.open()
        until(lambda: container not in docker("ps", "-aq", "--no-trunc"), what="what the run left is removed")


def test_the_janitor_goes_on_until_the_engine_is_back(way: Gate, tmp_path: Path) -> None:
    with killable(tmp_path / "data", DOCKER_HOST=f"unix://{way.path}") as server:
        with server.person() as person:
            run, _ = start(person, DEAF)
            with person.events(run=run) as events:
                container = started(events)
        way.close()
        server.kill()
        with way.counting() as tried:
            until(lambda: len(tried) > 3, within_s=60, what="it has tried again and again")
        assert container in docker("ps", "-q", "--no-trunc")
        way.open()
        until(lambda: container not in docker("ps", "-aq", "--no-trunc"), within_s=30, what="the janitor removes it")
        server.start()
        with server.person() as person, person.events(run=run) as events:
            exited = events.until(kind("target_exited"))
            assert (exited["exit_code"], exited["cause"]) == (137, "killed")
