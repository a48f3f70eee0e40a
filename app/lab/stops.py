"""Stops: each is a job of its own in the lab's task group, so that no request and no client time-out can break it."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import anyio
from anyio.abc import TaskGroup

from app.errors import AlreadyGone, Conflict, LabError
from app.events import StopEscalated, StopFinished, StopRequested, now
from app.hosts.base import Handle
from app.hub import Hub
from app.lab.state import LiveTarget
from app.signals import Signal, exit_meaning, named_so
from app.sources.kernel_trace import KernelTrace

FORETELL_WITHIN_S = 0.5


class Stops:
    def __init__(self, hub: Hub, kernel: KernelTrace, tasks: TaskGroup) -> None:
        self._hub, self._kernel, self._tasks = hub, kernel, tasks

    async def ask(self, live: LiveTarget, handle: Handle, signal: Signal, timeout_s: int | None, *, by: str) -> int:
        """Start one; gives the number of ``stop_requested``.  Raises Conflict while another one is under way."""
        if live.stop is not None:
            raise Conflict(f"{live.target.id} is being stopped already", hint="Wait for its end, or kill it now.")
        live.stop, live.stopped = 0, anyio.Event()  # taken, before the first await
        try:
            wait_s = handle.stop_defaults.timeout_s if timeout_s is None else timeout_s
            async with anyio.create_task_group() as first:
                first.start_soon(self._foretell, live, handle, signal, wait_s)
                first.start_soon(self._settled, live)
            if live.ended:  # its run does not wait for a stop that is asked for later
                raise AlreadyGone(f"{live.target.id} has ended")
            at = now()
            live.stop = await self._hub.record(
                StopRequested(
                    at=at,
                    run=live.target.run,
                    target=live.target.id,
                    author="person",
                    signal=signal.name,
                    timeout_s=wait_s,
                    deadline=None if wait_s < 0 else at + timedelta(seconds=wait_s),
                    by=by,
                )
            )
        except BaseException:
            self._over(live)
            raise
        self._tasks.start_soon(self._carry_out, live, handle, live.stop, signal, wait_s)
        return live.stop

    async def _settled(self, live: LiveTarget) -> None:
        await live.looked_at()
        await self._kernel.settled()

    async def _foretell(self, live: LiveTarget, handle: Handle, signal: Signal, timeout_s: int) -> None:
        """What this very stop would come to, said before it is asked for, so that its verdict can hold it to that.

        A stop is not refused because nobody can foretell it.
        """
        with anyio.move_on_after(FORETELL_WITHIN_S), suppress(LabError):
            seen = await live.foresight.look(handle.processes)
            if said := await live.foresight.news_of(seen, signal, timeout_s):
                await self._hub.record(said)

    def go_on(self, live: LiveTarget) -> None:
        """With the stop that was under way when the server was killed."""
        assert live.left is not None and live.left.stop is not None
        live.stop, live.stopped = live.left.stop, anyio.Event()
        self._tasks.start_soon(self._see_through, live)

    async def _see_through(self, live: LiveTarget) -> None:
        assert live.left is not None and live.left.stop is not None and live.left.stop_asked is not None
        await live.started.wait()
        asked = live.left.stop_asked
        await self._carry_out(live, live.handle, live.left.stop, named_so(asked.signal), asked.timeout_s)

    async def _carry_out(
        self, live: LiveTarget, handle: Handle | None, request: int, signal: Signal, timeout_s: int
    ) -> None:
        where = {"run": live.target.run, "target": live.target.id, "stop": request}

        async def on_timeout() -> None:
            await self._hub.record(StopEscalated(**where, reason="timeout", by="lab"))

        error, result = None, None
        try:
            if handle is None:
                raise AlreadyGone("the lab was killed meanwhile: nobody saw how it ended")
            result = await handle.stop(signal, timeout_s, on_timeout)
            await handle.ended()
        except LabError as failure:
            error = str(failure)
        code = result.exit_code if result else None
        await self._hub.record(
            StopFinished(
                **where,
                at=result.at if result else now(),
                clock=result.clock if result else "server",
                took_s=result.took_s if result else None,
                exit_code=code,
                killed=result.killed if result else None,
                meaning="" if code is None else exit_meaning(code),
                error=error,
            )
        )
        self._over(live)

    def _over(self, live: LiveTarget) -> None:
        live.stop = None
        live.stopped.set()

    async def kill(self, live: LiveTarget, handle: Handle, *, by: str) -> int:
        """Wait no longer; gives the number of ``stop_escalated``.  Raises Conflict without a stop."""
        if not live.stop:
            raise Conflict(f"{live.target.id} is not being stopped", hint="Stop it first, or send it SIGKILL.")
        number = await self._hub.record(
            StopEscalated(
                run=live.target.run, target=live.target.id, author="person", stop=live.stop, reason="person", by=by
            )
        )
        await handle.kill()
        return number
