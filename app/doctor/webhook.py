"""Tells an address of somebody's own when a stop had to be forced: ``--webhook URL``.

A POST with one JSON object.  It is tried again when it is not taken, and given up with a line in the log; what comes
while nobody answers waits, and the oldest is left out first.
"""

from __future__ import annotations

import http.client
import json
import logging
import socket
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import anyio
from anyio import to_thread

from app.events import now
from app.jobs import running_jobs
from app.verdict.forced import Stop

log = logging.getLogger("signal_lab")
ANSWER_WITHIN_S = 10.0
PAUSES_S = (1.0, 5.0, 25.0)  # between the tries
WAITING = 100


def body_of(stop: Stop) -> bytes:
    """The shape is in docs/watching.md."""
    shape = {
        "event": "stop_forced",
        "at": now().isoformat(timespec="milliseconds"),
        "container": {"id": stop.container, "name": stop.name, "image": stop.image},
        "signal": stop.signal,
        "took_s": None if stop.took_s is None else round(stop.took_s, 3),
        "exit_code": stop.exit_code,
        "text": stop.text,
    }
    return json.dumps(shape).encode()


def post(url: str, body: bytes) -> None:
    """Raises OSError, HTTPException, or ValueError for an answer that is none of 200 to 299."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=ANSWER_WITHIN_S)
    try:
        path = parts.path or "/"
        headers = {"content-type": "application/json", "user-agent": "signal-lab"}
        connection.request("POST", f"{path}?{parts.query}" if parts.query else path, body, headers)
        status = connection.getresponse().status
        if not 200 <= status < 300:
            raise ValueError(f"it answered {status}")
    finally:
        connection.close()


class Webhook:
    """Posts forced stops to one address, one after another."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._waiting: deque[Stop] = deque(maxlen=WAITING)
        self._come = anyio.Event()

    async def tell(self, stop: Stop) -> None:
        if stop.forced:
            self._waiting.append(stop)
            self._come.set()

    async def send_all(self) -> None:
        """For ever."""
        while True:
            await self._come.wait()
            self._come = anyio.Event()
            while self._waiting:
                await self._send(self._waiting.popleft())

    async def _send(self, stop: Stop) -> None:
        body, why = body_of(stop), ""
        for pause_s in (*PAUSES_S, None):
            try:
                await to_thread.run_sync(post, self._url, body, abandon_on_cancel=True)
            except (OSError, http.client.HTTPException, ValueError) as error:
                why = str(error) or type(error).__name__
            else:
                return
            if pause_s is not None:
                await anyio.sleep(pause_s)
        # The address may hold a secret.
        log.warning("the webhook at %s was not told that %s was forced: %s", _host(self._url), stop.name, why)


def _host(url: str) -> str:
    return urlsplit(url).hostname or socket.gethostname()


@asynccontextmanager
async def running_webhook(url: str | None) -> AsyncIterator[list[Webhook]]:
    """One, or none where no address is given."""
    if url is None:
        yield []
        return
    hook = Webhook(url)
    async with running_jobs() as jobs:
        jobs.keep(hook.send_all)
        yield [hook]
        jobs.cancel_scope.cancel()
