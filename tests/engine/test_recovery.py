"""A server that is killed leaves nothing; the next one on the same data closes the books of what was going on."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.killable import Killable, killable
from tests.support import EventReader, Person, is_alive, kind, prints, until

pytestmark = [pytest.mark.engine, pytest.mark.timeout(120)]
COUNT = "trap '' TERM; i=0; while :; do i=$((i+1)); echo line $i.; read -t 0.05 </dev/zero; done"
DEAF = "trap '' TERM; echo deaf; while :; do sleep 600; done"
LEAVES = "trap 'trap \"exit 7\" USR1' TERM; echo leaves; while :; do sleep 600 & wait; done"
GONE = "; the lab was gone, and so it was ended"


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


def only(events: list[dict[str, Any]], wanted: str) -> dict[str, Any]:
    (found,) = [event for event in events if event["kind"] == wanted]
    return found


def started(events: EventReader) -> str:
    return str(events.until(kind("target_started"))["container_id"])


def gone(container: str) -> bool:
    return container not in docker("ps", "-aq", "--no-trunc")


@pytest.mark.parametrize("frozen", [False, True], ids=["running", "frozen"])
def test_a_container_ends_with_its_server_and_how_is_told(server: Killable, frozen: bool) -> None:
    with server.person() as person:
        run, target = start(person, COUNT)
        with person.events(run=run) as events:
            container = started(events)
            events.until(prints("line 5."))
        if frozen:
            assert person.post(f"/targets/{target}/pause").status_code == 202
    server.kill()
    server.start()
    with server.person() as person:
        seen = whole(person, run)
        refused = person.post(f"/targets/{target}/signals", {"signal": "TERM"})
    assert (refused.status_code, refused.json()["code"]) == (409, "already_gone")
    exited = only(seen, "target_exited")
    assert (exited["exit_code"], exited["cause"], exited["clock"]) == (137, "killed", "engine")
    assert exited["meaning"].endswith(GONE)
    assert [event["action"] for event in seen if event["kind"] == "engine_event"][-2:] != ["create", "start"]
    lost = [event for event in seen if event["kind"] == "source_lost" and event["source"] == "lab"]
    assert [each["target"] for each in lost] == [target]
    assert only(seen, "verdict")["outcome"] == "ended_by_lab"
    assert only(seen, "verdict")["text"].endswith("was running when the lab was killed, and so it was ended.")
    assert (seen[-1]["kind"], seen[-1]["reason"]) == ("run_finished", "lab_was_gone")
    until(lambda: gone(container), what="the container is removed")


def test_a_stop_that_was_under_way_has_an_end(server: Killable) -> None:
    with server.person() as person:
        run, target = start(person, DEAF)
        with person.events(run=run) as events:
            container = started(events)
            events.until(prints("deaf"))
            person.post(f"/targets/{target}/stop", {"timeout_s": 600})
            events.until(kind("engine_event", action="kill"))
    server.kill()
    server.start()
    with server.person() as person:
        seen = whole(person, run)
    over = only(seen, "stop_finished")
    assert (over["exit_code"], over["killed"], over["clock"]) == (137, True, "engine")
    assert 0 <= over["took_s"] < 60
    assert over["error"] == "the lab was gone before the stop was over, and its janitor ended the target"
    told = [event for event in seen if event["kind"] == "verdict"]
    assert [(each["request"], each["outcome"]) for each in told] == [(over["stop"], "ended_by_lab")]
    order = [each for each in (event["kind"] for event in seen) if each in LAST]
    assert order == LAST
    kills = [event["signal"] for event in seen if event["kind"] == "engine_event" and event["action"] == "kill"]
    assert kills == ["SIGTERM", "SIGKILL"], "each is recorded once"
    until(lambda: gone(container), what="the container is removed")


LAST = ["target_exited", "stop_finished", "verdict", "run_finished"]


@pytest.mark.parametrize(
    ("script", "says", "code", "killed", "outcome"),
    [(DEAF, "deaf", 137, True, "sigkill_at_timeout"), (LEAVES, "leaves", 7, False, "handled_and_exited")],
    ids=["killed", "left"],
)
def test_a_stop_that_came_to_its_end_unseen_is_told_by_the_engines_word(
    server: Killable, script: str, says: str, code: int, killed: bool, outcome: str
) -> None:
    """The server is frozen while the engine says how it went, and then killed."""
    with server.person() as person:
        run, target = start(person, script)
        with person.events(run=run) as events:
            container = started(events)
            events.until(prints(says))
            person.post(f"/targets/{target}/stop", {"timeout_s": 3 if killed else 600})
            events.until(kind("engine_event", action="kill"))
            os.kill(server.pid, signal.SIGSTOP)
    try:
        if not killed:
            docker("kill", "--signal", "USR1", container)
        until(lambda: container not in docker("ps", "-q", "--no-trunc"), what="the engine has ended it")
    finally:
        server.kill()
    server.start()
    with server.person() as person:
        seen = whole(person, run)
    over = only(seen, "stop_finished")
    assert (over["exit_code"], over["killed"], over["clock"]) == (code, killed, "engine")
    assert "error" not in over
    assert over["took_s"] >= (3 if killed else 0)
    exited = only(seen, "target_exited")
    assert (exited["exit_code"], exited["cause"]) == (code, "killed" if killed else "exited")
    told = only(seen, "verdict")["outcome"]
    assert told in (outcome, "unknown"), "it is no other one"
    assert seen[-1]["reason"] == "lab_was_gone"


def test_the_end_of_a_local_target_that_nobody_recorded_is_told_by_its_keeper(server: Killable) -> None:
    script = "trap 'exit 7' USR1; echo ready; while :; do sleep 0.05; done"
    with server.person() as person:
        run, _ = person.command("bash", "-c", script)
        with person.events(run=run) as events:
            root = events.until(kind("target_started"))["pid"]
            events.until(prints("ready"))
            os.kill(server.pid, signal.SIGSTOP)
            os.kill(root, signal.SIGUSR1)
            until(lambda: not is_alive(root), what="its end")
            until(lambda: (server.data / "ends.jsonl").read_text(), what="the keeper's line")
    server.kill()
    server.start()
    with server.person() as person:
        seen = whole(person, run)
    exited = only(seen, "target_exited")
    assert (exited["exit_code"], exited["cause"], exited["author"]) == (7, "exited", "kernel")
    assert "the lab was gone" not in exited["meaning"], "it had ended before"


def test_local_targets_and_what_they_started_are_gone_and_their_runs_over(server: Killable) -> None:
    script = "setsid sleep 651 & nohup sleep 652 >/dev/null 2>&1 & trap '' HUP; echo pids $! $$.; sleep 653"
    with server.person() as person:
        run, target = person.command("bash", "-c", script)
        with person.events(run=run) as events:
            events.until(prints("pids"))
            person.post(f"/targets/{target}/stop", {"timeout_s": 60, "signal": "HUP"})
            events.until(kind("stop_requested"))
    server.kill()
    server.start()
    with server.person() as person:
        seen = whole(person, run)
    exited, over = only(seen, "target_exited"), only(seen, "stop_finished")
    assert (exited["cause"], exited["signal"], exited["exit_code"]) == ("killed", "SIGKILL", 137)
    assert (over["killed"], over["exit_code"]) == (True, 137)
    assert over["error"] == "the lab was gone before the stop was over, and its keeper ended the target"
    assert 0 <= over["took_s"] < 60
    assert seen[-1]["reason"] == "lab_was_gone"
    until(lambda: not left_over("sleep 65"), what="all of it is gone")


def test_what_is_no_line_of_ours_counts_for_nothing_and_is_said(server: Killable) -> None:
    with server.person() as person:
        run, _ = person.command("sleep", "600")
        with person.events(run=run) as events:
            root = events.until(kind("target_started"))
    server.kill()
    until(lambda: not is_alive(root["pid"]), what="its end")
    ends = server.data / "ends.jsonl"
    until(lambda: root["target"] in ends.read_text(), what="the keeper's own line, before what is written here")
    lie = {"who": "keeper", "target": root["target"], "pid": root["pid"], "start": root["start"] + 1, "by": "itself"}
    with ends.open("a") as file:
        file.write(f"\x00garbage\n[]\n{lie}\n".replace("'", '"') + '{"who":"keeper","targ')
    server.start()
    with server.person() as person:
        exited = only(whole(person, run), "target_exited")
        assert exited["meaning"].endswith(GONE)
    assert (server.data / "ends.jsonl").read_text() == ""
    assert "4 lines in ends.jsonl cannot be read" in server.stop()
    server.start()


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
