"""What the kernel did in containers: told by the lab itself, and by the probe where the lab may not look."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.probe.tracefs import PREFIX, find_tracefs
from tests.engine.test_containers import container, docker
from tests.support import TOKEN, Event, LabUnderTest, Person, kind, prints, running_lab, runs, traces, until
from tests.test_kernel_word import fate

pytestmark = [pytest.mark.engine, pytest.mark.timeout(180)]


@pytest.fixture(params=["auto", pytest.param("probe", marks=pytest.mark.long)])  # test_verify.py has one by a probe
def person(request: pytest.FixtureRequest, engine: None, tmp_path: Path) -> Iterator[Person]:
    """Who uses a lab that reads the trace itself, and one whose probe reads it in a container."""
    before = traces()
    with running_lab(tmp_path / "data", kernel_trace=request.param) as lab, lab.person() as someone:
        until(lambda: trace_of(someone)["state"] == "ready", within_s=60, what="the trace is read")
        assert trace_of(someone)["where"] == {"auto": "server", "probe": "probe container"}[request.param]
        label = f"label=dev.signal-lab.lab={someone.get('/health').json()['journal']}"
        yield someone
    assert docker("ps", "-aq", "--filter", label) == "", "containers were left behind"
    until(lambda: traces() <= before, what="no trace is left in the kernel")


def trace_of(person: Person) -> dict[str, str]:
    found: dict[str, str] = person.get("/health").json()["kernel_trace"]
    return found


def words_of(events: list[Event], pid: int) -> list[tuple[str, str]]:
    """What became of each signal for one process."""
    told = [each for each in events if each["kind"] == "kernel_signal" and each["pid"] == pid]
    return [(each["signal"], each.get("generated") or each["delivered"]) for each in told]


def test_a_signal_right_after_the_start_has_its_word_too(person: Person) -> None:
    """Before the first look nobody follows a container: of twelve such signals three had no word."""
    for _ in range(5):
        with person.events() as events:
            run, target = container(person, "sleep", "60")
            events.until(kind("target_started", target=target))
            asked = person.post(f"/targets/{target}/signals", {"signal": "USR1"}).json()["event_id"]
            assert events.until(kind("verdict", request=asked))["outcome"] == "dropped"
            person.client.delete(f"/api/v1/runs/{run}")


def test_a_stop_that_pid_1_does_not_handle(person: Person) -> None:
    run, target = person.start("pid-1")
    with person.events(run=run) as events:
        events.until(prints("Serving HTTP"))
        root = events.until(kind("target_started"))["pid"]
        foretold = events.until(lambda event: event["kind"] == "forecast" and fate(event, signal.SIGINT) == "handler")
        assert (foretold["pid"], fate(foretold, signal.SIGTERM)) == (root, "dropped")
        assert (fate(foretold, signal.SIGKILL), fate(foretold, signal.SIGPIPE)) == ("terminates", "ignored")
        assert fate({"outside": foretold["inside"]}, signal.SIGKILL) == "dropped"
        person.post(f"/targets/{target}/stop", {"timeout_s": 1})
        events.until(kind("run_finished"))
    answers = [("SIGTERM", "ignored"), ("SIGKILL", "queued"), ("SIGKILL", "default")]
    assert words_of(events.seen, root) == answers
    senders = {each["sender"] for each in events.seen if each["kind"] == "kernel_signal" and "sender" in each}
    assert senders == {"the engine (runc)"}


def test_an_init_passes_it_on(person: Person) -> None:
    run, target = person.start("init")
    with person.events(run=run) as events:
        server = events.until(lambda event: event.get("comm") == "python3" and event.get("ns_pid", 2) != 1)
        root = events.until(kind("target_started"))["pid"]
        foretold = kind("forecast", pid=root)
        events.until(lambda event: foretold(event) and fate(event, signal.SIGTERM) == "sigwait")
        fates = {fate(event, signal.SIGTERM) for event in events.seen if foretold(event)}
        assert "handler" not in fates, "that was runc, before it became the container's init"
        person.post(f"/targets/{target}/stop", {})
        finished = events.until(kind("stop_finished"))
        events.until(kind("run_finished"))
    assert finished["killed"] is False
    assert words_of(events.seen, root) == [("SIGTERM", "queued")], "sigwait takes it: it is never delivered"
    assert words_of(events.seen, server["pid"]) == [("SIGTERM", "queued"), ("SIGTERM", "default")]
    passed = next(each for each in events.seen if each["kind"] == "kernel_signal" and each["pid"] == server["pid"])
    assert (passed["sender_kind"], passed["sender"]) == ("process", "docker-init")


def test_from_inside_not_even_sigkill_reaches_pid_1(person: Person) -> None:
    run, target = container(person, "sh", "-c", "echo ready; sleep 1000; :")
    with person.events(run=run) as events:
        events.until(prints("ready"))
        events.until(runs("sleep", "1000"))
        root = events.until(kind("target_started"))["pid"]
        reply = person.post(f"/targets/{target}/signals", {"signal": "KILL", "from": "inside"})
        assert reply.status_code == 202, reply.text
        told = events.until(kind("kernel_signal", signal="SIGKILL", pid=root))
        assert (told["generated"], told["sender"]) == ("ignored", "kill")
        assert person.client.delete(f"/api/v1/runs/{run}").is_success


def test_when_pid_1_ends_the_kernel_ends_the_rest_and_that_is_told_apart(person: Person) -> None:
    run, target = container(person, "sh", "-c", "echo ready; sleep 1000; :")
    with person.events(run=run) as events:
        events.until(prints("ready"))
        child = events.until(runs("sleep", "1000"))
        person.post(f"/targets/{target}/signals", {"signal": "KILL"})
        events.until(kind("run_finished"))
    killed = [each for each in events.seen if each["kind"] == "kernel_signal" and each["pid"] == child["pid"]]
    assert [(each["signal"], each["teardown"]) for each in killed if "generated" in each] == [("SIGKILL", True)]
    assert killed[0]["sender"] == "the kernel, because PID 1 ended"


def test_a_paused_container_says_that_signals_wait(person: Person) -> None:
    run, target = container(person, "bash", "-c", "trap 'echo hit' USR1; echo ready; while :; do sleep 1 & wait; done")
    with person.events(run=run) as events:
        events.until(prints("ready"))
        started = events.until(kind("target_started"))
        docker("pause", started["container_id"])

        def frozen(event: Event) -> bool:
            mine = event["kind"] == "forecast" and event["pid"] == started["pid"]
            return mine and fate(event, signal.SIGUSR1) == "pending"

        events.until(frozen)
        person.post(f"/targets/{target}/signals", {"signal": "USR1"})
        events.until(kind("kernel_signal", signal="SIGUSR1", generated="queued"))
        assert not any(prints("hit")(event) for event in events.seen)
        docker("unpause", started["container_id"])
        events.until(kind("kernel_signal", signal="SIGUSR1", delivered="handler"))
        events.until(prints("hit"))
        assert person.client.delete(f"/api/v1/runs/{run}").is_success


def test_a_probe_ends_with_a_lab_that_was_killed(engine: None, tmp_path: Path) -> None:
    instances = find_tracefs() / "instances"
    command = [str(Path(sys.executable).parent / "signal-lab"), "serve", "--port", "0", "--data", str(tmp_path)]
    server = subprocess.Popen(
        [*command, "--kernel-trace", "probe"],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "SIGNAL_LAB_TOKEN": TOKEN},
    )  # fmt: skip
    try:
        assert server.stdout is not None
        link = [server.stdout.readline() for _ in range(3)][1].split()[1]
        url = link.partition("/enter/")[0]
        with httpx.Client(base_url=url, headers={"authorization": f"Bearer {TOKEN}"}) as client:
            someone = Person(client)
            until(lambda: trace_of(someone)["state"] == "ready", within_s=60, what="the probe runs")
            label = f"label=dev.signal-lab.lab={someone.get('/health').json()['journal']}"
        probe = docker("inspect", "--format", "{{.State.Pid}}", docker("ps", "-q", "--filter", label).strip()).strip()
        assert list(instances.glob(f"{PREFIX}{probe}-*"))
    finally:
        server.kill()
        server.communicate()
    until(lambda: docker("ps", "-aq", "--filter", label) == "", what="the probe is gone")
    assert not list(instances.glob(f"{PREFIX}{probe}-*"))


def test_a_lab_without_an_engine_says_what_the_probe_waits_for(lab: LabUnderTest, tmp_path: Path) -> None:
    with running_lab(tmp_path / "other", kernel_trace="probe") as other, other.person() as someone:
        found = trace_of(someone)
        assert (found["state"], found["reason"]) == ("absent", "the probe is not running yet")
        assert "engine" in found["hint"]
