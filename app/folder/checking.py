"""A large file of the data folder is read through while the lab runs: a start does not wait for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import anyio
from anyio import to_thread

from app.folder import storage


@asynccontextmanager
async def checking(path: Path) -> AsyncIterator[None]:
    """For as long as the block is open.  Where the file is damaged the block is left, and DataFolder says so.

    It is set aside then, as where a start finds it: what is there stays as it is but for what was added since.
    """
    if (await anyio.Path(path).stat()).st_size <= storage.CHECKED_BYTES:
        yield
        return
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(partial(to_thread.run_sync, storage.read_through, path, abandon_on_cancel=True))
        try:
            yield
        finally:
            tasks.cancel_scope.cancel()
