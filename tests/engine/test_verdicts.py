"""Verdicts on containers: also on a stop that somebody did by hand, and on what looks clean and is not."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from tests.support import Event, EventReader, Person, kind, prints, runs
from tests.test_verdicts import proven, says, verdict_on

pytestmark = [pytest.mark.engine, pytest.mark.timeout(180)]

HANDLES = (
    "import signal, sys, time\nsignal.signal(15, lambda *_: sys.exit(0))\n"
    "print('ready', flush=True)\nwhile True: time.sleep(.2)"  # never for long: see FAMILY in tests/hosts/test_send.py
)


def catches_term(event: Event) -> bool:
    return int((event.get("dispositions") or {}).get("caught", "0"), 16) & 1 << 14 != 0


def container(person: Person, *command: str, **options: Any) -> tuple[str, str]:
    reply = person.post("/runs", {"host": "container", "command": command, "options": options})
    assert reply.status_code == 201, reply.text
    return reply.json()["run"], reply.json()["targets"][0]["id"]


def id_of(events: EventReader) -> str:
    return str(events.until(kind("target_started"))["container_id"])


def docker(*words: str) -> str:
    return subprocess.run(["docker", *words], capture_output=True, text=True, check=True).stdout


def followed(person: Person, target: str, events: EventReader) -> None:
    """Until the kernel's trace tells of it: a stop by hand does not wait for that, as a request does."""
    events.until(kind("forecast"))  # its process is known
    assert person.post(f"/targets/{target}/signals", {"signal": "WINCH"}).status_code == 202
    events.until(kind("kernel_signal", signal="SIGWINCH"))


def ended(events: EventReader) -> Event:
    found = proven(events, events.until(lambda each: each["kind"] == "verdict" and each.get("request") is None))
    events.until(kind("run_finished"))
    return found


def test_docker_stop_by_hand_has_the_same_verdict(engine_driver: Person) -> None:
    run, target = container(engine_driver, "python3", "-m", "http.server", "8080")
    with engine_driver.events(run=run) as events:
        events.until(runs("python3", "-m", "http.server", "8080"))
        followed(engine_driver, target, events)
        docker("stop", "-t", "2", id_of(events))
        found = ended(events)
    assert found["outcome"] == "sigkill_at_timeout"
    assert "drops unhandled signals for PID 1" in found["text"]
    assert "Somebody asked the engine for a stop, not the lab" in says(found)
    assert "SIGKILL followed after 2 s, from the engine" in says(found)
    assert "the engine said nothing of" in says(found), "137 is not memory"


def test_docker_stop_by_hand_of_one_that_handles_it(engine_driver: Person) -> None:
    run, target = container(engine_driver, "python3", "-c", HANDLES)
    with engine_driver.events(run=run) as events:
        events.until(prints("ready"))
        followed(engine_driver, target, events)
        docker("stop", "-t", "9", id_of(events))
        found = ended(events)
    assert found["outcome"] == "handled_and_exited"
    assert "ran its handler for SIGTERM and exited with 0" in found["text"]


def test_docker_kill_by_hand(engine_driver: Person) -> None:
    run, target = container(engine_driver, "sleep", "600")
    with engine_driver.events(run=run) as events:
        events.until(runs("sleep", "600"))
        followed(engine_driver, target, events)
        docker("kill", id_of(events))
        found = ended(events)
    assert (found["outcome"], found["signal"]) == ("default_action", "SIGKILL")
    assert "137 is 128 + 9" in says(found)


def test_in_time_and_not_clean(engine_driver: Person) -> None:
    """A shell under an init leaves at once, and its child with the handler is killed with PID 1."""
    run, target = container(engine_driver, "sh", "-c", f'python3 -u -c "{HANDLES}"; echo done', init=True)
    with engine_driver.events(run=run) as events:
        events.until(prints("ready"))
        python = events.until(lambda event: event.get("comm") == "python3")["pid"]
        events.until(lambda event: event.get("pid") == python and catches_term(event))
        stop = engine_driver.post(f"/targets/{target}/stop", {"timeout_s": 9}).json()["event_id"]
        found = verdict_on(events, stop, outcome="not_clean")
    assert "python3" in found["text"]
    assert "has a handler for SIGTERM and was never told" in found["text"]
    assert "(code 128)" in says(found)


def test_it_was_frozen_and_took_it_when_thawed(engine_driver: Person) -> None:
    run, target = container(
        engine_driver, "bash", "-c", "trap 'echo hit' USR1; echo ready; while :; do sleep 0.2; done"
    )
    with engine_driver.events(run=run) as events:
        events.until(prints("ready"))
        assert engine_driver.post(f"/targets/{target}/pause").status_code == 202
        events.until(lambda event: event.get("frozen") is True)
        usr1 = engine_driver.post(f"/targets/{target}/signals", {"signal": "USR1"}).json()["event_id"]
        waits = verdict_on(events, usr1, outcome="pending")
        assert "is frozen: SIGUSR1 is pending until it is thawed" in waits["text"]
        assert engine_driver.post(f"/targets/{target}/unpause").status_code == 202
        verdict_on(events, usr1, outcome="handled_and_went_on")


def test_memory_ran_out_only_where_the_engine_says_so(engine_driver: Person) -> None:
    run, _ = engine_driver.start("out-of-memory")
    with engine_driver.events(run=run) as events:
        events.until(kind("step_done", step=0, expect=0))  # it is followed: what dies before that has nobody's word
        assert engine_driver.post(f"/runs/{run}/steps/1").status_code == 202
        events.until(kind("oom_victim"))
        found = proven(events, events.until(kind("verdict", outcome="out_of_memory")))
        assert engine_driver.client.delete(f"/api/v1/runs/{run}").status_code in (200, 202, 204)
    oom = next(each["id"] for each in events.seen if each["kind"] == "engine_event" and each["action"] == "oom")
    chosen = next(each for each in events.seen if each["kind"] == "oom_victim")
    assert (chosen["ns_pid"], chosen["comm"]) == (1, "python3")
    assert {oom, chosen["id"]} <= set(found["evidence"])


# It waits for a line, for what dies at once dies before anybody follows it; and ends by itself should no limit hold it.
EATER = "import sys; sys.stdin.readline(); held = []\nwhile len(held) < 256: held.append(bytearray(2**20))"


def test_which_child_memory_ran_out_for_is_the_kernels_word(engine_driver: Person) -> None:
    """The engine says that memory ran out, and not for whom: an init returns 137, and nobody killed it."""
    options = {"init": True, "memory": "32m", "stdin_open": True}
    run, target = container(engine_driver, "python3", "-c", EATER, **options)
    with engine_driver.events(run=run) as events:
        followed(engine_driver, target, events)
        events.until(lambda each: each["kind"].startswith("process_") and each.get("comm") == "python3")
        assert engine_driver.post(f"/targets/{target}/input", {"data": "\n"}).status_code == 202
        found = proven(events, events.until(kind("verdict", outcome="out_of_memory")))
    chosen = next(each for each in events.seen if each["kind"] == "oom_victim")
    assert chosen["comm"] == "python3"
    assert chosen["ns_pid"] != 1
    assert chosen["id"] in found["evidence"]
    assert (
        f"the kernel chose python3 (pid {chosen['ns_pid']}), and PID 1 (docker-init) exited with 137" in found["text"]
    )
