"""The lab behind HAProxy, as docker-compose.proxy.yml starts it: one list of calls, in the file and in the docs."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml

from app.hosts.container.images import tag_of
from tests.engine.calls import PROXY, ROOT, SOCKET, allowed, not_allowed
from tests.engine.test_recovery import docker
from tests.engine.test_verify import not_as_expected, verify
from tests.ship.client_calls import ASKED, ID, calls, named
from tests.ship.conftest import run
from tests.support import until

BY_ITSELF = {"/containers/{0}/stop": f"POST /containers/{ID}/stop", "/_ping": "GET /_ping"}  # past docker-py's methods
ROW = re.compile(r"`((?:GET|POST|PUT|DELETE) /[^`]*)`")


def test_the_docs_and_the_proxy_name_the_same_calls() -> None:
    text = (ROOT / "docs/shipping.md").read_text()
    table = text[text.index("| call | for |") :].partition("\n\n")[0]
    told = [re.sub(r"\{\w+\}", "0123456789ab", call) for call in ROW.findall(table)]
    assert not_allowed(told) == []
    assert [each.pattern for each in allowed() if not any(each.match(call) for call in told)] == []


def test_what_is_let_through_is_what_the_code_asks_for() -> None:
    """Both ways: no call of the code is refused, and none is let through that nothing makes."""
    methods, paths = named()
    assert methods == set(ASKED), "say in tests/ship/client_calls.py how the new one is called"
    assert paths == set(BY_ITSELF)
    made = {*calls(methods), *BY_ITSELF.values()}
    assert not_allowed(made) == []
    words = [one for each in allowed() for one in spelled_out(each.pattern)]
    assert [one for one in words if not any(re.fullmatch(one, call) for call in made)] == []


def spelled_out(pattern: str) -> list[str]:
    """``^GET /(version|info)$`` as one pattern for each call."""
    found = re.search(r"\(([a-z|]+)\)", pattern)
    return [pattern.replace(found[0], each) for each in found[1].split("|")] if found else [pattern]


def test_both_compose_files_start_the_same_lab() -> None:
    """But for the way to the engine."""
    plain, behind = (
        yaml.safe_load((ROOT / name).read_text())["services"]["lab"]
        for name in ("docker-compose.yml", "docker-compose.proxy.yml")
    )
    assert behind.pop("depends_on") == ["engine-proxy"]
    assert behind["environment"].pop("DOCKER_HOST") == "unix:///run/engine-proxy/docker.sock"
    behind["volumes"].remove("engine:/run/engine-proxy")
    plain["volumes"].remove("/var/run/docker.sock:/var/run/docker.sock")
    assert behind == plain


@pytest.fixture
def proxy(engine: None, tmp_path: Path) -> Iterator[Path]:
    """Its socket."""
    run("signal-lab", "images", "build", "base", env={**os.environ, "PATH": f"{ROOT}/.venv/bin:{os.environ['PATH']}"})
    tag = name = f"signal-lab-proxy-test-{os.getpid()}"
    classic = {**os.environ, "DOCKER_BUILDKIT": "0"}
    run("docker", "build", "--quiet", "--build-arg", f"BASE={tag_of('base')}", "--tag", tag, str(PROXY), env=classic)
    volumes = ("--volume", f"{SOCKET}:/var/run/docker.sock", "--volume", f"{tmp_path}:/run/engine-proxy")
    try:
        docker("run", "--detach", "--name", name, "--network", "none", "--read-only", *volumes, tag)
        until((tmp_path / "docker.sock").exists, within_s=30, what="a socket")
        yield tmp_path / "docker.sock"
    finally:
        subprocess.run(["docker", "rm", "--force", name], capture_output=True, check=False)
        subprocess.run(["docker", "rmi", tag], capture_output=True, check=False)


@pytest.mark.engine
@pytest.mark.long
@pytest.mark.timeout(280)
def test_lessons_hold_behind_the_proxy_and_nothing_else_passes(proxy: Path) -> None:
    """Output, a terminal, commands inside, stops, events: what is upgraded, what waits and what never ends."""
    ids = ("pid-1", "httpd-trap", "kill-inside", "systemd-quiet")
    assert not_as_expected(verify(*ids, DOCKER_HOST=f"unix://{proxy}")) == []
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(proxy)), base_url="http://engine") as client:
        for path in ("/networks", "/v1.41/plugins", "/secrets"):
            refused = client.get(path)
            assert (refused.status_code, refused.text) == (403, "not one of the calls that Signal Lab makes")
