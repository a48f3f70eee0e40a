"""Built once: the wheel, and everything that the image is made of."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*words: str, within_s: float = 240, **options: object) -> str:
    """What it printed; its complaint is the test's."""
    done = subprocess.run(words, capture_output=True, text=True, timeout=within_s, stdin=subprocess.DEVNULL, **options)  # type: ignore[call-overload]
    assert done.returncode == 0, f"{words}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
    return str(done.stdout)


@pytest.fixture(scope="session")
def wheel() -> Path:
    """As `make wheel` builds it."""
    run("scripts/wheel", cwd=ROOT)
    [found] = (ROOT / "dist").glob("*.whl")
    return found


def build_image(tag: str, base: str | None) -> str:
    """As `make image` does it.  ``base``: None for what it chooses by itself."""
    env = {**os.environ, "DOCKER_BUILDKIT": "0", "TAG": tag, **({"BASE": base} if base else {})}
    return run("scripts/image", cwd=ROOT, env=env, within_s=600)
