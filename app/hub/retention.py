"""The journal keeps the newest runs: after each end of a run the oldest that have ended may be forgotten."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from logging import INFO, WARNING

import anyio

from app.events import AnyEvent
from app.hub import Hub
from app.jobs import running_jobs

log = logging.getLogger("signal_lab")


@asynccontextmanager
async def keeping_newest(hub: Hub, count: int) -> AsyncIterator[None]:
    """For as long as the block is open; once at its beginning.  ``count``: 0 keeps all."""
    if not count:
        yield
        return
    ended = anyio.Event()
    ended.set()

    def on_event(_number: int, event: AnyEvent) -> None:
        if event.kind == "run_finished":
            ended.set()

    async def forget() -> None:
        nonlocal ended
        while True:
            await ended.wait()
            ended = anyio.Event()
            if gone := await hub.ask(lambda: hub.journal.forget_all_but(count)):
                hub.forgotten += 1
                log.log(WARNING if gone > 1 else INFO, "forgot %d runs: the newest %d are kept", gone, count)

    async with running_jobs() as tasks:
        with hub.listening(on_event):
            tasks.keep(forget)
            try:
                yield
            finally:
                tasks.cancel_scope.cancel()
