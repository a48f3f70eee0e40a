"""`docker compose up` itself, in both generations that Debian has: the lab, and the lab behind the proxy of its socket.

Each Compose runs in a container of its own with the engine's socket, so that nothing is installed on this machine.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from app.hosts.container.images import tag_of
from tests.engine.calls import ROOT, SOCKET
from tests.engine.test_recovery import docker
from tests.ship.conftest import build_image, run
from tests.ship.test_image import free_port
from tests.support import Person, kind, prints, until

pytestmark = [pytest.mark.engine, pytest.mark.alone, pytest.mark.long, pytest.mark.timeout(900)]
ONE = "RUN apt-get update && apt-get install -y --no-install-recommends docker-compose"
TWO = (
    "RUN sed -n 's/ bookworm main/ sid main/p' /etc/apt/sources.list > /etc/apt/sources.list.d/sid.list && "
    "apt-get -o Acquire::Check-Valid-Until=false update && "
    "apt-get install -y --no-install-recommends -t sid docker-compose"
)
Compose = Callable[..., str]


@pytest.fixture(scope="module")
def images(engine: None) -> Iterator[dict[str, str]]:
    """The lab, its proxy and both Composes."""
    run("signal-lab", "images", "build", "base", env={**os.environ, "PATH": f"{ROOT}/.venv/bin:{os.environ['PATH']}"})
    classic = {**os.environ, "DOCKER_BUILDKIT": "0"}
    base = ("--build-arg", f"BASE={tag_of('base')}")
    build_image("signal-lab/lab", None)
    proxy = f"{ROOT}/deploy/engine-proxy"
    run("docker", "build", "--quiet", *base, "--tag", "signal-lab/engine-proxy", proxy, env=classic)
    made = {}
    for name, install in (("1", ONE), ("2", TWO)):
        made[name] = f"signal-lab-test-compose-{name}-{os.getpid()}"
        text = f"FROM {tag_of('base')}\nUSER root\n{install}\n"
        told = ["docker", "build", "--quiet", "--tag", made[name], "-"]
        done = subprocess.run(told, input=text, text=True, capture_output=True, env=classic)
        assert done.returncode == 0, done.stdout + done.stderr
    yield made
    for image in made.values():
        subprocess.run(["docker", "rmi", image], capture_output=True, check=False)


def state(what: str) -> str:
    """Of the lab's container."""
    return docker("inspect", "--format", f"{{{{.State.{what}}}}}", "signal-lab")


@pytest.mark.parametrize("file", ["docker-compose.yml", "docker-compose.proxy.yml"])
@pytest.mark.parametrize("generation", ["1", "2"])
def test_compose_up_gives_the_lab_and_compose_stop_ends_it(
    images: dict[str, str], generation: str, file: str, record_property: Callable[[str, object], None]
) -> None:
    port = free_port()
    project = f"lab-test-{os.getpid()}-{generation}"
    mounts = ("--volume", f"{SOCKET}:/var/run/docker.sock", "--volume", f"{ROOT}:{ROOT}", "--workdir", str(ROOT))
    # Compose 1 would run the docker client for `exec`, which is not in its container.
    env = ("--env", f"SIGNAL_LAB_PORT={port}", "--env", "COMPOSE_INTERACTIVE_NO_CLI=1")

    def compose(*words: str) -> str:
        command = ["docker-compose", "--project-name", project, "--file", file, *words]
        return docker("run", "--rm", "--network", "none", *mounts, *env, images[generation], *command)

    record_property(f"compose {generation}", compose("version", "--short"))
    try:
        begun = time.monotonic()
        compose("up", "--detach", "--no-build")
        until(lambda: state("Health.Status") == "healthy", within_s=60, what="a healthy lab")
        record_property(f"{file}, {generation}: seconds until healthy", round(time.monotonic() - begun, 1))
        logged = compose("logs", "lab")
        assert re.search(rf"drive +http://127\.0\.0\.1:{port}/enter/", logged), logged
        link = compose("exec", "-T", "lab", "signal-lab", "link")
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"sec-fetch-site": "same-origin"}) as client:
            [driver] = re.findall(r"http://\S+/enter/\S+", link)
            assert client.post(driver).status_code == 303
            person = Person(client)
            health = person.get("/health").json()
            assert (health["engine"]["state"], health["kernel_trace"]["state"]) == ("ready", "ready")
            run_, target = person.start("pid-1")
            with person.events(run=run_) as events:
                events.until(prints("Serving HTTP"))
                person.post(f"/targets/{target}/stop", {"timeout_s": 1})
                assert events.until(kind("stop_finished"))["exit_code"] == 137
                assert [each for each in events.seen if each["kind"] == "kernel_signal"]
        begun = time.monotonic()
        compose("stop", "lab")
        record_property(f"{file}, {generation}: seconds of compose stop", round(time.monotonic() - begun, 1))
        assert state("ExitCode") in ("0", "143")
    finally:
        compose("down", "--volumes", "--timeout", "5")
