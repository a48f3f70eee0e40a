"""A client of a running lab, for the command line: its HTTP API, and the token that opens it.

Where the lab is: ``--url``, else ``--port`` on this machine's loopback, else the address that the server of the data
folder has written there, else the usual port.  The token is SIGNAL_LAB_TOKEN, else the one in the data folder; that one
is never sent to another machine.
"""

from __future__ import annotations

import http.client
import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from app.commands.common import NO_LAB, NOT_AS_ASKED, USAGE, Failed, settings_from
from app.folder.ownership import address_of
from app.settings import Settings

ANSWER_S, QUIET_S = 30.0, 60.0  # the stream has a heartbeat: this quiet it is dead
TRIES = 3  # where the connection broke before the answer had come
LOOPBACK = ("127.0.0.1", "::1", "localhost")
# There was a lab, and then no whole answer of it.
LOST = (ConnectionResetError, BrokenPipeError, http.client.HTTPException, json.JSONDecodeError)


def part(text: str) -> str:
    """A piece of a path."""
    return quote(text, safe="")


class NoLab(Failed):
    def __init__(self, url: str, why: object) -> None:
        said = getattr(why, "strerror", None) or why
        super().__init__(
            f"no lab answers at {url}: {said}",
            "Start one with `signal-lab serve`, or say where it is with --url, --port or --data.",
            leave=NO_LAB,
            code="no_lab",
        )


class Client:
    def __init__(self, url: str, token: str, *, answer_s: float = ANSWER_S) -> None:
        self.url, self._answer_s = url.rstrip("/"), answer_s
        self._parts, self._headers = urlsplit(self.url), {"authorization": f"Bearer {token}"} if token else {}
        if self._parts.scheme not in ("http", "https") or not self._parts.hostname:
            raise Failed(f"{url!r} is no address of a lab", "Such as --url http://127.0.0.1:9015", leave=USAGE)

    def call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """What the lab answers.  Raises Failed with its own words, NoLab.

        Asked again where the answer was lost on its way; by the key of this call a write is done once all the same.
        """
        key = {} if method == "GET" else {"idempotency-key": uuid.uuid4().hex}
        for left in reversed(range(TRIES)):
            try:
                with self._asked(method, f"/api/v1{path}", body, more=key) as reply:
                    answer: dict[str, Any] = json.loads(reply.read())
                return answer
            except NoLab as error:
                if not left or not isinstance(error.__cause__, LOST):
                    raise
        raise AssertionError("unreachable")

    def lines(self, path: str) -> Iterator[bytes]:
        """The lines of a longer answer, as they come."""
        with self._asked("GET", f"/api/v1{path}", None, quiet_s=QUIET_S) as reply:
            while line := reply.readline():
                yield line

    def events(self, *, run: str | None = None, after: int = 0) -> Iterator[dict[str, Any]]:
        """Everything of a run after a place, then what comes, until the lab ends; heartbeats, too."""
        query = urlencode({"after": after, **({"run": run} if run else {})})
        for line in self.lines(f"/events?{query}"):
            if line.startswith(b"data: "):
                yield json.loads(line[6:])

    def answers(self) -> bool:
        """Whether a lab is there, whatever it would let us do."""
        try:
            with self._asked("GET", "/api/v1/healthz", None, quiet_s=5, most=503) as reply:  # it may not be well
                return bool(json.loads(reply.read(4096)).get("version"))
        except (Failed, ValueError, AttributeError):
            return False

    @contextmanager
    def _asked(
        self,
        method: str,
        path: str,
        body: object,
        *,
        quiet_s: float | None = None,
        most: int = 299,
        more: Mapping[str, str] | None = None,
    ) -> Iterator[http.client.HTTPResponse]:
        kind = http.client.HTTPSConnection if self._parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(self._parts.hostname or "", self._parts.port, timeout=quiet_s or self._answer_s)
        headers = self._headers | dict(more or {}) | ({"content-type": "application/json"} if body is not None else {})
        try:
            connection.request(
                method, self._parts.path + path, None if body is None else json.dumps(body).encode(), headers
            )
            reply = connection.getresponse()
            if reply.status > most:
                raise _refusal(self.url, reply)
            yield reply
        except (OSError, http.client.HTTPException, json.JSONDecodeError) as error:
            raise NoLab(self.url, error) from error
        finally:
            connection.close()


def _refusal(url: str, reply: http.client.HTTPResponse) -> Failed:
    try:
        said = json.loads(reply.read(65536))
        error, hint, code = said["error"], said["hint"], said["code"]
    except (ValueError, KeyError, TypeError):
        return NoLab(url, f"it answers with {reply.status}, as no lab does")
    if reply.status == 401:
        hint = "Set SIGNAL_LAB_TOKEN, or give the lab's data folder with --data."
    return Failed(error, hint, leave=USAGE if reply.status == 422 else NOT_AS_ASKED, code=code)


def where(url: str | None, port: int | None, data: Path | None) -> tuple[str, Settings]:
    """The address of the lab that is meant, and the settings that say so."""
    settings = settings_from(port=port, data=data)
    if url:
        return url, settings
    if "port" not in settings.model_fields_set and (written := address_of(settings.data)):
        return written, settings
    return settings.local_url, settings


def client_for(url: str | None, port: int | None, data: Path | None, *, answer_s: float = ANSWER_S) -> Client:
    """Of the lab that is meant; whether it answers shows with the first call."""
    address, settings = where(url, port, data)
    return Client(address, token_for(address, settings), answer_s=answer_s)


def token_for(address: str, settings: Settings) -> str:
    if settings.token_file:
        from app.web.access import token_in  # the server's modules take their time

        return token_in(settings.token_file)
    if settings.token:
        return settings.token
    kept = settings.data / "token"
    here = (urlsplit(address).hostname or "") in LOOPBACK or address == (settings.public_url or "").rstrip("/")
    try:
        return kept.read_text().strip() if here else ""
    except OSError:
        return ""
