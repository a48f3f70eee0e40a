"""The image, started with what docker-compose.yml says: kernel trace, masks and an engine from inside a container.

There may be no `docker compose` here, so its file is read and said in words of `docker run`: every key has to be known.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import yaml

from app.hosts.container.images import tag_of
from tests.engine.test_recovery import docker
from tests.ship.conftest import ROOT, build_image, run
from tests.support import TOKEN, Person, kind, prints, until

pytestmark = [pytest.mark.engine, pytest.mark.alone, pytest.mark.timeout(280)]
PROTECT = "dev.signal-lab.protect"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def filled(text: str, env: dict[str, str]) -> str:
    """``${NAME:-default}`` as compose fills it in."""
    return re.sub(r"\$\{(\w+):-([^}]*)\}", lambda found: env.get(found[1], found[2]), text)


def words_of(service: dict[str, Any], name: str) -> list[str]:
    """The words of `docker run` that say the same as a service of the compose file."""
    said: list[str] = []
    for key, value in service.items():
        match key:
            case "image" | "build" | "container_name" | "stop_grace_period" | "restart":
                pass  # said elsewhere, or not for a test
            case "network_mode":
                said += ["--network", value]
            case "pid":
                said += ["--pid", value]
            case "cap_add":
                said += [word for each in value for word in ("--cap-add", each)]
            case "environment":
                said += [word for each in value.items() for word in ("--env", "=".join(map(str, each)))]
            case "volumes":
                where = [f"{name}-{each}" if each.startswith("data:") else each for each in value]
                said += [word for each in where for word in ("--volume", each)]
            case _:
                pytest.fail(f"docker-compose.yml says {key}, which this test does not know")
    return said


@dataclass
class Contained:
    """The lab in its container."""

    id: str
    url: str
    person: Person

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(docker("inspect", "--format", "{{json .State}}", self.id))
        return found


@pytest.fixture(scope="module")
def lab(engine: None) -> Iterator[Contained]:
    run("signal-lab", "images", "build", "base", env={**os.environ, "PATH": f"{ROOT}/.venv/bin:{os.environ['PATH']}"})
    tag = f"signal-lab/lab:test-{os.getpid()}"
    build_image(tag, tag_of("base"))
    port, name = free_port(), f"signal-lab-test-{os.getpid()}"
    text = filled((ROOT / "docker-compose.yml").read_text(), {"SIGNAL_LAB_PORT": str(port)})
    service = yaml.safe_load(text)["services"]["lab"]
    foreign = ["--label", "dev.signal-lab.lab=somebody", "--env", f"SIGNAL_LAB_TOKEN={TOKEN}"]
    quick = ["--health-interval", "1s"]
    url = f"http://127.0.0.1:{port}"
    try:
        container = docker("run", "--detach", "--name", name, *words_of(service, name), *foreign, *quick, tag)
        with httpx.Client(base_url=url, headers={"authorization": f"Bearer {TOKEN}"}, timeout=15) as client:
            made = Contained(container, url, Person(client))
            until(lambda: made.status()["Health"]["Status"] == "healthy", within_s=30, what="a healthy lab")
            yield made
    finally:
        subprocess.run(["docker", "rm", "--force", "--volumes", name], capture_output=True, check=False)
        subprocess.run(["docker", "volume", "rm", f"{name}-data"], capture_output=True, check=False)
        subprocess.run(["docker", "rmi", tag], capture_output=True, check=False)


def test_it_has_engine_and_kernel_trace_and_shows_masks_of_containers(lab: Contained) -> None:
    told = lab.person.get("/health").json()
    assert told["engine"]["state"] == "ready"
    assert told["kernel_trace"] == {"state": "ready", "reason": "", "hint": "", "where": "server"}
    run_, target = lab.person.start("pid-1")
    with lab.person.events(run=run_) as events:
        seen = events.until(kind("process_appeared"))
        assert seen["ns_pid"] == 1
        assert seen["dispositions"]
        events.until(prints("Serving HTTP"))
        lab.person.post(f"/targets/{target}/stop", {"timeout_s": 1})
        over = events.until(kind("stop_finished"))
        assert (over["exit_code"], over["killed"]) == (137, True)
        events.until(kind("run_finished"))
        assert [each for each in events.seen if each["kind"] == "kernel_signal"]


def test_local_experiments_work_in_it_and_it_says_why_sandboxes_do_not(lab: Contained) -> None:
    run_, target = lab.person.start("catch-all")
    with lab.person.events(run=run_) as events:
        events.until(prints("ready"))
        lab.person.post(f"/targets/{target}/signals", {"signal": "USR1"})
        events.until(prints("USR1"))
        lab.person.client.delete(f"/api/v1/runs/{run_}")
        events.until(kind("run_finished"))
    refused = lab.person.post("/runs", {"experiment": "pid-1-sandbox"})
    assert refused.status_code == 409
    assert refused.json()["code"] == "not_possible"
    assert refused.json()["hint"]


def test_it_refuses_its_own_container_and_process(lab: Contained) -> None:
    own = lab.status()["Pid"]
    run_, target = lab.person.start("catch-all")
    for pid in (own, 1):
        refused = lab.person.post(f"/targets/{target}/signals", {"signal": "TERM", "pid": pid})
        assert (refused.status_code, refused.json()["code"]) == (403, "not_ours")
    lab.person.client.delete(f"/api/v1/runs/{run_}")
    for what, asked in (("signals", {"signal": "TERM"}), ("stop", {})):
        refused = lab.person.post(f"/doctor/{lab.id}/{what}", asked)
        assert (refused.status_code, "the lab itself runs in" in refused.json()["error"]) == (403, True)
    for name in (lab.id, lab.id[:12]):
        for what, body in (("stop", {"timeout_s": 0}), ("signals", {"signal": "KILL"}), ("kill", {})):
            assert lab.person.post(f"/targets/{name}/{what}", body).status_code in (404, 422)
    inside = docker("exec", lab.id, "signal-lab", "clean", "--containers", "--running", "--yes", "--json")
    outside = run(f"{ROOT}/.venv/bin/signal-lab", "clean", "--running", "--json")
    for told in (json.loads(inside), json.loads(outside)):
        assert lab.id not in {each["id"] for each in told["removed"]}, "though it carries a lab's label"
    image = docker("inspect", "--format", "{{.Image}}", lab.id)
    assert image not in {each["id"] for each in json.loads(outside)["removed"]}, "though its base is one of ours"
    assert lab.status()["Running"]


def test_the_doctor_does_not_list_it_and_says_so_of_whom_is_asked_for(lab: Contained) -> None:
    assert lab.id not in {each["id"] for each in lab.person.get("/doctor").json()["containers"]}
    told = json.loads(docker("exec", lab.id, "signal-lab", "doctor", "--json"))
    assert lab.id not in {each["id"] for each in told["containers"]}
    outside = subprocess.run([f"{ROOT}/.venv/bin/signal-lab", "doctor", "--json", lab.id], capture_output=True)
    [named] = json.loads(outside.stdout)["containers"]
    assert (named["id"], named["is_lab"], named["protected"]) == (lab.id, False, True), "from outside it is one of many"


def test_docker_stop_ends_it_well_and_its_containers_with_it(
    lab: Contained, record_property: Callable[[str, object], None]
) -> None:
    run_, _ = lab.person.start("pid-1")
    with lab.person.events(run=run_) as events:
        container = events.until(kind("target_started"))["container_id"]
    begun = time.monotonic()
    docker("stop", "--time", "30", lab.id)
    record_property("docker stop of the lab's own container, with one of a run", f"{time.monotonic() - begun:.1f} s")
    assert lab.status()["ExitCode"] in (0, 143), "ended by its own handler, not by SIGKILL"
    assert container not in docker("ps", "--all", "--quiet", "--no-trunc")
