"""A build is one for all who wait; it can be cancelled, fails with its log, and ends with whoever asked for it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.slow_images import IMAGES, lab_with, with_slow_images
from tests.engine.test_recovery import docker
from tests.killable import Killable, killable
from tests.support import Person, kind, prints, until

pytestmark = [pytest.mark.engine, pytest.mark.timeout(120)]
HERE = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")


@pytest.fixture
def contexts(engine: None, tmp_path: Path) -> Iterator[Path]:
    yield with_slow_images(tmp_path)
    for tag in docker("images", "--format", "{{.Repository}}:{{.Tag}}").split():
        if tag.startswith(tuple(f"signal-lab/{image}:" for image in IMAGES)):
            docker("rmi", tag)


@pytest.fixture
def server(contexts: Path, tmp_path: Path) -> Iterator[Killable]:
    flags = ("--experiments", str(tmp_path / "experiments"))
    with killable(tmp_path / "data", *flags, lab=lab_with(contexts), DOCKER_HOST=HERE) as made:
        yield made


@pytest.fixture
def person(server: Killable) -> Iterator[Person]:
    with server.person() as made:
        yield made


def ticking() -> bool:
    """Whether a container of the build runs, or is left behind."""
    return "echo tick" in docker("ps", "--all", "--no-trunc", "--format", "{{.Command}}")


def says(text: str) -> Any:
    return lambda event: event["kind"] == "build_progress" and text in event["text"]


def latest(person: Person, image: str) -> dict[str, Any]:
    [found] = [each for each in person.get("/builds").json()["builds"] if each["image"] == image]
    return dict(found)


def test_one_build_serves_all_and_outlives_the_first_who_asked(person: Person) -> None:
    with person.events() as events:
        first, _ = person.start("slow")
        events.until(says("tick 1\n"))
        second, _ = person.start("slow")
        person.client.delete(f"/api/v1/runs/{first}")
        now = latest(person, "slow")
        assert (now["state"], now["step"], now["steps"]) == ("running", 4, 6)  # the label is a step, too
        assert now["command"].startswith("RUN for i in")
        assert any(line.startswith("tick ") for line in now["log"])
        events.until(prints("started"))
        begun = [each for each in events.seen if says("building signal-lab/slow")(each)]
        assert len(begun) == 1
        assert latest(person, "slow")["state"] == "done"
        assert person.post("/builds/slow").json() == {"image": "slow", "ready": True}
        person.client.delete(f"/api/v1/runs/{second}")


def test_cancelled_all_who_wait_are_told_and_nothing_is_left(person: Person) -> None:
    with person.events() as events:
        runs = [person.start("slow")[0] for _ in range(2)]
        events.until(says("tick 1\n"))
        assert ticking()
        assert person.client.delete("/api/v1/builds/slow").status_code == 202
        for run in runs:
            over = events.until(kind("run_finished", run=run))
            assert over["reason"] == "failed"
            assert "the build of slow was cancelled by the driver" in over["error"]
        assert events.until(kind("build_progress", image="slow", state="cancelled"))["step"] == 4
        until(lambda: not ticking(), what="the container of the build is removed")
        late = person.client.delete("/api/v1/builds/slow")
        assert (late.status_code, late.json()["code"]) == (404, "not_found")
        assert person.post("/builds/slow").json() == {"image": "slow", "ready": False}
        events.next(kind("build_progress", image="slow", state="done"))


def test_a_failure_says_the_step_and_the_log_and_can_be_tried_again(person: Person) -> None:
    with person.events() as events:
        for _ in range(2):
            run, _target = person.start("broken")
            over = events.next(kind("run_finished", run=run))
            assert over["reason"] == "failed"
            now = latest(person, "broken")
            assert (now["state"], now["step"], now["steps"]) == ("failed", 3, 4)
            assert any("this is why" in line for line in now["log"])
    assert person.post("/builds/nothing").status_code == 404


def test_a_package_that_cannot_be_had_is_named_and_its_image_is_not_tried_for_each_child(contexts: Path) -> None:
    done = subprocess.run(
        [*lab_with(contexts), "images", "build", "child", "sister", "--json"],
        env={**os.environ, "DOCKER_HOST": HERE},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    child, sister = json.loads(done.stdout)["images"]
    lacks = (done.returncode, child["package"], sister["package"])
    assert lacks == (1, "no-such-package", "no-such-package"), done.stdout + done.stderr
    assert child["error"].startswith("the image lacking cannot be built: package no-such-package: ")
    assert sister["error"] == f"{child['error']} It was tried already; ask again to try again."
    assert done.stderr.count("building signal-lab/lacking:") == 1


def test_of_a_lab_too_a_failed_parent_is_tried_again_only_for_who_asks_once_more(person: Person) -> None:
    with person.events() as events:
        for image, tries in (("child", 1), ("sister", 1), ("sister", 2)):
            assert person.post(f"/builds/{image}").status_code == 202
            events.next(kind("build_progress", image=image, state="failed"))
            begun = [each for each in events.seen if says("building signal-lab/lacking:")(each)]
            assert len(begun) == tries, image


def test_a_server_killed_in_mid_build_leaves_nothing_half_and_the_next_builds_again(
    server: Killable, person: Person
) -> None:
    with person.events() as events:
        run, _ = person.start("slow")
        events.until(says("tick 1\n"))
    server.kill()
    until(lambda: not ticking(), what="the engine ends a build whose asker is gone")
    server.start()
    with server.person() as again, again.events() as events:
        assert "the lab was gone" in events.until(kind("build_progress", state="cancelled"))["text"]
        assert events.until(kind("run_finished", run=run))["reason"] == "lab_was_gone"
        again.start("slow")
        events.until(kind("build_progress", image="slow", state="done"))
        events.until(prints("started"))


def test_ctrl_c_in_the_terminal_cancels_a_build(contexts: Path) -> None:
    words = [*lab_with(contexts), "images", "build", "slow"]
    env = {**os.environ, "DOCKER_HOST": HERE}
    with subprocess.Popen(words, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as building:
        assert building.stderr is not None
        for line in building.stderr:
            if line.startswith("tick 1"):
                break
        building.send_signal(signal.SIGINT)
        rest = building.stderr.read()
        assert building.wait(20) == 130, rest
    assert "Traceback" not in rest
    until(lambda: not ticking(), what="the container of the build is removed")
