"""What a container can be asked besides signals and stops: keys, commands, a pause, a page from its port."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support import EventReader, Person, kind, prints

pytestmark = pytest.mark.engine


def start(driver: Person, *command: str, **options: Any) -> tuple[str, str]:
    reply = driver.post("/runs", {"host": "container", "command": command, "options": options})
    assert reply.status_code == 201, reply.text
    return reply.json()["run"], reply.json()["targets"][0]["id"]


def begun(events: EventReader) -> dict[str, Any]:
    return events.until(kind("target_started"))


@pytest.mark.parametrize("tty", [True, False])
def test_what_is_typed_reaches_the_program(engine_driver: Person, tty: bool) -> None:
    run, target = start(engine_driver, "bash", "-c", "read word; echo got $word", stdin_open=True, tty=tty)
    with engine_driver.events(run=run) as events:
        assert begun(events)["stdin"] is True
        assert engine_driver.post(f"/targets/{target}/input", {"data": "hello\n"}).status_code == 202
        events.until(prints("got hello"))
        assert events.until(kind("target_exited"))["exit_code"] == 0


def test_ctrl_c_in_the_terminal_of_a_container_is_a_real_interrupt(engine_driver: Person) -> None:
    script = "trap 'echo INT; exit 5' INT; echo ready; while :; do sleep 600 & wait $!; done"
    run, target = start(engine_driver, "bash", "-c", script, stdin_open=True, tty=True)
    with engine_driver.events(run=run) as events:
        events.until(prints("ready"))
        engine_driver.post(f"/targets/{target}/input", {"data": "\u0003"})
        events.until(prints("INT"))
        assert events.until(kind("target_exited"))["exit_code"] == 5


def test_without_open_input_typing_says_so(engine_driver: Person) -> None:
    run, target = start(engine_driver, "sleep", "600")
    with engine_driver.events(run=run) as events:
        assert begun(events)["stdin"] is False
        refused = engine_driver.post(f"/targets/{target}/input", {"data": "x"})
        assert (refused.status_code, refused.json()["code"]) == (422, "not_applicable")


@pytest.mark.parametrize(
    ("options", "group"), [({"pid_mode": "host"}, False), ({"pid_mode": "host"}, True), ({}, True)]
)
def test_a_signal_from_inside_never_leaves_the_target(engine_driver: Person, options: Any, group: bool) -> None:
    """Under --pid host inside is the whole machine, and ``kill -- -1`` means everybody.  WINCH does no harm."""
    run, target = start(engine_driver, "sleep", "600", **options)
    with engine_driver.events(run=run) as events:
        begun(events)
        asked = {"signal": "WINCH", "from": "inside", "group": group}
        refused = engine_driver.post(f"/targets/{target}/signals", asked)
        assert (refused.status_code, refused.json()["code"]) == (422, "not_applicable")
        assert "outside" in refused.json()["hint"]


def test_pause_and_unpause_are_the_engines(engine_driver: Person) -> None:
    run, target = start(engine_driver, "sleep", "600")
    with engine_driver.events(run=run) as events:
        begun(events)
        assert engine_driver.post(f"/targets/{target}/pause").status_code == 202
        assert events.until(kind("pause_requested"))["paused"] is True
        events.until(kind("engine_event", action="pause"))
        again = engine_driver.post(f"/targets/{target}/pause")
        assert (again.status_code, again.json()["code"]) == (502, "host_failed")
        assert engine_driver.post(f"/targets/{target}/unpause").status_code == 202
        events.until(kind("engine_event", action="unpause"))


def test_a_port_that_is_taken_moves_and_the_line_to_copy_says_where(engine_driver: Person) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        wanted = taken.getsockname()[1]
        command = ("python3", "-u", "-m", "http.server", "8080")
        run, _ = start(engine_driver, *command, ports={"8080/tcp": wanted})
        with engine_driver.events(run=run) as events:
            started = begun(events)
            port = started["ports"]["8080/tcp"]
            assert port not in (0, wanted)
            assert f"-p 127.0.0.1:{port}:8080/tcp" in started["equivalent"]
            with socket.create_connection(("127.0.0.1", port), timeout=5):
                pass
            rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
            bound = {row[1] for row in rows if row[3] == "0A"}
            assert f"0100007F:{port:04X}" in bound, "on loopback"
            assert f"00000000:{port:04X}" not in bound, "and nowhere else"


def test_a_step_is_ticked_by_docker_stop_in_a_terminal_of_ones_own(engine_driver: Person) -> None:
    run, _ = engine_driver.start("pid-1")
    with engine_driver.events(run=run) as events:
        container = begun(events)["container_id"]
        events.until(kind("step_done", step=0, expect=0))
        assert engine_driver.post(f"/runs/{run}/steps/1").status_code == 202
        events.until(kind("step_done", step=1))
        subprocess.run(["docker", "stop", "-t", "3", container], check=True, capture_output=True, timeout=30)
        done = events.until(kind("step_done", step=2, expect=3))
        assert done["took_s"] >= 2.9
