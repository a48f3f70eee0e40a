"""Starts the janitor (``janitor.py``) of a server, once there may be something to clean up."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress

WITHIN_S = 10.0


class Janitor:
    """One for a server, started with its first container.  ``end`` lets it go when nothing is left to remove."""

    def __init__(self, lab: str) -> None:
        self._lab = lab
        self._process: subprocess.Popen[bytes] | None = None

    def ensure(self, engine: str) -> None:
        """``engine``: the base URL of the engine's API."""
        if self._process is not None and self._process.poll() is None:
            return
        self._process = subprocess.Popen(
            [sys.executable, "-m", "app.hosts.janitor", self._lab],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "DOCKER_HOST": engine},
            start_new_session=True,
        )

    def end(self) -> None:
        """All is removed: it has nothing to do, and is not waited for longer than it takes to be told."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait(WITHIN_S)
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()
