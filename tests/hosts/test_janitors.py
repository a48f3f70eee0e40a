"""One janitor for a server, also when its first containers start at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import psutil

from app.hosts.engine.janitor_client import Janitor


def test_containers_that_start_at_the_same_moment_share_one(tmp_path: Path) -> None:
    janitor, begin = Janitor("no-such-lab", tmp_path, 0), Barrier(8)

    def ensure(_: int) -> None:
        begin.wait(10)
        janitor.ensure("unix:///nonexistent.sock")

    try:
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(ensure, range(8)))
        mine = [each for each in psutil.Process().children() if "app.hosts.engine.janitor" in each.cmdline()]
        assert len(mine) == 1
    finally:
        janitor.end()
