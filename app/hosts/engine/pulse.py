"""Whether an engine still answers: a ping every second, with three and a half to answer it, so it is told within five.

An engine that builds on a busy machine has been seen to take more than two.  Any other answer counts as one, too.
Where this process itself did not get to run meanwhile (a busy machine, a laptop that slept) the time says nothing of
the engine: then it is asked again.
"""

from __future__ import annotations

from contextlib import suppress

import anyio
from anyio import CapacityLimiter, to_thread

from app.errors import LabError
from app.hosts.engine.finding import Client, translated

PING_S, ANSWER_S = 1.0, 3.5
LATE_S = 0.5  # beyond its time: it was not the engine that was late


class Pulse:
    def __init__(self) -> None:
        self._felt_at = self._asked_at = 0.0
        self._limiter = CapacityLimiter(1)

    def felt(self) -> None:
        """It said something."""
        self._felt_at = anyio.current_time()

    async def until_silent(self, client: Client) -> None:
        """Returns when it does not answer.  That it is gone altogether is told by its stream of events."""
        while True:
            await anyio.sleep(PING_S)
            while not await self._answers(client):
                if anyio.current_time() - self._asked_at < ANSWER_S + LATE_S:
                    return

    async def _answers(self, client: Client) -> bool:
        self._asked_at = anyio.current_time()

        def ask() -> None:
            with translated():
                client._result(client._get(client._url("/_ping", versioned_api=False), timeout=ANSWER_S * 2))

        with anyio.move_on_after(ANSWER_S):
            with suppress(LabError):
                await to_thread.run_sync(ask, limiter=self._limiter, abandon_on_cancel=True)
            return True
        return self._felt_at > self._asked_at
