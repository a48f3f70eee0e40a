"""Stops: each is a job of its own in the lab's task group, so that no request and no client time-out can break it."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import anyio

from app.errors import AlreadyGone, Conflict, Ending, LabError
from app.events import StopEscalated, StopFinished, StopOverdue, StopRequested, now
from app.hosts.base import Handle
from app.hub import Hub
from app.jobs import Jobs, in_words
from app.lab.state import TargetState
from app.lab.stop import StopUnderWay
from app.signals import Signal, exit_meaning
from app.sources.kernel_trace import KernelTrace

FORETELL_WITHIN_S = 0.5
LATE_S = 2.0  # after its time, until that is said


class Stops:
    def __init__(self, hub: Hub, kernel: KernelTrace, tasks: Jobs) -> None:
        self._hub, self._kernel, self._tasks = hub, kernel, tasks

    async def ask(self, state: TargetState, handle: Handle, signal: Signal, timeout_s: int | None, *, by: str) -> int:
        """Start one; gives the number of ``stop_requested``.  Raises Conflict while another one is under way."""
        if state.stop is not None:
            raise Conflict(f"{state.target.id} is being stopped already", hint="Wait for its end, or kill it now.")
        state.stop = stop = StopUnderWay(signal, handle.stop_defaults.timeout_s if timeout_s is None else timeout_s)
        self._tasks.start_soon(self._new, state, handle, stop, by)
        return await stop.requested()

    async def _new(self, state: TargetState, handle: Handle, stop: StopUnderWay, by: str) -> None:
        """One that a person asks for, from before its first record to its end."""
        try:
            try:
                request = await self._record_request(state, handle, stop, by)
            except Exception as error:  # noqa: BLE001 (whoever asked is told, a defect too)
                stop.was_refused(error)
                return
            stop.was_recorded(request)
            await self._see_through(state, handle, stop, request)
        finally:
            state.stop = None
            stop.end()

    async def _record_request(self, state: TargetState, handle: Handle, stop: StopUnderWay, by: str) -> int:
        async with anyio.create_task_group() as first:
            first.start_soon(self._record_forecast, state, handle, stop)
            first.start_soon(self._settled, state)
        if state.ended:
            raise AlreadyGone(f"{state.target.id} has ended")
        at = now()
        stop.deadline = None if stop.timeout_s < 0 else at + timedelta(seconds=stop.timeout_s)
        return await self._hub.record(
            StopRequested(
                at=at,
                run=state.target.run,
                target=state.target.id,
                author="person",
                signal=stop.signal.name,
                timeout_s=stop.timeout_s,
                deadline=stop.deadline,
                by=by,
            )
        )

    async def _settled(self, state: TargetState) -> None:
        await state.looked_at()
        await self._kernel.until_followed()

    async def _record_forecast(self, state: TargetState, handle: Handle, stop: StopUnderWay) -> None:
        """What this very stop would come to, said before it is asked for, so that its verdict can hold it to that.

        A stop is not refused because nobody can forecast it.
        """
        with anyio.move_on_after(FORETELL_WITHIN_S), suppress(LabError):
            seen = await state.stop_forecaster.look(handle.processes)
            if said := await state.stop_forecaster.forecast_asked(seen, stop.signal, stop.timeout_s):
                await self._hub.record(said)

    async def _see_through(self, state: TargetState, handle: Handle, stop: StopUnderWay, request: int) -> None:
        """Carry it out; what goes wrong in that is an end of it, too."""
        try:
            await self._carry_out(state, handle, stop, request)
        except Ending:
            raise
        except Exception as error:
            with anyio.CancelScope(shield=True):
                await self._fail(state, request, in_words(error))
            raise

    async def _carry_out(self, state: TargetState, handle: Handle, stop: StopUnderWay, request: int) -> None:
        where = {"run": state.target.run, "target": state.target.id, "stop": request}

        async def on_timeout() -> None:
            await self._hub.record(StopEscalated(**where, reason="timeout", by="lab"))

        async def overdue() -> None:
            if stop.deadline is not None:
                await anyio.sleep(max(0.0, (stop.deadline - now()).total_seconds()) + LATE_S)
                await self._hub.record(StopOverdue(**where, late_s=LATE_S))

        error, result = None, None
        async with anyio.create_task_group() as beside:
            beside.start_soon(overdue)
            try:
                with stop.waiting:
                    result = await handle.stop(stop.signal, stop.timeout_s, on_timeout)
                    await handle.ended()
            except LabError as failure:
                error = str(failure)
            beside.cancel_scope.cancel()
        if result is None and stop.waiting.cancelled_caught:
            error = "its run was over before anybody saw how it ended"
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

    async def _fail(self, state: TargetState, request: int, why: str) -> None:
        """It did not come to its end because of something else than the target: nobody waits for it any more."""
        unknown: dict[str, Any] = {"took_s": None, "exit_code": None, "killed": None, "meaning": ""}
        where = {"run": state.target.run, "target": state.target.id}
        await self._hub.record(StopFinished(**where, stop=request, **unknown, error=why))

    async def kill(self, state: TargetState, handle: Handle, *, by: str) -> int:
        """Wait no longer; gives the number of ``stop_escalated``.  Raises Conflict without a stop."""
        request = None
        if state.stop is not None:
            with suppress(LabError):  # refused: then there is none
                request = await state.stop.requested()
        if request is None:
            raise Conflict(f"{state.target.id} is not being stopped", hint="Stop it first, or send it SIGKILL.")
        number = await self._hub.record(
            StopEscalated(
                run=state.target.run, target=state.target.id, author="person", stop=request, reason="person", by=by
            )
        )
        await handle.kill()
        return number
