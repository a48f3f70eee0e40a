"""The outermost layer, plain ASGI: allow-listed Host, security headers, nothing else.

It decides on the raw headers and never on a parsed URL: a crafted Host can change what a framework believes the path
to be.  An address under which the lab is reached must be one that was chosen: a name that an attacker points to
127.0.0.1 (DNS rebinding) is not.
"""

from __future__ import annotations

import ipaddress
import json
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import BadHost, LabError, TooLarge
from app.imports.reading import MAX_BYTES
from app.web.access import VIEWERS_WRITE

# What no page has (fonts of its own, a manifest, frames) is under the first word.
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = [
    (b"content-security-policy", CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
]
MAX_BODY = 2**20  # bytes: a scratch file may be long, nothing else is
LARGER = {"/api/v1/imports": MAX_BYTES}  # but for a recording
MAX_GUESS = 4096  # what many viewers may send at once
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def allowed_hosts(host: str, port: int, public_url: str | None) -> frozenset[str]:
    """Every value of the Host header that is accepted, in lower case, with the port where one belongs.

    A lab that listens on all addresses is reached by addresses nobody can list: then any *literal* address is
    accepted too (see ``is_allowed``), since rebinding needs a name.
    """
    names = {*LOOPBACK}
    if host not in ("0.0.0.0", "::", ""):  # noqa: S104 (compared, not bound)
        names.add(f"[{host}]" if ":" in host else host.lower())
    allowed = {f"{name}:{port}" for name in names} | (names if port == 80 else set())
    if public_url:
        allowed.add(urlsplit(public_url).netloc.lower())
    return frozenset(allowed)


def is_allowed(host: str, allowed: frozenset[str], *, any_address: bool) -> bool:
    """Exact match, ignoring case and nothing else: no trailing dot, no user part, no second port."""
    host = host.lower()
    if host in allowed:
        return True
    if not any_address:
        return False
    name, _, port = host.rpartition(":")
    try:
        ipaddress.ip_address(name[1:-1] if name.startswith("[") and name.endswith("]") else name)
    except ValueError:
        return False
    return port.isascii() and port.isdecimal()


def most_bytes(scope: Scope) -> int:
    """How long the body of this request may be."""
    return MAX_GUESS if VIEWERS_WRITE.fullmatch(scope["path"]) else LARGER.get(scope["path"], MAX_BODY)


def _length(scope: Scope) -> int:
    """What the request says; one that says nothing is counted while it is read (``max_body_size``)."""
    said = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(said) if said.isdigit() else 0


class Shield:
    """Wraps the whole application."""

    def __init__(self, app: ASGIApp, allowed: frozenset[str], *, any_address: bool) -> None:
        self._app, self._allowed, self._any_address = app, allowed, any_address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [pair for pair in message["headers"] if pair[0].lower() != b"server"]
                message = {**message, "headers": [*headers, *HEADERS]}
            await send(message)

        hosts = [value for name, value in scope["headers"] if name == b"host"]
        error: LabError
        if len(hosts) != 1 or not is_allowed(hosts[0].decode("latin-1"), self._allowed, any_address=self._any_address):
            error = BadHost("the lab is not known by the name in this request's Host header")
        elif _length(scope) > (most := most_bytes(scope)):
            error = TooLarge(f"the body of this request is larger than {most} bytes")
        else:
            await self._app(scope, receive, with_headers)
            return
        body = json.dumps(error.shape()).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await with_headers({"type": "http.response.start", "status": error.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
