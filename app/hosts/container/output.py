"""What a container prints, from before its start to its end; after nobody read, again, with a word about the gap."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any, Literal

import anyio

from app.errors import LabError
from app.events import SourceBack, SourceLost, now
from app.events.record import Record
from app.hosts.container.attachment import Attachment
from app.hosts.container.stop import TELL_S
from app.hosts.engine.engine import Engine
from app.hosts.engine.finding import Client
from app.sources.output import PrintedBytes
from app.targets import Target

Stream = Literal["pty", "stdout", "stderr"]


class ContainerOutput:
    """``drained`` is set while nobody reads: all that came has been recorded."""

    def __init__(self, engine: Engine, container: str, target: Target, record: Record, *, tty: bool) -> None:
        self._engine, self._container, self._record, self._tty = engine, container, record, tty
        self._who = {"run": target.run, "target": target.id}
        self._attached: Attachment | None = None
        self.ended_at: datetime | None = None  # of the last attachment
        self.drained = anyio.Event()
        self.drained.set()

    async def open(self) -> None:
        """Attach: what is printed from now on will come.  ``follow`` must be called next."""
        attached = Attachment(self._engine, self._container)
        await attached.open()
        self._attached, self.drained = attached, anyio.Event()

    async def follow(self, died: anyio.Event) -> None:
        """Until the engine ends it.  When the container goes on all the same, that is said."""
        if self._attached is None or self.drained.is_set():
            return  # it had ended before anybody could attach
        attached, drained = self._attached, self.drained
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(attached.read_until_end)
                tasks.start_soon(self._pump, attached.reader(0), "pty" if self._tty else "stdout")
                await self._pump(attached.reader(1), "stderr")
        finally:
            attached.close()
            self.ended_at = now()
            drained.set()
        with anyio.move_on_after(TELL_S):
            await died.wait()
        if not died.is_set() and self._attached is attached:
            await self._record(SourceLost(**self._who, source="output", reason="the engine ended the connection"))

    async def _pump(self, read: Any, stream: Stream) -> None:
        who = self._who
        await PrintedBytes(read=read, run=who["run"], target=who["target"], stream=stream).report(self._record)

    async def fill(self, since: datetime | None, until: datetime, why: str) -> None:
        """Say that nobody read, and print what the engine's log has of that time.

        The log's clock is the engine's and these times are ours: at the edges something may be missing.
        """
        reason = f"{why}: output may be missing"
        await self._record(SourceLost(**self._who, source="output", reason=reason, at=since or until))
        streams: tuple[Stream, ...] = ("pty",) if self._tty else ("stdout", "stderr")
        for stream in streams:
            with suppress(LabError):  # an engine that keeps no log
                await self._print(stream, since, until)
        await self._record(SourceBack(**self._who, source="output"))

    async def _print(self, stream: Stream, since: datetime | None, until: datetime) -> None:
        def ask(client: Client) -> bytes:
            found: bytes = client.logs(
                self._container,
                stdout=stream != "stderr",
                stderr=stream == "stderr",
                since=since.timestamp() if since else None,
                until=until.timestamp(),
            )
            return found

        rest = [await self._engine.call(ask, what="its log")]

        async def read() -> bytes:
            return rest.pop() if rest else b""

        await self._pump(read, stream)

    def close(self) -> None:
        if self._attached:
            self._attached.close()
