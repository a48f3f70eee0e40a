"""An image that the engine does not have is pulled, with progress; where that cannot be, it is said what to do."""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.commands.test_full_citizen import Terminal, read_until
from tests.engine.registry import NAME, Registry, serving_images
from tests.engine.test_recovery import docker
from tests.support import Person, kind, prints, until

pytestmark = [pytest.mark.engine, pytest.mark.timeout(120)]
HERE = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")


@pytest.fixture
def registry(engine: None, tmp_path: Path) -> Iterator[Registry]:
    folder = tmp_path / "registry"
    folder.mkdir()
    with serving_images(folder) as made:
        yield made


def is_there(image: str) -> bool:
    return bool(docker("images", "--quiet", image).strip())


def test_it_is_pulled_once_for_all_and_told_layer_by_layer(registry: Registry, engine_driver: Person) -> None:
    own = {"host": "container", "image": registry.image}
    with engine_driver.events() as events:
        first, second = (engine_driver.post("/runs", own).json()["run"] for _ in range(2))
        told = events.until(
            lambda event: event["kind"] == "build_progress" and bool(re.search(r"\d\.\d of 6\.0 MB", event["text"]))
        )
        assert (told["what"], told["image"], told["state"], told["steps"]) == ("pull", registry.image, "running", 2)
        [build] = engine_driver.get("/builds").json()["builds"]
        assert (build["what"], build["state"], build["steps"]) == ("pull", "running", 2)
        registry.go.set()
        done = events.until(kind("build_progress", state="done"))
        assert done["step"] == done["steps"] == 2
        for run in (first, second):
            events.until(kind("target_started", run=run))
        events.until(prints("pulled and running"))
        lines = "".join(event["text"] for event in events.seen if event["kind"] == "build_progress")
        assert lines.count("pulling ") == 1
        assert "Pull complete" in lines
        for run in (first, second):
            engine_driver.client.delete(f"/api/v1/runs/{run}")
        third = engine_driver.post("/runs", own).json()["run"]
        events.until(kind("target_started", run=third))
        engine_driver.client.delete(f"/api/v1/runs/{third}")
        assert len([event for event in events.seen if kind("build_progress", state="done")(event)]) == 1


def test_a_pull_can_be_cancelled_and_tried_again(registry: Registry, engine_driver: Person) -> None:
    own = {"host": "container", "image": registry.image}
    with engine_driver.events() as events:
        run = engine_driver.post("/runs", own).json()["run"]
        assert registry.waiting.wait(30)
        ended = engine_driver.client.delete(f"/api/v1/builds/{quote(registry.image, safe='')}")
        assert ended.status_code == 202, ended.text
        over = events.until(kind("run_finished", run=run))
        assert over["error"] == f"the pull of {registry.image} was cancelled by the driver"
        assert not is_there(registry.image)
        registry.go.set()
        run = engine_driver.post("/runs", own).json()["run"]
        events.until(kind("target_started", run=run))
        engine_driver.client.delete(f"/api/v1/runs/{run}")


def test_where_it_cannot_be_pulled_it_is_said_why_and_what_to_do(registry: Registry, engine_driver: Person) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # and nobody listens
        nobody = f"127.0.0.1:{closed.getsockname()[1]}/x:1"
        for image, why in ((nobody, "no registry answers"), (f"{registry.image}-not", "no registry has it")):
            with engine_driver.events() as events:
                run = engine_driver.post("/runs", {"host": "container", "image": image}).json()["run"]
                over = events.until(kind("run_finished", run=run))
            assert over["reason"] == "failed"
            assert over["error"].startswith(f"image {image}: {why} (")
            assert over["error"].endswith("Build it or load it (docker build, docker load), then start it again.")


def test_the_command_line_shows_a_pull_and_runs_what_came(registry: Registry, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "data", DOCKER_HOST=HERE)
    with terminal.begin("run", "--image", registry.image, "--stop", "--when", "running", "--timeout", "1") as running:
        read_until(running, f"pulling {registry.image}")
        read_until(running, "of 6.0 MB")
        registry.go.set()
        said = read_until(running, "exit code 137")
        assert running.wait(30) == 1
    assert f"image {registry.image} is ready" in said
    assert "prints “pulled and running”" in said
    gone = terminal.say("run", "--json", "--image", f"127.0.0.1:{registry.port}/{NAME}:none")
    assert gone.returncode == 1
    assert "no registry has it" in json.loads(gone.stdout.splitlines()[-1])["error"]


@pytest.mark.long
def test_a_run_that_waits_may_leave_and_the_pull_goes_on(registry: Registry, engine_driver: Person) -> None:
    with engine_driver.events() as events:
        run = engine_driver.post("/runs", {"host": "container", "image": registry.image}).json()["run"]
        assert registry.waiting.wait(30)
        engine_driver.client.delete(f"/api/v1/runs/{run}")
        registry.go.set()
        events.until(kind("build_progress", state="done"))
    until(lambda: is_there(registry.image))
