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
from tests.ship.conftest import run
from tests.support import until

ROW = re.compile(r"`((?:GET|POST|PUT|DELETE) /[^`]*)`")


def test_the_docs_and_the_proxy_name_the_same_calls() -> None:
    text = (ROOT / "docs/shipping.md").read_text()
    table = text[text.index("| call | for |") :].partition("\n\n")[0]
    told = [re.sub(r"\{\w+\}", "0123456789ab", call) for call in ROW.findall(table)]
    assert not_allowed(told) == []
    assert [each.pattern for each in allowed() if not any(each.match(call) for call in told)] == []


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
