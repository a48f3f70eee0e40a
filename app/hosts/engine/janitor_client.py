"""Starts the janitor (``janitor.py``) of a server, once there may be something to clean up."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

log = logging.getLogger("signal_lab.janitor")

JANITOR_ENDS_WITHIN_S = 10.0
JANITOR = (sys.executable, "-m", "app.hosts.engine.janitor")


class Janitor:
    """One for a server, started with its first container.  ``end`` lets it go when nothing is left to remove.

    ``data``: the server's folder, whose lock says whether a next server is there.
    """

    def __init__(self, lab: str, data: Path) -> None:
        self._lab, self._data = lab, data
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def ensure(self, engine: str) -> None:
        """``engine``: the base URL of the engine's API."""
        with self._lock:  # containers that start at the same moment ask from threads of their own
            if self._process is not None and self._process.poll() is None:
                return
            self._process = subprocess.Popen(
                [*JANITOR, self._lab, str(self._data.absolute()), str(os.getpid())],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "DOCKER_HOST": engine},
                start_new_session=True,
            )
            log.debug("janitor: %d waits beside the server, for %s", self._process.pid, engine)

    def leave(self) -> None:
        """Something is left that could not be removed: it is told that this server is gone, and does that."""
        if self._process is not None and self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()

    def end(self) -> None:
        """All is removed: it has nothing to do, and is not waited for longer than it takes to be told."""
        if self._process is None:
            return
        log.debug("janitor: %d is let go: nothing is left to remove", self._process.pid)
        self._process.kill()
        self._process.wait(JANITOR_ENDS_WITHIN_S)
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()
