"""The journal keeps the newest runs: after each end of a run the oldest that have ended may be forgotten."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from anyio import to_thread

from app.events import AnyEvent
from app.hub import Hub

log = logging.getLogger("signal_lab")


@asynccontextmanager
async def keeping_newest(hub: Hub, count: int) -> AsyncIterator[None]:
    """For as long as the block is open; once at its beginning."""
    ended = anyio.Event()
    ended.set()

    def heed(_number: int, event: AnyEvent) -> None:
        if event.kind == "run_finished":
            ended.set()

    async def forget() -> None:
        nonlocal ended
        while True:
            await ended.wait()
            ended = anyio.Event()
            if gone := await to_thread.run_sync(hub.journal.forget_all_but, count):
                log.info("forgot %d runs: the newest %d are kept", gone, count)

    async with anyio.create_task_group() as tasks:
        with hub.listening(heed):
            tasks.start_soon(forget)
            try:
                yield
            finally:
                tasks.cancel_scope.cancel()
