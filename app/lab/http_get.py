"""Gets a page from a target's own server, over loopback and nowhere else: no proxy, no redirect."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import anyio
from anyio import from_thread, to_thread

DOWNLOAD_BYTES = 64 * 1024 * 1024
ANSWER_WITHIN_S = 5.0  # for a server that has just been started
CONNECT_AGAIN_S = 0.05
SILENT_S = 60.0
PROGRESS_EVERY_S = 0.5
TEXT = 400


@dataclass(frozen=True, slots=True)
class HttpResult:
    """``complete``: all that was announced has come.  ``received``: bytes of the body."""

    status: int | None
    received: int
    expected: int | None
    complete: bool
    took_s: float
    error: str | None = None
    text: str = ""


Progress = Callable[[int, int | None], Coroutine[Any, Any, object]]


async def get(url: str, on_progress: Progress) -> HttpResult:
    """Ask, and read to the end.  Never raises: what went wrong is in the result."""
    return await to_thread.run_sync(
        lambda: _get(url, on_progress), limiter=anyio.CapacityLimiter(1), abandon_on_cancel=True
    )


def _get(url: str, on_progress: Progress) -> HttpResult:
    begun = time.monotonic()
    reader = _Reader(on_progress)
    while True:
        error = reader.read(url)
        # Just started, it may not listen yet; an engine's proxy then takes the connection and drops it.
        if reader.status is not None or error is None or time.monotonic() - begun > ANSWER_WITHIN_S:
            break
        time.sleep(CONNECT_AGAIN_S)
    return reader.result(time.monotonic() - begun, error)


class _Reader:
    def __init__(self, on_progress: Progress) -> None:
        self._on_progress = on_progress
        self.status: int | None = None
        self._received = 0
        self._expected: int | None = None
        self._head = b""

    def read(self, url: str) -> str | None:
        """One attempt.  Gives what went wrong."""
        parts = urlsplit(url)
        connection = http.client.HTTPConnection("127.0.0.1", parts.port or 80, timeout=SILENT_S)
        try:
            connection.request("GET", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
            reply = connection.getresponse()
            self.status, self._expected, said = reply.status, reply.length, 0.0
            while data := reply.read1(65536):
                self._received += len(data)
                self._head = (self._head + data)[:TEXT]
                if self._received > DOWNLOAD_BYTES:
                    return f"more than {DOWNLOAD_BYTES // 2**20} MiB"
                if time.monotonic() - said >= PROGRESS_EVERY_S and self._received != self._expected:
                    said = time.monotonic()
                    from_thread.run(self._on_progress, self._received, self._expected)
        except (OSError, http.client.HTTPException) as failure:
            return str(failure) or type(failure).__name__
        finally:
            connection.close()
        return None

    def result(self, took_s: float, error: str | None) -> HttpResult:
        cut = self._expected is not None and self._received != self._expected
        if cut and error is None:
            error = f"cut after {self._received} of {self._expected} bytes"
        text = self._head.decode("utf-8", "replace")
        complete = self.status is not None and error is None
        return HttpResult(self.status, self._received, self._expected, complete, took_s, error, text)
