"""When a container is ready to be stopped: it prints something, answers, listens, or some time has passed.

A pattern is matched by pydantic's Rust engine, which takes time in proportion to the text whatever the pattern is: no
pattern can hang the check.  It has no look-around and no back-references, and says so.
"""

from __future__ import annotations

import http.client
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Annotated

import anyio
from anyio import to_thread
from pydantic import StringConstraints, TypeAdapter, ValidationError
from pydantic_core import SchemaError

from app.commands.text import plain
from app.verdict import checking

LINE_CHARS = 8192  # of a line; the rest of a longer one is not looked at
LONGEST_PATTERN = 1000
LOOK_AGAIN_S = 0.1
ANSWER_S = 2.0
OPEN_S = 0.2  # an engine's proxy takes a connection and drops it at once where nobody listens behind it
OK_STATUS = range(200, 400)


class LinePattern:
    """Looks at each line of what is printed, also at one that has no end yet."""

    def __init__(self, pattern: str) -> None:
        """Raises ValueError: it is no pattern, or asks for too much."""
        if len(pattern) > LONGEST_PATTERN:
            raise ValueError(f"the pattern is longer than {LONGEST_PATTERN} characters")
        self.pattern = pattern
        try:
            self._fits = TypeAdapter(Annotated[str, StringConstraints(pattern=pattern)])
        except SchemaError as error:
            words = str(error).partition("SchemaError: ")[2] or str(error)
            raise ValueError(words.strip().splitlines()[-1].removeprefix("error: ")) from error
        self._line: dict[str, str] = {}  # by stream: the last one, which has no end yet

    def found_in(self, stream: str, text: str) -> bool:
        """Whether the pattern is in a line of this stream that is there by now."""
        lines = (self._line.get(stream, "") + plain(text)).split("\n")
        self._line[stream] = lines[-1][:LINE_CHARS]
        return any(self._in(line[:LINE_CHARS]) for line in lines)

    def _in(self, line: str) -> bool:
        try:
            self._fits.validate_python(line)
        except ValidationError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Ready:
    """``log`` is a pattern, ``http`` a port and a path, ``port`` a port; at most one of them.

    ``settle_s``: how long to wait after that, or, where there is none of them, after the start.
    """

    log: str | None = None
    http: tuple[int, str] | None = None
    port: int | None = None
    settle_s: float = 0.0
    within_s: float = 60.0

    @property
    def published(self) -> int | None:
        """The port of the container that must be reached."""
        return self.http[0] if self.http else self.port

    def words(self) -> str:
        """After "it was waited until"."""
        return checking.waited_until(log=self.log, http=self.http, port=self.port, settle_s=self.settle_s)


@dataclass(slots=True)
class Waiting:
    """The wait of one run.  ``last``: what came of the last look."""

    ready: Ready
    printed: anyio.Event = field(default_factory=anyio.Event)
    last: str = ""
    _pattern: LinePattern | None = None

    def __post_init__(self) -> None:
        self._pattern = LinePattern(self.ready.log) if self.ready.log is not None else None

    def on_output(self, stream: str, text: str) -> None:
        """Note text that the target has printed."""
        if self._pattern and not self.printed.is_set() and self._pattern.found_in(stream, text):
            self.printed.set()

    async def over(self, ports: dict[str, int]) -> None:
        """Returns when it is ready.  ``ports``: where the container's ports are on this machine."""
        if self._pattern:
            await self.printed.wait()
        if self.ready.http is not None:
            inside, path = self.ready.http
            await self._again(lambda: answers(ports.get(f"{inside}/tcp"), path))
        if self.ready.port is not None:
            inside = self.ready.port
            await self._again(lambda: listens(ports.get(f"{inside}/tcp")))
        await anyio.sleep(self.ready.settle_s)

    async def _again(self, look: Callable[[], str]) -> None:
        async def once() -> str:
            return await to_thread.run_sync(look, abandon_on_cancel=True)

        await until_nothing_is_wrong(once, self._say)

    def _say(self, wrong: str) -> None:
        self.last = wrong


async def until_nothing_is_wrong(look: Callable[[], Awaitable[str]], say: Callable[[str], None]) -> None:
    while wrong := await look():
        say(wrong)
        await anyio.sleep(LOOK_AGAIN_S)


def answers(port: int | None, path: str) -> str:
    """What is wrong with the answer of a server on loopback; "" when it is ready."""
    if port is None:
        return checking.UNPUBLISHED
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_S)
    try:
        connection.request("GET", path)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError) as error:
        return checking.no_answer(error or type(error).__name__)
    finally:
        connection.close()
    return "" if status in OK_STATUS else checking.answers_with(status)


def listens(port: int | None) -> str:
    """What is wrong with a port on loopback; "" when somebody takes a connection and keeps it."""
    if port is None:
        return checking.UNPUBLISHED
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=ANSWER_S) as connection:
            connection.settimeout(OPEN_S)
            try:
                return "" if connection.recv(1) else checking.CLOSED_AT_ONCE
            except TimeoutError:
                return ""
    except OSError as error:
        return checking.no_connection(error.strerror or error)
