"""Signals to, and stops of, containers that are not the lab's: only where the lab was started with --allow-foreign.

Who may be touched at all is decided by the caller (``app/web/api_doctor.py``), which asks for a confirmation.  What was
asked is recorded before it is done.  What came of it is read from the engine's own events: the lab does not watch such
a container, and what nobody told is unknown.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from app.doctor.reading import time_of
from app.errors import AlreadyGone, LabError
from app.events import ForeignAsked, ForeignDone
from app.events.record import Record
from app.jobs import Jobs, running_jobs
from app.signals import Signal
from app.verdict.foreign import asked_words, stopped_words, told_words

T = TypeVar("T")
SIGKILL = 9


class Call(Protocol):
    """``waits``: it may take long, and has threads of its own."""

    def __call__(self, act: Callable[[Any], T], *, what: str = ..., waits: bool = ...) -> Awaitable[T]: ...


@dataclass(frozen=True, slots=True)
class Ended:
    """As the engine's events tell it; None where they do not."""

    took_s: float | None = None
    exit_code: int | None = None
    killed: bool | None = None


@dataclass(frozen=True, slots=True)
class Foreign:
    """``jobs``: where stops wait for their ends."""

    call: Call
    record: Record
    jobs: Jobs

    async def signal(self, container: str, name: str, signal: Signal, *, by: str) -> int:
        """Raises AlreadyGone, HostFailed, EngineUnavailable; ``foreign_done`` tells that, too."""
        request = await self.record(
            ForeignAsked(
                author="person", container=container, name=name, what="signal", signal=signal.name, by=by,
                text=asked_words(by, f"{signal.name} to", name),
            )
        )  # fmt: skip
        try:
            await self.call(lambda client: client.kill(container, signal.number), what=f"signalling {name}")
        except LabError as error:
            await self._done(request, name, Ended(), str(error), f"{name}: {error}")
            raise
        await self._done(request, name, Ended(), None, told_words(name, signal.name))
        return request

    async def stop(self, container: str, name: str, signal: Signal, timeout_s: int, *, by: str) -> int:
        """Asks for it; the engine's own stop, with the container's own signal.  Its end is told by ``foreign_done``."""
        asked = ForeignAsked(
            author="person", container=container, name=name, what="stop", signal=signal.name, timeout_s=timeout_s,
            by=by, text=asked_words(by, f"a stop with {signal.name} of", name),
        )  # fmt: skip
        since = await self.call(_now)
        request = await self.record(asked)
        self.jobs.start_soon(self._stop, request, container, name, timeout_s, since)
        return request

    async def _stop(self, request: int, container: str, name: str, timeout_s: int, since: float) -> None:
        def stop(client: Any) -> None:
            url = client._url("/containers/{0}/stop", container)
            client._raise_for_status(client._post(url, params={"t": timeout_s}, timeout=None))

        error: str | None = None
        try:
            await self.call(stop, what=f"stopping {name}", waits=True)
        except AlreadyGone:
            pass  # it ended, and was removed at once
        except LabError as failed:
            error = str(failed)
        ended = Ended()
        with suppress(LabError):  # then nobody knows
            ended = read(await self.call(lambda client: _told(client, container, since)))
        text = f"{name}: {error}" if error else stopped_words(name, ended.took_s, ended.exit_code, ended.killed)
        await self._done(request, name, ended, error, text)

    async def _done(self, request: int, name: str, ended: Ended, error: str | None, text: str) -> None:
        await self.record(
            ForeignDone(
                request=request,
                name=name,
                took_s=ended.took_s,
                exit_code=ended.exit_code,
                killed=ended.killed,
                error=error,
                text=text,
            )
        )


def _now(client: Any) -> float:
    """By the engine's clock."""
    return (time_of(str(client.info()["SystemTime"])) or datetime.now(UTC)).timestamp()


def _told(client: Any, container: str, since: float) -> list[dict[str, Any]]:
    """The engine's events of the container from then to now."""
    filters = {"type": "container", "container": [container], "event": ["kill", "die"]}
    feed = client.events(since=f"{since:.6f}", until=f"{_now(client):.6f}", filters=filters, decode=True)
    try:
        return list(feed)
    finally:
        feed.close()
        feed._response.close()


def read(events: list[dict[str, Any]]) -> Ended:
    """From its first ``kill`` to its ``die``."""
    kills = [each for each in events if _action(each) == "kill" and _attribute(each, "signal")]  # Podman's has none
    die = next((each for each in events if _action(each) == "die"), None)
    if die is None:
        return Ended()
    code = _attribute(die, "exitCode")
    signals = [_attribute(each, "signal") for each in kills if each["timeNano"] <= die["timeNano"]]
    return Ended(
        took_s=(die["timeNano"] - kills[0]["timeNano"]) / 1e9 if kills else None,
        exit_code=int(code) if code.isdecimal() else None,
        # A handler may be faster than the SIGKILL that was sent: with another code it was.
        killed=False
        if code.isdecimal() and int(code) != 128 + SIGKILL
        else str(SIGKILL) in signals
        if signals
        else None,
    )


def _action(event: dict[str, Any]) -> str:
    return str(event.get("Action") or event.get("status") or "")


def _attribute(event: dict[str, Any], name: str) -> str:
    return str(((event.get("Actor") or {}).get("Attributes") or {}).get(name) or "")


@asynccontextmanager
async def running_foreign(call: Call, record: Record) -> AsyncIterator[Foreign]:
    """For as long as the lab lives.  A stop that is under way then is the engine's, which goes on with it."""
    async with running_jobs() as jobs:
        try:
            yield Foreign(call, record, jobs)
        finally:
            jobs.cancel_scope.cancel()
