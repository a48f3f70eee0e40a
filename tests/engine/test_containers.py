"""The main job with a real engine, through the API."""

from __future__ import annotations

import json
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from app.hosts.container.images import tag_of
from tests.support import LabUnderTest, Person, is_alive, kind, prints, running_lab, runs, until

pytestmark = [pytest.mark.engine, pytest.mark.timeout(180)]


def container(person: Person, *command: str, **options: Any) -> tuple[str, str]:
    reply = person.post("/runs", {"host": "container", "command": command, "options": options})
    assert reply.status_code == 201, reply.text
    return reply.json()["run"], reply.json()["targets"][0]["id"]


def docker(*words: str) -> str:
    return subprocess.run(["docker", *words], capture_output=True, text=True, check=True).stdout


def test_pid_1_takes_the_whole_timeout_and_ends_in_137(engine_driver: Person) -> None:
    run, target = engine_driver.start("pid-1")
    with engine_driver.events(run=run) as events:
        started = events.until(kind("target_started"))
        assert started["command"] == ["python3", "-m", "http.server", "8080"]
        assert (started["stop_signal"], started["stop_timeout_s"]) == ("SIGTERM", 10)
        events.until(prints("Serving HTTP"))
        assert events.until(lambda event: event.get("comm") == "python3")["pid"] == started["pid"]
        # Masks as proc(5) has them: INT is caught, TERM is not.
        events.until(lambda event: (event.get("dispositions") or {}).get("caught") == f"{1 << 1:016x}")
        stop = engine_driver.post(f"/targets/{target}/stop", {"timeout_s": 3}).json()["event_id"]
        finished = events.until(kind("stop_finished"))
        events.until(kind("run_finished"))
    assert (finished["stop"], finished["exit_code"], finished["killed"]) == (stop, 137, True)
    assert finished["clock"] == "engine"
    assert 3 <= finished["took_s"] < 10
    said = [(event["action"], event.get("signal")) for event in events.seen if event["kind"] == "engine_event"]
    assert said[said.index(("kill", "SIGTERM")) :][:3] == [("kill", "SIGTERM"), ("kill", "SIGKILL"), ("die", None)]
    exited = next(event for event in events.seen if event["kind"] == "target_exited")
    assert (exited["exit_code"], exited["cause"], "signal" in exited) == (137, "killed", False)


def test_under_init_it_stops_at_once_with_143(engine_driver: Person) -> None:
    run, target = engine_driver.start("init")
    with engine_driver.events(run=run) as events:
        events.until(lambda event: event.get("comm") == "python3" and event.get("ns_pid", 2) != 1)
        engine_driver.post(f"/targets/{target}/stop", {})
        finished = events.until(kind("stop_finished"))
    assert (finished["exit_code"], finished["killed"]) == (143, False)
    assert finished["took_s"] < 8, "its timeout is 10 s"


def test_a_signal_goes_to_the_process_that_was_named(engine_driver: Person) -> None:
    child = "(trap 'echo two got USR1' USR1; echo ready; while :; do sleep 0.1; done)"
    script = f"trap 'echo one got USR1' USR1; {child} & wait; wait"
    run, target = container(engine_driver, "bash", "-c", script)
    with engine_driver.events(run=run) as events:
        events.until(prints("ready"))
        child = events.until(lambda event: event["kind"] == "process_appeared" and event["ns_pid"] not in (1,))[
            "ns_pid"
        ]
        until(
            lambda: (
                engine_driver.post(f"/targets/{target}/signals", {"signal": "USR1", "pid": child}).status_code == 202
            )
        )
        events.next(prints("two got USR1"))
        engine_driver.post(f"/targets/{target}/signals", {"signal": "USR1"})
        events.next(prints("one got USR1"))
        for pid in (4_000_000, 77):
            reply = engine_driver.post(f"/targets/{target}/signals", {"signal": "USR1", "pid": pid})
            assert (reply.status_code, reply.json()["code"]) == (403, "not_ours")


def test_from_inside_even_sigkill_cannot_reach_pid_1(engine_driver: Person) -> None:
    run, target = container(
        engine_driver, "bash", "-c", "trap 'echo USR1' USR1; echo ready; while :; do sleep 0.1; done"
    )
    with engine_driver.events(run=run) as events:
        events.until(prints("ready"))
        killed = engine_driver.post(f"/targets/{target}/signals", {"signal": "KILL", "from": "inside"})
        assert killed.status_code == 202
        engine_driver.post(f"/targets/{target}/signals", {"signal": "USR1", "from": "inside"})
        events.next(prints("USR1"))
        engine_driver.post(f"/targets/{target}/signals", {"signal": "KILL"})
        assert events.until(kind("target_exited"))["exit_code"] == 137
        events.until(kind("run_finished"))


def test_another_signal_and_no_limit_work_on_any_engine(engine_driver: Person) -> None:
    script = "trap 'echo USR2; exit 5' USR2; trap 'echo TERM' TERM; echo ready; while :; do sleep 0.1; done"
    run, target = container(engine_driver, "bash", "-c", script)
    with engine_driver.events(run=run) as events:
        events.until(prints("ready"))
        engine_driver.post(f"/targets/{target}/stop", {"signal": "USR2", "timeout_s": 20})
        finished = events.until(kind("stop_finished"))
        assert (finished["exit_code"], finished["killed"]) == (5, False)
    run, target = container(engine_driver, "bash", "-c", script)
    with engine_driver.events(run=run) as events:
        events.until(prints("ready"))
        engine_driver.post(f"/targets/{target}/stop", {"timeout_s": -1})
        events.until(prints("TERM"))
        assert engine_driver.post(f"/targets/{target}/kill").status_code == 202
        finished = events.until(kind("stop_finished"))
        assert (finished["exit_code"], finished["killed"]) == (137, True)


def test_a_container_has_its_own_stop_signal_and_timeout(engine_driver: Person) -> None:
    script = "trap 'echo bye; exit 0' INT; echo ready; while :; do sleep 0.1; done"
    run, target = container(engine_driver, "bash", "-c", script, stop_signal="SIGINT", stop_timeout_s=7)
    with engine_driver.events(run=run) as events:
        started = events.until(kind("target_started"))
        assert (started["stop_signal"], started["stop_timeout_s"]) == ("SIGINT", 7)
        assert "--stop-signal SIGINT --stop-timeout 7" in started["equivalent"]
        events.until(prints("ready"))
        engine_driver.post(f"/targets/{target}/stop", {})
        asked = events.until(kind("stop_requested"))
        assert (asked["signal"], asked["timeout_s"]) == ("SIGINT", 7)
        assert events.until(kind("stop_finished"))["exit_code"] == 0


def test_a_stop_of_zero_seconds_kills(engine_driver: Person) -> None:
    run, target = container(engine_driver, "sleep", "600")
    with engine_driver.events(run=run) as events:
        events.until(kind("target_started"))
        engine_driver.post(f"/targets/{target}/stop", {"timeout_s": 0})
        finished = events.until(kind("stop_finished"))
    assert (finished["exit_code"], finished["killed"]) == (137, True)
    assert finished["took_s"] < 10


def test_the_last_words_of_a_container_are_not_lost(engine_driver: Person) -> None:
    run, _ = container(engine_driver, "bash", "-c", "echo out; echo err >&2; seq 20000; echo the end; exit 3")
    with engine_driver.events(run=run) as events:
        events.until(kind("run_finished"))
    text = "".join(event["text"] for event in events.seen if event["kind"] == "output" and event["stream"] == "stdout")
    assert text.startswith("out\n1\n2\n")
    assert text.endswith("20000\nthe end\n")
    assert [event["text"] for event in events.seen if event.get("stream") == "stderr"] == ["err\n"]
    kinds = [event["kind"] for event in events.seen]
    assert kinds.index("target_exited") > max(n for n, name in enumerate(kinds) if name == "output")
    assert next(event for event in events.seen if event["kind"] == "target_exited")["exit_code"] == 3


def test_what_cannot_be_started_says_so_in_the_engines_words(engine_driver: Person) -> None:
    run, _ = container(engine_driver, "no-such-command")
    with engine_driver.events(run=run) as events:
        finished = events.until(kind("run_finished"))
    assert finished["reason"] == "failed"
    assert "no-such-command" in finished["error"]
    reply = engine_driver.post("/runs", {"host": "container", "image": "no-such/image:1"})
    with engine_driver.events(run=reply.json()["run"]) as events:
        assert "image no-such/image:1: no registry" in events.until(kind("run_finished"))["error"]


def test_containers_are_fenced_and_labelled(engine_driver: Person) -> None:
    run, target = container(engine_driver, "sleep", "600")
    with engine_driver.events(run=run) as events:
        found = events.until(kind("target_started"))["container_id"]
        facts = json.loads(docker("inspect", found))[0]
    host = facts["HostConfig"]
    assert facts["Config"]["Labels"]["dev.signal-lab.run"] == run
    assert facts["Config"]["Labels"]["dev.signal-lab.target"] == target
    assert host["SecurityOpt"] == ["no-new-privileges"]
    assert host["CapDrop"] == ["ALL"]
    assert host["NetworkMode"] == "none"
    assert host["PidsLimit"] == 256
    assert host["Memory"] == 256 * 2**20
    assert host["NanoCpus"] == 10**9
    assert not host["Privileged"]
    assert not host["Binds"]
    assert host["AutoRemove"] is False


def test_zombies_are_seen(engine_driver: Person) -> None:
    run, _ = container(engine_driver, "bash", "-c", "(sleep 0.1 & exec sleep 600) & echo ready; wait")
    with engine_driver.events(run=run) as events:
        events.until(lambda event: event["kind"].startswith("process_") and event.get("state") == "Z")


def test_a_sleep_that_comes_and_goes_does_not_flood_the_journal(engine_driver: Person) -> None:
    """One that is seen before its exec, as on a busy machine, is a copy of bash with its own row: it begins anew."""
    run, _ = container(engine_driver, "bash", "-c", "while :; do sleep 0.1; done")
    with engine_driver.events(run=run) as events:
        told = events.until(lambda event: event.get("respawns") == 8)
    before = {event["pid"]: event for event in events.seen if event.get("respawns")}
    row = []
    while told:
        row.append(told["respawns"])
        told = before.get(told["was"], {})
    assert row == [8, 4, 3, 2, 1], "who comes between is counted, and not told"


def test_a_container_ends_with_its_lab_and_with_the_run(engine: None, tmp_path: Path) -> None:
    with running_lab(tmp_path / "data") as lab, lab.person() as person:
        label = f"label=dev.signal-lab.lab={person.get('/health').json()['journal']}"
        pids = []
        for _ in range(2):
            run, _ = container(person, "sleep", "600")
            with person.events(run=run) as events:
                pids.append(events.until(kind("target_started"))["pid"])
        assert person.client.delete(f"/api/v1/runs/{run}").status_code == 200
        assert not is_alive(pids[1])
        assert is_alive(pids[0])
        threads = threading.active_count()
    until(lambda: not is_alive(pids[0]))
    assert docker("ps", "-aq", "--filter", label) == ""
    assert threading.active_count() < threads


def test_what_a_killed_server_left_is_removed_at_the_next_start(engine: None, tmp_path: Path) -> None:
    with running_lab(tmp_path / "data") as lab, lab.person() as person:
        journal = person.get("/health").json()["journal"]
    left = docker(
        *("run", "-d", "--name", f"signal-lab-left-{journal}", "--label", f"dev.signal-lab.lab={journal}"),
        *("--label", "dev.signal-lab.run=r9"),
        *(tag_of("base"), "sleep", "600"),
    ).strip()
    with running_lab(tmp_path / "data"):
        until(lambda: left[:12] not in docker("ps", "-aq"))


def test_an_engine_that_comes_later_is_found(engine: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    socket = tmp_path / "late.sock"
    monkeypatch.setenv("DOCKER_HOST", f"unix://{socket}")
    with running_lab(tmp_path / "data") as lab, lab.person() as person, person.events() as events:
        assert person.get("/engine").json()["state"] == "absent"
        assert person.post("/runs", {"experiment": "init"}).status_code == 503
        socket.symlink_to("/var/run/docker.sock")
        events.until(kind("source_back", source="engine"))
        assert person.get("/engine").json()["state"] == "ready"
        run, _ = person.start("init")
        events.until(kind("target_started", run=run))


@pytest.mark.long
def test_nothing_leaks_over_twenty_containers(lab_with_engine: LabUnderTest, engine_driver: Person) -> None:
    def once() -> None:
        run, target = container(engine_driver, "sleep", "600", init=True)
        with engine_driver.events(run=run) as events:
            events.until(runs("sleep", "600"))
            assert engine_driver.post(f"/targets/{target}/stop", {"timeout_s": 5}).status_code == 202
            events.until(kind("run_finished"))

    def files() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    for _ in range(8):
        once()  # docker-py keeps up to ten idle connections for itself
    before, threads = files(), threading.active_count()
    for _ in range(20):
        once()
    until(lambda: files() <= before + 3, what=f"descriptors as before ({before})")
    # The pools keep a few idle threads; one a container would be 20 and more.
    until(lambda: threading.active_count() <= threads + 8, what=f"threads as before ({threads})")
