"""A real engine is restarted, then replaced by another one, in mid-run: what became of everything is said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.hosts.container.images import tag_of
from tests.engine.second_engine import SecondEngine, engine_on_cgroup_v2
from tests.engine.test_recovery import COUNT, DEAF, start, started
from tests.killable import Killable, killable
from tests.support import Person, kind, prints

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("janitors_end"), pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def second(engine: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecondEngine]:
    with engine_on_cgroup_v2(tmp_path_factory.mktemp("second") / "engine") as made:
        made.load(tag_of("base"))
        yield made


@pytest.fixture
def server(second: SecondEngine, tmp_path: Path) -> Iterator[Killable]:
    with killable(tmp_path, DOCKER_HOST=second.url) as made:
        yield made


@pytest.fixture
def person(server: Killable) -> Iterator[Person]:
    with server.person() as made:
        yield made


def test_a_restart_ends_containers_and_that_becomes_known(person: Person, second: SecondEngine) -> None:
    counting, _ = start(person, COUNT)
    run, target = start(person, DEAF)
    with person.events() as events:
        events.until(prints("deaf"))
        events.until(prints("line 3."))
        person.post(f"/targets/{target}/stop", {"timeout_s": 600})
        events.until(kind("engine_event", action="kill"))
        second.stop()
        events.until(kind("source_lost", source="engine"))
        assert person.get("/health").json()["engine"]["state"] == "lost"
        refused = person.post("/runs", {"host": "container", "command": ["true"]})
        assert (refused.status_code, refused.json()["code"]) == (503, "no_engine")
        second.begin("data")
        events.next(kind("source_back", source="engine"))
        for each in (run, counting):
            exited = events.until(kind("target_exited", run=each))
            assert exited["exit_code"] == 137, "an engine that goes down kills what it has"
            events.until(kind("run_finished", run=each))
        over = events.until(kind("stop_finished", run=run))
        assert over["exit_code"] == 137
        again, _ = start(person, "echo after the restart; sleep 600")
        events.until(prints("after the restart"))
        person.client.delete(f"/api/v1/runs/{again}")
        events.until(kind("run_finished", run=again))


def test_after_a_crash_of_its_own_it_cannot_say_how_a_container_ended(person: Person, second: SecondEngine) -> None:
    run, _ = start(person, DEAF)
    with person.events(run=run) as events:
        started(events)  # its output may be faster than the engine's answer: a start that is cut off is another story
        events.until(prints("deaf"))
        second.crash()
        events.until(kind("source_lost", source="engine"))
        second.begin("data")
        events.next(kind("source_back", source="engine"))
        exited = events.until(kind("target_exited"))
        assert "exit_code" not in exited, "255 is the engine's word for that it does not know"
        assert exited["cause"] == "unknown"
        assert exited["meaning"] == "nobody saw it end; the engine was away and cannot say"
        told = events.until(kind("verdict"))
        assert told["outcome"] in ("default_action", "unknown"), "the kernel's word, where it was heard"
        events.until(kind("run_finished"))


@pytest.mark.long
def test_another_engine_in_its_place_is_worked_with(person: Person, second: SecondEngine) -> None:
    run, target = start(person, DEAF)
    with person.events(run=run) as events:
        started(events)
        events.until(prints("deaf"))
        person.post(f"/targets/{target}/stop", {"timeout_s": 600})
        events.until(kind("engine_event", action="kill"))
        second.stop()
        events.until(kind("source_lost", source="engine"))
        second.begin("other")
        events.next(kind("source_back", source="engine"))
        exited = events.until(kind("target_exited"))
        assert exited["exit_code"] == 137, "the first one's last words"
        assert events.until(kind("stop_finished"))["exit_code"] == 137
        events.until(kind("run_finished"))
    told = person.get("/health").json()["engine"]
    assert told["state"] == "ready"
    with person.events() as events:  # the other one has no images: they are built there
        again, _ = start(person, "sleep 600")
        events.until(kind("build_progress", image="base", state="running"))
        assert person.client.delete("/api/v1/builds/base").status_code == 202
        assert "cancelled by the driver" in events.until(kind("run_finished", run=again))["error"]
