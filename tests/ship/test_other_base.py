"""`make image` FROM a base that is not ours and has another Python, as `python:3-slim` is: no registry answers here."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator

import pytest

from app.hosts.container.images import tag_of
from tests.engine.test_recovery import docker
from tests.ship.conftest import ROOT, build_image, run

pytestmark = [pytest.mark.engine, pytest.mark.alone, pytest.mark.long, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def trixie(engine: None) -> Iterator[str]:
    """Debian 13 with Python 3.13, and without tini."""
    name = f"signal-lab-test-trixie-{os.getpid()}"
    made = f"mmdebstrap --quiet --variant=minbase --include=python3 trixie - | docker import - {name}"
    run("bash", "-o", "pipefail", "-c", made, within_s=600)
    yield name
    subprocess.run(["docker", "rmi", "--force", name], capture_output=True, check=False)


def test_another_python_gets_its_own_wheels_and_a_mismatch_is_said(trixie: str) -> None:
    tag = f"signal-lab/lab:test-{os.getpid()}"
    try:
        told = build_image(tag, trixie)
        assert f"image: FROM {trixie}, which has Python 3.13" in told
        assert docker("run", "--rm", "--network", "none", tag, "--version").startswith("signal-lab ")
        found = docker("run", "--rm", "--network", "none", tag, "verify", "signals", "catch-all")
        assert "2 passed, 0 failed" in found, found
        run(
            "signal-lab",
            "images",
            "build",
            "base",
            env={**os.environ, "PATH": f"{ROOT}/.venv/bin:{os.environ['PATH']}"},
        )
        wrong = ["docker", "build", "--force-rm", "--build-arg", f"BASE={tag_of('base')}", str(ROOT)]
        env = {**os.environ, "DOCKER_BUILDKIT": "0"}
        refused = subprocess.run(wrong, capture_output=True, text=True, env=env)
        assert refused.returncode != 0
        assert "build/site is for Python 3.13, and this base has 3.11" in refused.stdout + refused.stderr
    finally:
        subprocess.run(["docker", "rmi", tag], capture_output=True, check=False)
