"""What an engine does otherwise is known from what it says of itself.

The versions are those of real engines, cut; the answers about limits are made in their shape, with one controller.
``make engines`` asks the real ones.
"""

from __future__ import annotations

from typing import Any

import pytest

from app.hosts.base import ContainerOptions, Spec, Ways
from app.hosts.container.docker_run import creation, lacking
from app.hosts.engine.finding import describe, too_old
from app.hosts.engine.ways import limits, ways_of
from app.targets import Target

PODMAN = {
    "Version": "5.8.6",
    "ApiVersion": "1.44",
    "Components": [{"Name": "Podman Engine"}, {"Name": "OCI Runtime (crun)"}],
}
DOCKER = {"Version": "28.5.2+dfsg1", "ApiVersion": "1.51", "Components": [{"Name": "Engine"}, {"Name": "runc"}]}
OLD = {"Version": "20.10.24+dfsg1", "ApiVersion": "1.41", "Components": [{"Name": "Engine"}, {"Name": "docker-init"}]}
# What Podman answers to Docker's question, and to its own, where the groups have no controller but cpu.
ANSWERED = {"MemoryLimit": False, "PidsLimit": True, "CpuCfsQuota": True, "CgroupVersion": "2"}
OWN = {"host": {"cgroupVersion": "v2", "cgroupControllers": ["cpu"]}}


def ways(version: dict[str, Any]) -> Ways:
    return ways_of(describe(version, {}))


def test_docker_takes_the_signal_of_a_stop_since_1_42() -> None:
    assert ways(DOCKER) == Ways()
    assert ways(OLD) == Ways(stop_takes_signal=False)


def test_podman_says_that_it_takes_one_and_does_not() -> None:
    said = ways(PODMAN)
    assert (said.engine, said.stop_takes_signal, said.tells_signals, said.stops_paused) == ("Podman", *[False] * 3)


def test_podman_has_the_limits_that_its_groups_have() -> None:
    assert "pids" not in lacking(ANSWERED)
    assert lacking(ANSWERED | limits(OWN)) == ("memory", "pids")


@pytest.mark.parametrize(("port", "opened"), [("80/tcp", True), ("8080/tcp", False)])
def test_where_low_ports_are_roots_they_are_opened_for_whoever_publishes_one(port: str, opened: bool) -> None:
    spec = Spec(host="container", image="httpd", container=ContainerOptions(ports={port: 0}))
    for said, sysctl in ((ways(PODMAN), opened), (ways(DOCKER), False)):
        made = creation(Target("r1", "main", "container"), spec, "x", {}, {}, said)
        assert ("Sysctls" in made["HostConfig"]) is sysctl


def test_an_engine_that_is_too_old_is_told_so() -> None:
    assert [too_old(each) for each in (PODMAN, DOCKER, OLD, {})] == [None] * 4
    assert too_old({"ApiVersion": "1.40"}) == (
        "it speaks API 1.40, and the lab needs 1.41 or later: Docker 20.10, Podman 4"
    )
