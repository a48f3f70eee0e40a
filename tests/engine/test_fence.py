"""The two fences for an image of one's own, and that an end which the lab's fence has likely made says so."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from app.hosts.container.images import tag_of
from tests.engine.test_recovery import docker
from tests.support import Event, Person, kind

pytestmark = [pytest.mark.engine, pytest.mark.timeout(120)]
# As an image's entry point does it before it starts its server; then the interfaces that it has.
COMMAND = "touch /tmp/x; chown nobody /tmp/x || exit 3; echo /sys/class/net/*"


@pytest.fixture
def image(engine: None) -> Iterator[str]:
    name = "theirs-test-fence:1"
    docker("tag", tag_of("base"), name)
    yield name
    subprocess.run(["docker", "rmi", name], capture_output=True, check=True)


def ran(person: Person, image: str, **options: object) -> list[Event]:
    body = {"host": "container", "image": image, "command": ["sh", "-c", COMMAND], "options": options}
    reply = person.post("/runs", body)
    assert reply.status_code == 201, reply.text
    with person.events(run=reply.json()["run"]) as events:
        events.until(kind("run_finished"))
        return events.seen


def test_an_end_by_the_labs_fence_is_said_to_be_one_and_dockers_own_lets_it_start(
    engine_driver: Person, image: str
) -> None:
    fenced, plain = ran(engine_driver, image), ran(engine_driver, image, fence="docker")
    started, exited, verdict = (
        next(each for each in fenced if each["kind"] == wanted)
        for wanted in ("target_started", "target_exited", "verdict")
    )
    assert (started["fence"], exited["exit_code"], verdict["outcome"]) == ("fenced", 3, "by_itself")
    assert "--cap-drop ALL --security-opt no-new-privileges --network none" in started["equivalent"]
    assert "the lab’s fence is the likely reason" in verdict["text"]
    [why] = [each for each in verdict["said"] if "“docker”" in each["text"]]
    assert "Operation not permitted" in why["text"]
    [proof] = [each for each in fenced if each["id"] in why["evidence"]]
    assert (proof["kind"], "Operation not permitted" in proof["text"]) == ("output", True)

    started, exited, verdict = (
        next(each for each in plain if each["kind"] == wanted)
        for wanted in ("target_started", "target_exited", "verdict")
    )
    assert (started["fence"], exited["exit_code"]) == ("docker", 0)
    assert not {"--cap-drop", "--network"} & set(started["equivalent"].split())
    assert "fence" not in verdict["text"]
    assert "/sys/class/net/eth0" in "".join(each["text"] for each in plain if each["kind"] == "output")
