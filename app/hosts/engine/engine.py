"""The engine: finds it, watches over it, and asks it.

An engine that is absent is looked for once a second, so the page lights up by itself; one that is lost says so.  While
its stream of events is open and it answers a ping every second it is "ready".  One that takes connections and says
nothing is lost too: within five seconds, and whoever waits for an answer of it is told.

docker-py blocks, so every call runs in a thread of a limiter of its own; stops and waits, which may hold a thread for
an hour, have another one, so that they cannot keep a kill from getting through.  A thread that nobody waits for any
more is left to itself: an engine that hangs must hold up nobody, least of all the end of the lab.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import anyio
from anyio import CapacityLimiter, to_thread
from anyio.streams.memory import MemoryObjectReceiveStream

from app.errors import EngineUnavailable, HostFailed, LabError
from app.events import EngineEvent, SourceBack, SourceLost
from app.events.record import Record
from app.hosts.base import Ways
from app.hosts.engine.finding import Client, Status, candidates, connect, describe, translated, why_not
from app.hosts.engine.pulse import Pulse
from app.hosts.engine.ways import told_by, ways_of
from app.jobs import running_jobs
from app.sources.docker_events import EngineMessage, engine_events, of_lab, parse_event
from app.targets import HOME, LAB

log = logging.getLogger("signal_lab.engine")

T = TypeVar("T")
RECONNECT_S = 1.0
FIRST_S = 1.5  # how long the first page waits for the first look
OPEN_S = 5.0  # until its stream of events begins
HINT = (
    "Start Docker or Podman, or set DOCKER_HOST. On Debian: apt-get install docker.io. "
    "The lab looks again every second."
)
SILENT = "it takes connections and does not answer"
SILENT_HINT = "`docker version` would wait as well: look at the engine's log, or start it again. The lab looks again."
Listener = Callable[[str, EngineEvent | None], Awaitable[None]]  # container id, None: events may have been missed


class Engine:
    """Use as ``async with Engine(record, lab=…)``; it looks for an engine until the block ends."""

    def __init__(self, record: Record, *, lab: str, data: Path | None = None) -> None:
        """``data``: the lab's folder."""
        self._record, self.lab = record, lab
        self.labels = {LAB: lab, **({HOME: f"{socket.gethostname()}:{data.absolute()}"} if data else {})}
        self.info: dict[str, Any] = {}
        self.url = ""  # of the one that was found last
        self._status = Status("absent", reason="looking for an engine", hint=HINT)
        self._client: Client | None = None
        self._calls, self._waits = CapacityLimiter(16), CapacityLimiter(512)
        self._pulse = Pulse()
        self._asked: set[anyio.CancelScope] = set()  # calls that an engine which answers would soon answer
        self._listener: Listener | None = None
        self._looked = anyio.Event()
        self._ready = anyio.Event()

    def status(self) -> dict[str, Any]:
        return asdict(self._status)

    @property
    def ways(self) -> Ways:
        return ways_of(self._status)

    def listen(self, listener: Listener) -> None:
        """Who gets the engine's events of the lab's containers, in order."""
        self._listener = listener

    async def ready(self, within_s: float) -> bool:
        """Whether an engine is there, or comes within some seconds."""
        with anyio.move_on_after(within_s):
            await self._ready.wait()
        return self._status.state == "ready"

    @asynccontextmanager
    async def told_of_every_container(self) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
        """What the engine tells of all its containers, also of those that are not the lab's, until it is lost.

        Raises EngineUnavailable.
        """
        whole: Callable[[dict[str, Any]], dict[str, Any]] = dict
        async with engine_events(lambda: self._events, self._calls, {"type": "container"}, whole) as events:
            yield events

    def client(self) -> Client:
        """Raises EngineUnavailable."""
        if self._client is None:
            raise EngineUnavailable(f"no engine: {self._status.reason}")
        return self._client

    def url_now(self) -> str:
        """Where the engine is that is there now.  Raises EngineUnavailable."""
        self.client()
        return self.url

    async def call(
        self,
        act: Callable[[Client], T],
        *,
        what: str = "the engine",
        waits: bool = False,
        undo: Callable[[Client, T], object] | None = None,
    ) -> T:
        """Run one blocking call in a thread, with errors translated.  Cancelled, the thread is left to itself.

        Args:
            waits: it may take long (a stop, a build), and is not given up because the engine is silent meanwhile: it
                goes on with it when it can.
            undo: what to do with an answer that comes when nobody waits for it any more.

        Raises:
            EngineUnavailable: there is none, it went away, or (unless ``waits``) it does not answer.
        """
        client = self.client()
        answers: list[T] = []
        left = threading.Event()

        def run() -> T:
            with translated(what):
                answers.append(act(client))
            if left.is_set():
                forget()
            return answers[0]

        def forget() -> None:
            if undo:
                with suppress(LabError), translated(what):
                    undo(client, answers[0])

        with anyio.CancelScope() as scope:
            if not waits:
                self._asked.add(scope)
            try:
                limiter = self._waits if waits else self._calls
                found = await to_thread.run_sync(run, limiter=limiter, abandon_on_cancel=True)
                self._pulse.felt()
                return found
            except anyio.get_cancelled_exc_class():
                left.set()
                if answers:  # it came in the same moment
                    threading.Thread(target=forget, daemon=True).start()
                raise
            except LabError as error:
                log.debug("engine: %s: %s: %s", what, type(error).__name__, error)
                if not isinstance(error, EngineUnavailable):
                    self._pulse.felt()
                raise
            finally:
                self._asked.discard(scope)
        raise EngineUnavailable(f"{what}: the engine is silent: {SILENT}", hint=SILENT_HINT)

    @asynccontextmanager
    async def _watching(self) -> AsyncIterator[Engine]:
        async with running_jobs() as tasks:
            tasks.keep(self._watch, defect=self._lose_sight)
            with anyio.move_on_after(FIRST_S):
                await self._looked.wait()  # the first page should not say "absent" for a blink
            try:
                yield self
            finally:
                tasks.cancel_scope.cancel()
        self._let_go()

    async def __aenter__(self) -> Engine:
        self._context = self._watching()
        return await self._context.__aenter__()

    async def __aexit__(self, *exc: Any) -> bool | None:
        return await self._context.__aexit__(*exc)

    async def _watch(self) -> None:
        seen = False
        while True:
            reason = await self._find()
            self._looked.set()
            if reason is None:
                await self._follow(came_back=seen)
                seen = True
            else:
                self._status = Status("lost" if seen else "absent", reason=reason, hint=HINT)
            await anyio.sleep(RECONNECT_S)

    async def _find(self) -> str | None:
        """Connect to the first that answers; else says why not."""
        reasons = []
        for url in candidates():
            if reason := why_not(url):
                log.debug("engine: not at %s: %s", url, reason)
                reasons.append(reason)
                continue
            try:
                look = to_thread.run_sync(connect, url, limiter=self._calls, abandon_on_cancel=True)
                self._client, version = await look
            except EngineUnavailable as error:
                log.debug("engine: not at %s: %s", url, error)
                reasons.append(f"{url}: {error}")
                continue
            self.url = url
            try:
                with anyio.fail_after(OPEN_S):
                    self.info = await self.call(partial(told_by, version=version))
            except (EngineUnavailable, HostFailed, TimeoutError) as error:
                self._let_go()
                return str(error) or f"{url}: {SILENT}"
            self._status = describe(version, self.info)
            log.debug("engine: %s %s at %s, API %s", self._status.name, self._status.version, url, self._status.api)
            return None
        return max(reasons, key=lambda reason: "permission" in reason) if reasons else "no socket to try"

    async def _follow(self, *, came_back: bool) -> None:
        """Follow the events until they end, or it does not answer: that is the loss of the engine."""
        reason = "its stream of events ended"
        opening = anyio.CancelScope(deadline=anyio.current_time() + OPEN_S)
        try:
            with opening:
                async with engine_events(lambda: self._events, self._calls, of_lab(self.lab), parse_event) as events:
                    opening.deadline = float("inf")
                    await self._record(SourceBack(source="engine", author="engine"))
                    self._ready.set()
                    log.debug("engine: follows its events")
                    if came_back and self._listener:
                        await self._listener("", None)
                    if await self._pass_on(events):
                        reason = SILENT
            if opening.cancelled_caught:
                reason = SILENT
        except (EngineUnavailable, HostFailed) as error:
            reason = str(error)
        log.debug("engine: lost: %s", reason)
        self._ready = anyio.Event()
        self._let_go()
        for scope in self._asked:
            scope.cancel()
        hint = SILENT_HINT if reason == SILENT else HINT
        self._status = Status("lost", self._status.name, self._status.version, reason=reason, hint=hint)
        await self._record(SourceLost(source="engine", author="engine", reason=reason))

    async def _lose_sight(self, why: str) -> None:
        self._looked.set()
        self._ready = anyio.Event()
        self._let_go()
        self._status = Status("lost", self._status.name, self._status.version, reason=why, hint=HINT)
        await self._record(SourceLost(source="engine", author="engine", reason=why))

    def _events(self, **wanted: Any) -> Any:
        with translated("its stream of events"):
            return self.client().events(**wanted)

    async def _pass_on(self, events: MemoryObjectReceiveStream[EngineMessage]) -> bool:
        """Until the events end, or nothing answers a ping: True.  What was told is heard to its end first."""
        async with anyio.create_task_group() as tasks:
            waiting = anyio.CancelScope()
            silent = anyio.Event()

            async def ping() -> None:
                await self._pulse.until_silent(self.client())
                silent.set()
                waiting.cancel()

            tasks.start_soon(ping)
            try:
                while not silent.is_set():
                    waiting = anyio.CancelScope()
                    with waiting:
                        container, event = await events.receive()
                        self._pulse.felt()
                        log.debug("engine: says %s %s of %s", event.action, event.signal or "", event.target)
                    if waiting.cancelled_caught:
                        continue
                    if self._listener:
                        await self._listener(container, event)
            except anyio.EndOfStream:
                pass
            tasks.cancel_scope.cancel()
        return silent.is_set()

    def _let_go(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()
