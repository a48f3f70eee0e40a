"""Watches every stop on the engine, whoever asks for it, and tells those who want to know.

Nobody pays for it who has not asked: it runs for ``--metrics`` and ``--webhook`` alone.  It reads the engine's events
and nothing else.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import anyio

from app.errors import LabError
from app.hosts.engine.engine import Engine
from app.jobs import running_jobs
from app.signals import UnknownSignal, parse_signal
from app.verdict.forced import Stop, Stops, Told

log = logging.getLogger("signal_lab.stops")
AGAIN_AFTER_S = 1.0
READY_WITHIN_S = 60.0
Tell = Callable[[Stop], Awaitable[None]]


def told_by(raw: dict[str, Any]) -> Told:
    """An event of the engine as it is sent; what is missing is empty."""
    actor = raw.get("Actor") or {}
    given = actor.get("Attributes") or {}
    code = str(given.get("exitCode", ""))
    return Told(
        action=str(raw.get("Action") or raw.get("status") or ""),
        container=str(actor.get("ID") or raw.get("id") or ""),
        name=str(given.get("name") or ""),
        image=str(given.get("image") or ""),
        at_s=int(raw.get("timeNano") or int(raw.get("time") or 0) * 10**9) / 1e9,
        signal=_named(str(given.get("signal") or "")),
        exit_code=int(code) if code.lstrip("-").isdecimal() else None,
    )


def _named(signal: str) -> str:
    try:
        return parse_signal(signal).name if signal else ""
    except UnknownSignal:
        return signal


@asynccontextmanager
async def watching_stops(engine: Engine, who: Sequence[Tell]) -> AsyncIterator[None]:
    """As long as the block is open each of ``who`` is told each stop; nothing is read where there is nobody."""
    if not who:
        yield
        return
    stops = Stops()

    async def follow() -> None:
        async with engine.told_of_every_container() as events:
            async for raw in events:
                if stop := stops.hear(told_by(raw)):
                    log.debug("stop: %s", stop.text)
                    for tell in who:
                        await tell(stop)

    async def watch() -> None:
        while True:
            try:
                await engine.ready(READY_WITHIN_S)
                await follow()
            except LabError as error:
                log.debug("stops: %s", error)
            stops.forget()
            await anyio.sleep(AGAIN_AFTER_S)

    async with running_jobs() as jobs:
        jobs.keep(watch)
        yield
        jobs.cancel_scope.cancel()
