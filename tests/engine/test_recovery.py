"""A server that is killed, and the next one on the same data: containers, stops and ends are there again."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.killable import Killable, killable
from tests.support import EventReader, Person, kind, prints, until

pytestmark = [pytest.mark.engine, pytest.mark.timeout(120)]
COUNT = "trap '' TERM; i=0; while :; do i=$((i+1)); echo line $i.; read -t 0.05 </dev/zero; done"
DEAF = "trap '' TERM; echo deaf; while :; do sleep 600; done"


@pytest.fixture
def server(engine: None, tmp_path: Path) -> Iterator[Killable]:
    here = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    with killable(tmp_path, DOCKER_HOST=here) as running:
        yield running


def docker(*words: str) -> str:
    return subprocess.run(["docker", *words], capture_output=True, text=True, check=True).stdout.strip()


def start(person: Person, script: str, **options: Any) -> tuple[str, str]:
    body = {"host": "container", "command": ["bash", "-c", script], "options": options}
    reply = person.post("/runs", body)
    assert reply.status_code == 201, reply.text
    return reply.json()["run"], reply.json()["targets"][0]["id"]


def lines(events: list[dict[str, Any]]) -> list[int]:
    text = "".join(event["text"] for event in events if event["kind"] == "output")
    return [int(each) for each in re.findall(r"line (\d+)\.", text)]


def whole(person: Person, run: str, last: str = "run_finished") -> list[dict[str, Any]]:
    """All events of the run, once this one is among them."""
    with person.events(run=run) as events:
        events.until(kind(last))
        return events.seen


def started(events: EventReader) -> str:
    return str(events.until(kind("target_started"))["container_id"])


def test_a_container_goes_on_and_its_output_too(server: Killable) -> None:
    with server.person() as person:
        run, target = start(person, COUNT)
        with person.events(run=run) as events:
            container = started(events)
            events.until(prints("line 5."))
    server.kill()
    assert container in docker("ps", "-q", "--no-trunc")
    server.start()
    with server.person() as person:
        with person.events(run=run) as events:
            events.until(kind("source_back", source="output"))
            before = lines(events.seen)[-1]
            events.next(lambda event: bool(lines([event])) and lines([event])[-1] > before + 5)
            lost = events.until(kind("source_lost", source="output"))
            assert lost["reason"] == "the lab was gone: output may be missing"
            assert [event for event in events.seen if event["kind"] == "run_finished"] == []
        assert person.post(f"/targets/{target}/signals", {"signal": "CONT"}).status_code == 202
        assert person.post(f"/targets/{target}/stop", {"timeout_s": 1}).status_code == 202
        seen = whole(person, run)
    printed = lines(seen)
    assert printed == sorted(set(printed)), "nothing comes twice"
    assert len(set(range(1, printed[-1])) - set(printed)) < 5, "the log has filled the gap"
    assert [event["container_id"] for event in seen if event["kind"] == "target_started"] == [container]
    (over,) = [event for event in seen if event["kind"] == "stop_finished"]
    assert over["killed"] is True
    assert seen[-1]["reason"] == "ended"
    assert container not in docker("ps", "-aq", "--no-trunc")


def test_a_stop_that_was_under_way_comes_to_its_end(server: Killable) -> None:
    with server.person() as person:
        run, target = start(person, DEAF)
        with person.events(run=run) as events:
            events.until(prints("deaf"))
            person.post(f"/targets/{target}/stop", {"timeout_s": 3})
            events.until(kind("engine_event", action="kill"))
    server.kill()
    server.start()
    with server.person() as person:
        seen = whole(person, run)
    (over,) = [event for event in seen if event["kind"] == "stop_finished"]
    assert (over["exit_code"], over["killed"], over["clock"]) == (137, True, "engine")
    assert 3 <= over["took_s"] < 8
    kills = [event["signal"] for event in seen if event["kind"] == "engine_event" and event["action"] == "kill"]
    assert kills == ["SIGTERM", "SIGKILL"], "each is recorded once"
    (exited,) = [event for event in seen if event["kind"] == "target_exited"]
    assert (exited["exit_code"], exited["cause"]) == (137, "killed")


def test_an_end_that_nobody_watched_is_read_from_the_engine(server: Killable) -> None:
    with server.person() as person:
        run, target = start(person, "echo ready; read -t 600 </dev/zero & wait; exit 7", stdin_open=False)
        with person.events(run=run) as events:
            container = started(events)
            events.until(prints("ready"))
        stopped, other = start(person, DEAF)
        with person.events(run=stopped) as events:
            gone = started(events)
    server.kill()
    docker("kill", "--signal", "KILL", container)
    docker("rm", "-f", gone)
    server.start()
    with server.person() as person:
        seen = whole(person, run)
        (exited,) = [event for event in seen if event["kind"] == "target_exited"]
        assert (exited["exit_code"], exited["cause"], exited["clock"]) == (137, "killed", "engine")
        seen = whole(person, stopped)
        (exited,) = [event for event in seen if event["kind"] == "target_exited"]
        assert exited.get("exit_code") is None or exited["cause"] in ("killed", "unknown")
        for left in (target, other):
            refused = person.post(f"/targets/{left}/signals", {"signal": "TERM"})
            assert (refused.status_code, refused.json()["code"]) == (409, "already_gone")


def test_a_lesson_goes_on_where_it_was(server: Killable) -> None:
    with server.person() as person:
        run, _ = person.start("pid-1")
        with person.events(run=run) as events:
            events.until(kind("step_done", step=0))
    server.kill()
    server.start()
    with server.person() as person:
        with person.events(run=run) as events:
            events.until(kind("source_back", source="output"))
        steps = len(
            next(each for each in person.get("/experiments").json()["experiments"] if each["id"] == "pid-1")["steps"]
        )
        with person.events(run=run) as events:
            for step in range(1, steps):
                reply = person.post(f"/runs/{run}/steps/{step}")
                assert reply.status_code in (202, 422), reply.text
                events.until(kind("step_done", step=step))
        seen = whole(person, run)
    done = [(event["step"], event["expect"]) for event in seen if event["kind"] == "step_done"]
    assert len(done) == len(set(done)), "no tick comes twice"
    assert not [event for event in seen if event["kind"] == "step_failed"]


def test_local_targets_and_what_they_started_are_gone_and_their_runs_over(server: Killable) -> None:
    script = "setsid sleep 651 & nohup sleep 652 >/dev/null 2>&1 & trap '' HUP; echo pids $! $$.; sleep 653"
    with server.person() as person:
        run, target = person.command("bash", "-c", script)
        with person.events(run=run) as events:
            events.until(prints("pids"))
            person.post(f"/targets/{target}/stop", {"timeout_s": 60, "signal": "USR1"} | {"signal": "HUP"})
            events.until(kind("stop_requested"))
    server.kill()
    server.start()
    with server.person() as person:
        seen = whole(person, run)
    (exited,) = [event for event in seen if event["kind"] == "target_exited"]
    assert exited["cause"] == "unknown"
    assert [event["error"] for event in seen if event["kind"] == "stop_finished"] == [
        "the lab was killed meanwhile: nobody saw how it ended"
    ]
    assert seen[-1]["reason"] == "lab_was_gone"
    until(lambda: not left_over("sleep 65"), what="all of it is gone")


def left_over(words: str) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            text = path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if text.startswith(words):
            found.append(text)
    return found
