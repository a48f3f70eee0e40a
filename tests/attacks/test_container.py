"""What runs in a lab container reaches neither the page nor an engine."""

from __future__ import annotations

import json

import pytest

from app.hosts.container.images import tag_of
from tests.engine.test_recovery import docker
from tests.support import LabUnderTest, Person, kind, prints

pytestmark = [pytest.mark.engine, pytest.mark.timeout(60)]
PROBE = """
for each in /var/run/docker.sock /run/docker.sock /run/podman/podman.sock; do test -e $each && echo "socket $each"; done
python3 - PORT <<'END'
import socket, sys
for host in ("127.0.0.1", "172.17.0.1", "host.docker.internal"):
    try:
        socket.create_connection((host, int(sys.argv[1])), 2)
        print("reached", host)
    except OSError as error:
        print("refused", host)
END
touch /x 2>/dev/null; mount -t tmpfs none /mnt 2>&1 | head -1
echo probed
sleep 600
"""


@pytest.mark.parametrize("ports", [{}, {"8080/tcp": 0}], ids=["no network", "a published port"])
def test_a_lab_container_reaches_neither_the_page_nor_an_engine(
    lab_with_engine: LabUnderTest, engine_driver: Person, ports: dict[str, int]
) -> None:
    script = PROBE.replace("PORT", str(lab_with_engine.port))
    body = {"host": "container", "command": ["bash", "-c", script], "options": {"ports": ports}}
    run = engine_driver.post("/runs", body).json()["run"]
    with engine_driver.events(run=run) as events:
        container = events.until(kind("target_started"))["container_id"]
        events.until(prints("probed"))
        printed = "".join(each["text"] for each in events.seen if each["kind"] == "output")
        assert "socket" not in printed
        assert "reached" not in printed
        assert "refused 172.17.0.1" in printed
    [facts] = json.loads(docker("inspect", container))
    host = facts["HostConfig"]
    assert facts["Mounts"] == []
    assert host["Binds"] in (None, [])
    assert (host["Privileged"], host["PidMode"], host["PidsLimit"]) == (False, "", 256)
    assert "ALL" in host["CapDrop"]
    assert any("no-new-privileges" in each for each in host["SecurityOpt"])
    assert host["Memory"] > 0
    if not ports:
        assert host["NetworkMode"] == "none"
    for each in (host["PortBindings"] or {}).values():
        assert {binding["HostIp"] for binding in each} == {"127.0.0.1"}


def test_what_is_for_the_catalogue_only_is_refused(engine_driver: Person) -> None:
    for options in (
        {"binds": ["/:/host"]},
        {"binds": ["/var/run/docker.sock:/s"]},
        {"cap_add": ["SYS_ADMIN"]},
        {"privileged": True},
        {"cgroupns": "host"},
    ):
        refused = engine_driver.post("/runs", {"host": "container", "command": ["true"], "options": options})
        assert refused.status_code == 422, options


def test_a_container_that_is_not_a_target_has_no_name_here(engine_driver: Person) -> None:
    container = docker("run", "--detach", "--name", "signal-lab-attack", tag_of("base"), "sleep", "600")
    try:
        for name in (container, container[:12], container[:4], "signal-lab-attack"):
            for what, body in (
                ("signals", {"signal": "KILL"}),
                ("stop", {"timeout_s": 0}),
                ("pause", {}),
                ("kill", {}),
            ):
                assert engine_driver.post(f"/targets/{name}/{what}", body).status_code in (404, 422)
        assert container in docker("ps", "--quiet", "--no-trunc")
    finally:
        docker("rm", "--force", container)
