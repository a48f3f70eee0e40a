"""The ports of local targets: the wanted one where it is free, and never one for two."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from app.hosts.local.ports import free_port, give_back, with_ports
from tests.support import Person, kind


@pytest.fixture
def free() -> Iterator[int]:
    """A port that is free."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = int(taken.getsockname()[1])
    yield port
    give_back([port])


def test_the_wanted_port_is_given_where_it_is_free_and_put_into_the_command(free: int) -> None:
    ports, command = with_ports({"8080/tcp": free}, ("serve", "--at={port:8080/tcp}", "{port:9/tcp}"))
    assert ports == {"8080/tcp": free}
    assert command == ("serve", f"--at={free}", "9")


def test_another_is_given_where_somebody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        assert free_port(somebody.getsockname()[1]) != somebody.getsockname()[1]


def test_no_port_is_given_to_two_targets_until_it_is_given_back(free: int) -> None:
    """Their servers listen only some time later."""
    names = {f"{number}/tcp": free for number in range(50)}
    ports, _ = with_ports(names, ())
    try:
        assert len(set(ports.values())) == 50
        assert ports["0/tcp"] == free
    finally:
        give_back(ports.values())
    assert free_port(free) == free


def test_a_target_keeps_its_port_as_long_as_it_lives(driver: Person, free: int) -> None:
    def start(host: str) -> tuple[str, str, int]:
        options = {"ports": {"8080/tcp": free}}
        reply = driver.post("/runs", {"host": host, "command": ["sleep", "600"], "options": options})
        assert reply.status_code == 201, reply.text
        run = reply.json()["run"]
        with driver.events(run=run) as events:
            return run, reply.json()["targets"][0]["id"], events.until(kind("target_started"))["ports"]["8080/tcp"]

    first, target, port = start("process")
    _, _, other = start("sandbox")
    assert port == free
    assert other != free
    driver.post(f"/targets/{target}/stop", {"timeout_s": 5})
    with driver.events(run=first) as events:
        events.until(kind("run_finished"))
    assert start("sandbox")[2] == free
