"""A write that comes twice is done once: the layer around the application that keeps answers (``answers.py``).

A request may carry a key of its own in ``Idempotency-Key``, as in the IETF's draft of that name.  Without one, and for
what only reads, nothing is different.  A key is somebody's: an answer that is kept is given to the same session or
token alone, and only while that still may write here; whoever may not, or comes from another site, is the application's
to refuse.  The same key with another method, path or body is refused.

Plain ASGI, outside of the framework: so every answer is kept as it went over the wire, errors too.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import BadRequest, Ending, KeyReused, LabError, TooLarge
from app.web.access import SAFE, Access, check_origin, may_write
from app.web.answers import Answer, Answers, Kept
from app.web.shield import most_bytes

HEADER = "Idempotency-Key"
KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
REPLAYED = (b"idempotent-replayed", b"true")


class Once:
    """Wraps the application.  ``access`` gives who may do what and the cookie's name, once the lab has been started."""

    def __init__(self, app: ASGIApp, access: Callable[[], tuple[Access, str]], public_url: str | None = None) -> None:
        self._app, self._access = app, access
        # Who drives types, and each keypress is a write; who watches may guess, and there may be many of them.
        self._answers = {"driver": Answers(1000, 64), "viewer": Answers(64, 512)}
        self._public_url = public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = _key(scope)
        if key is None or (may := self._who(scope)) is None:
            await self._app(scope, receive, send)
            return
        role, who = may
        try:
            if not KEY.fullmatch(key):
                raise BadRequest(f"{HEADER} has 1 to 64 letters, digits, - and _", hint="A UUID is one, new each time.")
            body = await _body(scope, receive)
            if body is None:
                return
            kept = self._answers[role].of(who, key)
            if kept is None:
                kept = self._answers[role].begin(who, key, _asked(scope, body))
                await self._first(self._answers[role], kept, scope, _Exchange(body, receive), send)
            elif kept.asked == _asked(scope, body):
                await _say(send, await kept.answer(), REPLAYED)
            else:
                raise KeyReused("another request came with this key")
        except LabError as error:
            await _say(send, _shaped(error))

    async def _first(self, answers: Answers, kept: Kept, scope: Scope, exchange: _Exchange, send: Send) -> None:
        """Ask the application.  Its answer is kept whether or not somebody still waits for it."""
        try:
            await self._app(scope, exchange.receive, exchange.send)
        finally:  # where it failed it has said so, and raises for the log
            answers.give(kept, exchange.answer())
            await _say(send, exchange.answer())

    def _who(self, scope: Scope) -> tuple[str, str] | None:
        """Role and person, as far as this request may write at all."""
        access, cookie = self._access()
        connection = HTTPConnection(scope)
        role = access.role_of(connection, cookie)
        try:
            check_origin(connection, scope["method"], self._public_url)
        except LabError:
            return None
        if role is None or not may_write(role, scope["path"]):
            return None
        return role, access.session_of(connection, cookie)


class _Exchange:
    """One request whose body is here already, and the answer to it, caught."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive
        self._status: int | None = None
        self._headers: tuple[tuple[bytes, bytes], ...] = ()
        self._said = bytearray()

    async def receive(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status, self._headers = message["status"], tuple(message["headers"])
        elif message["type"] == "http.response.body":
            self._said += message.get("body", b"")

    def answer(self) -> Answer:
        """Where there was none the lab is ending."""
        if self._status is None:
            return _shaped(Ending())
        return Answer(self._status, self._headers, bytes(self._said))


def _key(scope: Scope) -> str | None:
    """None: nothing to do with keys."""
    if scope["type"] != "http" or scope["method"] in SAFE or not scope["path"].startswith("/api/"):
        return None
    found: list[bytes] = [value for name, value in scope["headers"] if name == HEADER.lower().encode()]
    return b",".join(found).decode("latin-1") if found else None


def _asked(scope: Scope, body: bytes) -> bytes:
    """The same for the same request, and for no other."""
    what = "\0".join((scope["method"], scope["path"], scope["query_string"].decode("latin-1")))
    return hashlib.sha256(what.encode() + b"\0" + body).digest()


async def _body(scope: Scope, receive: Receive) -> bytes | None:
    """All of it; None: its sender went away before it was whole.  Raises TooLarge."""
    body, most = bytearray(), most_bytes(scope)
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > most:
            raise TooLarge(f"the body of this request is larger than {most} bytes")
        if not message.get("more_body", False):
            return bytes(body)


def _shaped(error: LabError) -> Answer:
    body = json.dumps(error.shape()).encode()
    headers = ((b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()))
    return Answer(error.status, headers, body)


async def _say(send: Send, answer: Answer, *more: tuple[bytes, bytes]) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": [*answer.headers, *more]})
    await send({"type": "http.response.body", "body": answer.body})
