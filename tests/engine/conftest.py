"""What tests with an engine of their own leave: a janitor waits for that engine, which will not come back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest


def janitors_of(folder: Path) -> list[psutil.Process]:
    """Of labs whose data is in this folder."""
    found = []
    for each in psutil.process_iter(["cmdline"]):
        words = each.info["cmdline"] or []
        if "app.hosts.engine.janitor" in words and any(word.startswith(f"{folder}/") for word in words):
            found.append(each)
    return found


@pytest.fixture
def janitors_end(tmp_path: Path) -> Iterator[None]:
    yield
    for each in janitors_of(tmp_path):
        each.kill()  # it hears nothing else, and its engine is gone with this test
    psutil.wait_procs(janitors_of(tmp_path), timeout=10)
    assert janitors_of(tmp_path) == []
