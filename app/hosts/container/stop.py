"""How a container is stopped, and how a stop is seen through whose engine, or whose server, went away meanwhile."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

import anyio

from app.errors import AlreadyGone, EngineUnavailable, LabError
from app.events import now
from app.hosts.base import StopDefaults, Stopped
from app.hosts.container.story import Story
from app.hosts.engine.engine import Engine
from app.hosts.engine.finding import Client
from app.jobs import Jobs
from app.signals import SIGTERM, Signal, UnknownSignal, named_so

log = logging.getLogger("signal_lab.engine")

TELL_S = 5.0  # how long an answer of the engine waits for the event that should come with it
SPARE_S = 2.0  # how much later than promised an engine may kill, before the lab does it
KILLED = 128 + 9
OnTimeout = Callable[[], Awaitable[object]]
Killed = Callable[[], Awaitable[bool | None]]  # whether the kernel saw SIGKILL come; None: nobody can tell


class Stopper:
    """``catch_up`` asks what the engine said, and how the container is, after it was away.

    ``kernel_killed`` is asked where the engine tells of no signals.
    """

    def __init__(
        self,
        engine: Engine,
        container: str,
        name: str,
        story: Story,
        catch_up: Callable[[], Awaitable[None]],
        tasks: Jobs,
        kernel_killed: Killed,
    ) -> None:
        self._kernel_killed = kernel_killed
        self._engine, self._container, self._name, self._tasks = engine, container, name, tasks
        self.answered: anyio.Event | None = None  # of a stop: the engine has done all that belongs to it
        self._story, self._catch_up = story, catch_up
        self.defaults = StopDefaults(SIGTERM, 10)

    async def stop(self, signal: Signal, timeout_s: int, on_timeout: OnTimeout) -> Stopped:
        asked_at, before = now(), len(self._story.kills)
        self._engine.client()  # who asks while the engine is away is told so
        own = signal != self.defaults.signal and not self._engine.ways.stop_takes_signal
        by = "the lab" if own or timeout_s < 0 else "the engine"
        log.debug("engine: stop of %s with %s and %d s, by %s", self._name, signal.name, timeout_s, by)
        try:
            if own or timeout_s < 0:
                await self._by_hand(signal, timeout_s, on_timeout)
            else:
                await self._by_engine(signal, timeout_s)
        except EngineUnavailable:
            await self._until_it_is_back()
            return await self.see_through(signal, timeout_s, on_timeout, asked_at, before)
        with anyio.move_on_after(TELL_S):
            await self._story.died.wait()
        if not self._story.died.is_set():
            await self._catch_up()  # it is done, and its event is late
        return await self._stopped(asked_at, before)

    async def see_through(
        self, signal: Signal, timeout_s: int, on_timeout: OnTimeout, asked_at: datetime, before: int
    ) -> Stopped:
        """A stop that was asked for earlier.  ``before``: how many kills the engine had told of until then.

        A signal that was never sent is sent now.  An engine goes on with a stop when nobody waits for it any more; one
        that was restarted, or that only sent a signal, does not: then the lab kills when the time is over.
        """
        if len(self._story.kills) == before and not self._story.died.is_set():
            return await self.stop(signal, timeout_s, on_timeout)
        left_s = None if timeout_s < 0 else max(0.0, timeout_s - (now() - asked_at).total_seconds()) + SPARE_S
        with anyio.move_on_after(left_s):
            await self._story.died.wait()
        if not self._story.died.is_set():
            await on_timeout()
            await self.kill()
            await self._story.died.wait()
        return await self._stopped(asked_at, before)

    async def kill(self) -> None:
        await self._engine.call(lambda client: client.kill(self._container, "SIGKILL"), what=f"killing {self._name}")

    async def _by_engine(self, signal: Signal, timeout_s: int) -> None:
        """The engine's own stop, without a time limit on its answer: docker-py's would break a long stop."""
        params: dict[str, object] = {"t": timeout_s}
        if signal != self.defaults.signal:
            params["signal"] = signal.name

        def stop(client: Client) -> None:
            url = client._url("/containers/{0}/stop", self._container)
            client._raise_for_status(client._post(url, params=params, timeout=None))

        self.answered = answered = anyio.Event()
        failure: list[LabError] = []

        async def ask() -> None:
            try:
                await self._engine.call(stop, what=f"stopping {self._name}", waits=True)
            except LabError as error:
                failure.append(error)
            finally:
                answered.set()

        # Its end is what counts: the engine answers later, when it has put away the container's network and files.
        self._tasks.start_soon(ask)
        async with anyio.create_task_group() as waiting:

            async def until(event: anyio.Event) -> None:
                await event.wait()
                waiting.cancel_scope.cancel()

            waiting.start_soon(until, answered)
            waiting.start_soon(until, self._story.died)
        if failure and not (isinstance(failure[0], AlreadyGone | EngineUnavailable) and self._story.died.is_set()):
            raise failure[0]

    async def _by_hand(self, signal: Signal, timeout_s: int, on_timeout: OnTimeout) -> None:
        """What an old engine or Podman cannot do, another signal; and what none can be left to, waiting for ever."""
        await self._engine.call(
            lambda client: client.kill(self._container, signal.number), what=f"stopping {self._name}"
        )
        with anyio.move_on_after(None if timeout_s < 0 else timeout_s):
            await self._story.died.wait()
        if not self._story.died.is_set():
            await on_timeout()
            await self.kill()
            await self._story.died.wait()

    async def _until_it_is_back(self) -> None:
        """Or until nobody waits for it any more."""
        async with anyio.create_task_group() as tasks:

            async def end() -> None:
                await self._story.died.wait()
                tasks.cancel_scope.cancel()

            tasks.start_soon(end)
            await self._engine.ready(float("inf"))
            await self._catch_up()
            tasks.cancel_scope.cancel()

    async def _stopped(self, asked_at: datetime, before: int) -> Stopped:
        with anyio.move_on_after(TELL_S):
            await self._story.whole.wait()
        return await how_it_ended(self._story, asked_at, before, self._kernel_killed)


async def how_it_ended(story: Story, asked_at: datetime, before: int, kernel_killed: Killed) -> Stopped:
    """Of a container that has ended.  ``before``: how many kills the engine had told of when the stop was asked for.

    ``kernel_killed`` is asked where the engine told of no signals.
    """
    code = story.exit_code
    kills = [kill for kill in story.kills[before:] if kill.signal]  # Podman says "kill", and not which
    if story.die is not None and kills:
        # With a timeout of 0 a quick handler may be faster than the SIGKILL that was sent: its code tells.
        killed = code in (KILLED, None) and any(kill.signal == "SIGKILL" for kill in kills)
        return Stopped((story.die.at - kills[0].at).total_seconds(), code, killed, "engine", story.die.at)
    # This engine tells of no signals, or it was away: our own clock.  A code that is not 137 is no SIGKILL's.
    at = story.die.at if story.die else story.ended_at or now()
    by_kernel = await kernel_killed() if code in (KILLED, None) else False
    return Stopped((at - asked_at).total_seconds(), code, by_kernel, "server", at)


def stop_signal(signal: str | None) -> Signal:
    """The engine gives a name or a number, as the image's author wrote it; what is none means SIGTERM to it."""
    try:
        return named_so(signal) if signal else SIGTERM
    except UnknownSignal:
        return SIGTERM
