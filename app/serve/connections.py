"""Connections to the lab: how many, and how long one may cost something without asking or reading anything.

uvicorn waits without end for the rest of a request's headers, and for a client that does not read what it has asked
for.  Here both have a time, and there is a number:

- A connection that is owed no answer *waits*: it has said nothing yet, or not all of its headers, or is still sending a
  request that was refused.  That ends after ``HEADERS_S``.  So does one of which the rest of a body is awaited, after
  ``BODY_S``: a recording of 32 MiB may come over a slow line.
- One that takes less than ``LEAST`` bytes in ``UNREAD_S`` while something is to be sent is cut off, and what was to be
  sent with it.  A browser connects again and goes on where it was.
- When there are ``most`` of them, the one that has waited longest makes room for the next: whoever opens thousands and
  says nothing shuts nobody out.  Readers of the stream are counted for themselves: as many again, and who comes then is
  told so.

What happens to many at once is said in one line a minute.
"""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from app.errors import Full

MOST, LEAST_MOST = 2000, 64
AT_ONCE = 8  # are taken before the loop reads from them: else the newest had to make room before it could ask
SPARE = 256  # descriptors for everything else
HEADERS_S = 10.0
BODY_S = 60.0
UNREAD_S, LEAST = 12.0, 4096
ENDING_S = 1.0  # the same when the server ends
SAY_EVERY_S = 60.0
STREAM = "/api/v1/events"
log = logging.getLogger("signal_lab")


class Doors:
    """All connections of one server, and the application behind them.

    ``descriptors``: how many this process may have open; with fewer, fewer connections are let in.
    """

    def __init__(self, app: ASGIApp, descriptors: int) -> None:
        self._app = app
        self.most = max(LEAST_MOST, min(MOST, (descriptors - SPARE) // 2))
        self.open = self.streams = 0
        self.waiting: dict[Connection, None] = {}  # in the order in which they began to
        self._said: dict[str, float] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != STREAM:
            await self._app(scope, receive, send)
        elif self.streams >= self.most:
            self.say("too many read the stream: %d", self.most)
            await refuse(Full(f"{self.most} read the stream already"), send)
        else:
            self.streams += 1
            try:
                await self._app(scope, receive, send)
            finally:
                self.streams -= 1

    def let_in(self) -> bool:
        """Count one more; False: there is no room, and nobody who could make some."""
        full = self.open - self.streams >= self.most
        self.open += 1
        if not full:
            return True
        self.say("too many connections: %d; who waits longest makes room", self.most)
        if oldest := next(iter(self.waiting), None):
            oldest.cut()
        return oldest is not None

    def say(self, text: str, *args: object) -> None:
        """In the log, and again in a minute at the earliest."""
        now = asyncio.get_running_loop().time()
        if now >= self._said.get(text, 0.0):
            self._said[text] = now + SAY_EVERY_S
            log.warning(text, *args)

    def on_loop_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Log an error of the event loop: a full table would be a traceback for each try, without end."""
        if context.get("message") == "socket.accept() out of system resource":
            self.say("no connection can be taken: %s", context.get("exception"))
        else:
            loop.default_exception_handler(context)


async def refuse(error: Full, send: Send) -> None:
    body = json.dumps(error.shape()).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class Connection(H11Protocol):
    """uvicorn's, with ends for those that wait.  ``cycle`` is the request that is answered, or was last."""

    def __init__(self, *args: Any, doors: Doors, **named: Any) -> None:
        super().__init__(*args, **named)
        self._doors = doors
        self._due: asyncio.TimerHandle | None = None  # its wait is over
        self._wait_s = 0.0  # how long that one is
        self._look: asyncio.TimerHandle | None = None  # at what is to be sent
        self._unsent = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self._doors.let_in():
            self._wait(HEADERS_S)
        else:
            self.cut()

    def connection_lost(self, exc: Exception | None) -> None:
        self._doors.open -= 1
        self._go_on()
        self._stop_looking()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._settle()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._settle()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._look_again(UNREAD_S)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_looking()

    def shutdown(self) -> None:
        super().shutdown()
        if self._is_sending():
            self.cut()
        if self._look:
            self._look_again(ENDING_S)

    def cut(self) -> None:
        """As kindly as can be: a browser that opened it in advance opens another one then."""
        self._go_on()
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            self.transport.close()

    def _settle(self) -> None:
        if self.transport.is_closing():
            self._go_on()
        elif self.cycle is None or self.cycle.response_complete:
            self._wait(HEADERS_S)
        elif self._is_sending():
            self._wait(BODY_S)
        else:
            self._go_on()

    def _is_sending(self) -> bool:
        """The rest of a request is awaited, and nothing was answered yet."""
        cycle = self.cycle
        return cycle is not None and cycle.more_body and not cycle.response_started

    def _wait(self, seconds: float) -> None:
        """Once: what trickles in does not make it longer."""
        if self._due is not None and self._wait_s == seconds:
            return
        self._go_on()
        self._wait_s = seconds
        self._doors.waiting[self] = None
        self._due = self.loop.call_later(seconds, self.cut)

    def _go_on(self) -> None:
        self._doors.waiting.pop(self, None)
        if self._due:
            self._due.cancel()
            self._due = None

    def _look_again(self, after_s: float) -> None:
        self._stop_looking()
        self._unsent = self.transport.get_write_buffer_size()
        self._look = self.loop.call_later(after_s, self._see)

    def _stop_looking(self) -> None:
        if self._look:
            self._look.cancel()
            self._look = None

    def _see(self) -> None:
        self._look = None
        if self._unsent - self.transport.get_write_buffer_size() < LEAST:
            self._doors.say("somebody does not read what is sent: cut off")
            self.transport.abort()
        else:
            self._look_again(UNREAD_S)
