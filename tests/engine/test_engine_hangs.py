"""An engine that takes connections and answers nothing: it is noticed, and holds up nobody."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from app.hosts.container.images import tag_of
from tests.engine.gate import Gate, gate
from tests.engine.second_engine import engine_on_cgroup_v2
from tests.engine.test_recovery import DEAF, docker, start, started
from tests.killable import killable
from tests.support import Event, Person, kind, prints, until
from tests.test_serve import BEARER, base, serving

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("janitors_end"), pytest.mark.timeout(120)]
HERE = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://")


@pytest.fixture
def way(engine: None, tmp_path: Path) -> Iterator[Gate]:
    with gate(tmp_path, HERE) as made:
        yield made


@contextmanager
def within(seconds: float) -> Iterator[None]:
    began = time.monotonic()
    yield
    took = time.monotonic() - began
    assert took < seconds, f"it took {took:.1f} s"


def since(moment: datetime, event: Event) -> float:
    return (datetime.fromisoformat(event["at"]) - moment).total_seconds()


def test_it_is_lost_within_seconds_and_a_passed_deadline_is_said(
    way: Gate, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    with killable(tmp_path / "data", DOCKER_HOST=f"unix://{way.path}") as server, server.person() as person:
        run, target = start(person, DEAF)
        with person.events(run=run) as events:
            started(events)
            events.until(prints("deaf"))
            person.post(f"/targets/{target}/stop", {"timeout_s": 2})
            events.until(kind("engine_event", action="kill"))
            way.freeze()
            frozen = datetime.now(UTC)
            lost = events.until(kind("source_lost", source="engine"))
            record_property("a hung engine is lost after", f"{since(frozen, lost):.1f} s")
            assert since(frozen, lost) < 7, "5 s, and some for a busy machine"
            assert "does not answer" in lost["reason"]
            late = events.until(kind("stop_overdue"))
            assert late["late_s"] == 2
            with within(10):
                assert person.post(f"/targets/{target}/kill").json()["code"] == "no_engine"
                assert person.post(f"/targets/{target}/signals", {"signal": "USR1"}).status_code in (202, 503)
                assert person.post("/runs", {"host": "container", "command": ["true"]}).json()["code"] == "no_engine"
            status = person.get("/health").json()["engine"]
            assert (status["state"], "docker version" in status["hint"]) == ("lost", True)
            way.thaw()
            events.until(kind("source_back", source="engine"))
            over = events.until(kind("stop_finished"))
            assert (over["exit_code"], over["killed"], over["clock"]) == (137, True, "engine")
            events.until(kind("run_finished"))


def test_the_page_is_up_and_the_lab_ends_while_it_hangs(
    engine: None, way: Gate, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    began = time.monotonic()
    with serving(tmp_path / "without"):
        usual = time.monotonic() - began
    way.freeze()
    socket, began = f"unix://{way.path}", time.monotonic()
    with serving(tmp_path / "data", DOCKER_HOST=socket) as (server, link, _):
        took = time.monotonic() - began
        record_property("up while the engine hangs, and without one", f"{took:.1f} and {usual:.1f} s")
        assert took < 2 * usual + 8, "2 s more, and some for a busy machine; it was half a minute"
        with httpx.Client(base_url=base(link), headers=BEARER, timeout=20) as client:
            person = Person(client)
            assert person.get("/health").json()["engine"]["state"] == "absent"
            way.thaw()
            until(lambda: person.get("/health").json()["engine"]["state"] == "ready", what="it answers at last")
            run, _ = start(person, DEAF)
            with person.events(run=run) as events:
                container = started(events)
                events.until(prints("deaf"))
                way.freeze()
                began = time.monotonic()
                with within(25):
                    server.terminate()
                    last = list(events)[-1]
                    assert server.wait(30) == -signal.SIGTERM
                record_property("ended while the engine hangs, after", f"{time.monotonic() - began:.1f} s")
        assert (last["kind"], last["reason"]) == ("run_finished", "lab_stopped")
    assert container in docker("ps", "-q", "--no-trunc")
    way.thaw()
    until(lambda: container not in docker("ps", "-aq", "--no-trunc"), within_s=30, what="the janitor removes it")


def test_a_start_after_a_kill_does_not_wait_for_it(
    engine: None, way: Gate, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    with killable(tmp_path / "data", DOCKER_HOST=f"unix://{way.path}") as server:
        with server.person() as person:
            run, _ = start(person, DEAF)
            with person.events(run=run) as events:
                container = started(events)
        way.freeze()
        server.kill()
        began = time.monotonic()
        server.start()
        record_property("up after a kill while the engine hangs", f"{time.monotonic() - began:.1f} s")
        assert time.monotonic() - began < 15, "it was as long as it hung"
        with server.person() as person, person.events(run=run) as events:
            assert events.until(kind("target_exited"))["cause"] == "unknown"
            assert events.until(kind("run_finished"))["reason"] == "lab_was_gone"
            way.thaw()
            until(lambda: container not in docker("ps", "-aq", "--no-trunc"), within_s=30, what="it is removed at last")


@pytest.mark.long
@pytest.mark.alone
def test_a_real_engine_that_is_stopped_is_lost_and_comes_back(
    engine: None, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with (
        engine_on_cgroup_v2(tmp_path_factory.mktemp("second") / "engine") as second,  # a socket's path must be short
        killable(tmp_path / "data", DOCKER_HOST=second.url) as server,
        server.person() as person,
    ):
        second.load(tag_of("base"))
        run, target = start(person, DEAF)
        with person.events(run=run) as events:
            started(events)
            events.until(prints("deaf"))
            person.post(f"/targets/{target}/stop", {"timeout_s": 3})
            events.until(kind("engine_event", action="kill"))
            os.kill(second.pid, signal.SIGSTOP)
            try:
                frozen = datetime.now(UTC)
                assert since(frozen, events.until(kind("source_lost", source="engine"))) < 7
                events.until(kind("stop_overdue"))
            finally:
                os.kill(second.pid, signal.SIGCONT)
            events.until(kind("source_back", source="engine"))
            over = events.until(kind("stop_finished"))
            assert (over["exit_code"], over["killed"]) == (137, True)
            events.until(kind("run_finished"))
        again, _ = start(person, DEAF)
        with person.events(run=again) as events:
            started(events)
            os.kill(second.pid, signal.SIGSTOP)
            try:
                with within(20):
                    server.stop()
            finally:
                os.kill(second.pid, signal.SIGCONT)
