"""What is left behind goes, and nothing else: a killed server's containers, and `signal-lab clean`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from app.hosts.container.images import all_images, parents, tag_of
from app.resources import resource
from tests.support import TOKEN, kind, until
from tests.support import Person as Somebody
from tests.test_serve import base, serving

pytestmark = [pytest.mark.engine, pytest.mark.alone]
LAB = str(Path(sys.executable).parent / "signal-lab")
LABEL = "dev.signal-lab.lab"


def docker(*words: str) -> str:
    return subprocess.run(["docker", *words], capture_output=True, text=True, check=True).stdout.strip()


def clean(*words: str) -> dict[str, Any]:
    done = subprocess.run([LAB, "clean", "--json", *words], capture_output=True, text=True, check=True, timeout=60)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.fixture
def things(engine: None) -> Iterator[dict[str, str]]:
    """One container and one volume with our label and one without, none of them running."""
    image = tag_of("base")
    made = {
        "ours": docker("create", "--name", "signal-lab-r1-clean", "--label", f"{LABEL}=test-clean", image, "true"),
        "heirs": docker("create", "--label", f"{LABEL}=test-clean", image, "true"),
        "theirs": docker("create", "--label", "other=1", image, "true"),
        "our volume": docker("volume", "create", "--label", f"{LABEL}=test-clean"),
        "their volume": docker("volume", "create"),
    }
    yield made
    for name in ("ours", "heirs", "theirs"):
        subprocess.run(["docker", "rm", "-f", made[name]], capture_output=True, check=False)
    for name in ("our volume", "their volume"):
        subprocess.run(["docker", "volume", "rm", "-f", made[name]], capture_output=True, check=False)


def test_clean_shows_first_and_removes_only_what_carries_our_label(things: dict[str, str]) -> None:
    shown = clean("--containers", "--volumes")
    assert shown["dry_run"] is True
    ids = {each["id"] for each in shown["removed"]}
    assert {things["ours"], things["our volume"]} <= ids
    assert not {things["theirs"], things["heirs"], things["their volume"]} & ids
    assert things["ours"] in docker("ps", "-aq", "--no-trunc"), "a dry run removes nothing"
    gone = clean("--containers", "--volumes", "--yes")
    assert gone["failed"] == {}
    left = docker("ps", "-aq", "--no-trunc").split() + docker("volume", "ls", "-q").split()
    assert things["ours"] not in left
    assert things["our volume"] not in left
    assert things["theirs"] in left
    assert things["heirs"] in left, "a committed container hands on its labels, and not its name"
    assert things["their volume"] in left


def test_clean_leaves_a_container_that_runs_alone(engine: None) -> None:
    ours = ("--name", "signal-lab-r1-running", "--label", f"{LABEL}=test-clean")
    container = docker("run", "-d", *ours, tag_of("base"), "sleep", "600")
    try:
        answer = clean("--containers", "--yes")
        assert container in {each["id"] for each in answer["left"]}
        assert container in docker("ps", "-q", "--no-trunc")
    finally:
        docker("rm", "-f", container)


def test_an_image_that_somebody_built_upon_ours_is_theirs(engine: None, tmp_path: Path) -> None:
    """It inherits the label; and one of ours that has a second name keeps that."""
    (tmp_path / "Dockerfile").write_text(f"FROM {tag_of('base')}\nENV THEIRS=1\n")
    ours, theirs, second = "signal-lab/test-clean:1", "theirs-test-clean:1", "theirs-test-clean:2"
    try:
        for tag in (ours, theirs):
            docker("build", "-q", "--label", f"only={tag}", "-t", tag, str(tmp_path))
        docker("tag", ours, second)
        assert docker("inspect", "-f", '{{index .Config.Labels "dev.signal-lab.image"}}', theirs) == "base"
        names = {each["name"] for each in clean("--images")["removed"]}
        assert ours in names
        assert not {theirs, second} & names
        assert {name.partition("/")[0] for name in names} == {"signal-lab"}
    finally:
        docker("rmi", ours, theirs, second)


def test_containers_of_a_lab_that_lives_are_left_alone_and_those_of_a_dead_one_are_not(
    engine: None, tmp_path: Path
) -> None:
    here = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    with serving(tmp_path, DOCKER_HOST=here) as (server, link, _watch):
        with httpx.Client(base_url=base(link), timeout=30, headers={"authorization": f"Bearer {TOKEN}"}) as client:
            somebody = Somebody(client)
            run, _ = somebody.start("pid-1")
            with somebody.events(run=run) as events:
                container = events.until(kind("target_started"))["container_id"]
        living = {each["id"]: each["lab"] for each in clean("--containers", "--running")["left"]}
        assert living[container] == "alive"
        for child in psutil.Process(server.pid).children():  # its janitor would leave nothing to clean
            if "app.hosts.engine.janitor" in child.cmdline():
                child.kill()
        os.kill(server.pid, signal.SIGKILL)
        server.wait(30)
    try:
        gone = {each["id"]: each["lab"] for each in clean("--containers", "--running")["removed"]}
        assert gone[container] == "gone"
        assert container in {each["id"] for each in clean("--containers")["left"]}, "it runs"
    finally:
        docker("rm", "-f", container)


def test_images_are_known_by_their_folder_and_by_what_they_are_built_on() -> None:
    assert "servers" not in all_images(), "that one is for the bench"
    assert parents(resource("docker") / "httpd-wrong") == {"HTTPD": "httpd"}
    assert parents(resource("docker") / "systemd-httpd") == {"SYSTEMD_QUIET": "systemd-quiet"}
    for name in all_images():
        text = (resource("docker") / name / "README.md").read_text()
        assert len(text.splitlines()) >= 5, f"docker/{name}/README.md does not say what it shows"
    shown = json.loads(subprocess.run([LAB, "images", "list", "--json"], capture_output=True, check=True).stdout)
    assert [row["name"] for row in shown["images"]] == all_images()


def test_an_image_that_is_built_is_not_built_again(engine: None) -> None:
    done = subprocess.run([LAB, "images", "build", "base"], capture_output=True, text=True, check=True, timeout=300)
    again = subprocess.run([LAB, "images", "build", "base"], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == again.stdout == f"{tag_of('base')}\n"
    assert again.stderr == ""
    wrong = subprocess.run([LAB, "images", "build", "nothing"], capture_output=True, text=True, check=False)
    assert (wrong.returncode, "there is no image nothing" in wrong.stderr) == (1, True)


def test_a_killed_server_that_nobody_starts_again_leaves_no_container(engine: None, tmp_path: Path) -> None:
    here = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    with (
        serving(tmp_path, DOCKER_HOST=here) as (server, link, _watch),
        httpx.Client(base_url=base(link), timeout=30, headers={"authorization": f"Bearer {TOKEN}"}) as client,
    ):
        somebody = Somebody(client)
        run, _ = somebody.start("pid-1")
        with somebody.events(run=run) as events:
            container = events.until(kind("target_started"))["container_id"]
        os.kill(server.pid, signal.SIGKILL)
        until(lambda: container not in docker("ps", "-aq", "--no-trunc"), within_s=20, what="the container is removed")
