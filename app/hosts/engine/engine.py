"""The engine: finds it, watches over it, translates its errors.

Where to look: DOCKER_HOST, the current docker context, then the usual sockets of Docker and Podman.  An engine that is
absent is looked for once a second, so the page lights up by itself; one that is lost says so.  The stream of events is
what tells that it is there: while it is open the engine is "ready".

docker-py blocks, so every call runs in a thread of a limiter of its own; stops and waits, which may hold a thread for
an hour, have another one, so that they cannot keep a kill from getting through.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import anyio
import docker.context
import docker.errors
import docker.utils
import requests
import urllib3
from anyio import CapacityLimiter, to_thread

import docker
from app.errors import AlreadyGone, EngineUnavailable, HostFailed
from app.events import EngineEvent, SourceBack, SourceLost
from app.events.record import Record
from app.jobs import running_jobs
from app.sources.docker_events import engine_events

T = TypeVar("T")
Client = Any  # docker.APIClient: what the stubs know of it is not half of what it has
CALL_TIMEOUT_S = 30
CONNECT_AGAIN_S = 1.0
HINT = (
    "Start Docker or Podman, or set DOCKER_HOST. On Debian: apt-get install docker.io. "
    "The lab looks again every second."
)
Listener = Callable[[str, EngineEvent | None], Awaitable[None]]  # container id, None: events may have been missed


@dataclass(frozen=True, slots=True)
class Status:
    """``absent``: never seen; ``lost``: it was there.  Strings are empty where unknown."""

    state: Literal["ready", "absent", "lost"]
    name: str = ""
    version: str = ""
    api: str = ""
    cgroup: str = ""
    reason: str = ""
    hint: str = ""


def candidates() -> list[str]:
    """Base URLs to try, most wanted first.  What a person has set is the only one tried."""
    env = os.environ
    if chosen := env.get("DOCKER_HOST"):
        return [chosen]
    context = docker.context.ContextAPI.get_current_context()
    if context is not None and context.name != "default" and context.Host:
        return [str(context.Host)]
    runtime = env.get("XDG_RUNTIME_DIR", "/nonexistent")
    paths = [
        "/var/run/docker.sock",
        f"{runtime}/docker.sock",
        str(Path.home() / ".docker/run/docker.sock"),
        "/run/podman/podman.sock",
        f"{runtime}/podman/podman.sock",
    ]
    podman = [env["CONTAINER_HOST"]] if env.get("CONTAINER_HOST") else []
    return [*podman, *(f"unix://{path}" for path in paths)]


def why_not(url: str) -> str | None:
    """Why a socket cannot be used, in words, without asking anybody; None when it is worth a try."""
    if not url.startswith("unix://"):
        return None
    path = Path(url.removeprefix("unix://"))
    try:
        if not path.exists():
            return f"no socket at {path}"
    except OSError:
        return f"no socket at {path}"
    if not os.access(path, os.R_OK | os.W_OK):
        return f"permission denied on {path}: is this user in the docker group?"
    return None


@contextmanager
def translated(what: str = "the engine") -> Iterator[None]:
    """docker-py's errors as ours, most specific first, with the engine's own words."""
    try:
        yield
    except docker.errors.NotFound as error:
        if "No such container" in str(error.explanation or ""):
            raise AlreadyGone(f"{what}: {error.explanation}") from error
        raise HostFailed(f"{what}: {error.explanation or error}") from error
    except docker.errors.APIError as error:
        words = str(error.explanation or error)
        if "is not running" in words:
            raise AlreadyGone(f"{what}: {words}") from error
        raise HostFailed(f"{what}: {words}") from error
    except (requests.ConnectionError, requests.Timeout, urllib3.exceptions.HTTPError, ConnectionError) as error:
        raise EngineUnavailable(f"the engine did not answer: {type(error).__name__}") from error
    except docker.errors.DockerException as error:
        raise EngineUnavailable(f"the engine cannot be used: {error}") from error


class Engine:
    """Use as ``async with Engine(record, lab=…)``; it looks for an engine until the block ends."""

    def __init__(self, record: Record, *, lab: str) -> None:
        self._record, self.lab = record, lab
        self.info: dict[str, Any] = {}
        self.url = ""  # of the one that was found last
        self._status = Status("absent", reason="looking for an engine", hint=HINT)
        self._client: Client | None = None
        self._calls, self._waits = CapacityLimiter(16), CapacityLimiter(512)
        self._listener: Listener | None = None
        self._looked = anyio.Event()
        self._ready = anyio.Event()

    def status(self) -> dict[str, Any]:
        return asdict(self._status)

    def listen(self, listener: Listener) -> None:
        """Who gets the engine's events of the lab's containers, in order."""
        self._listener = listener

    async def ready(self, within_s: float) -> bool:
        """Whether an engine is there, or comes within some seconds."""
        with anyio.move_on_after(within_s):
            await self._ready.wait()
        return self._status.state == "ready"

    def client(self) -> Client:
        """Raises EngineUnavailable."""
        if self._client is None:
            raise EngineUnavailable(f"no engine: {self._status.reason}")
        return self._client

    def url_now(self) -> str:
        """Where the engine is that is there now.  Raises EngineUnavailable."""
        self.client()
        return self.url

    async def call(self, act: Callable[[Client], T], *, what: str = "the engine", waits: bool = False) -> T:
        """Run one blocking call in a thread, with errors translated.

        ``waits``: it may take long (a stop, a build); the thread is then given up when the caller is cancelled.
        """
        client = self.client()

        def run() -> T:
            with translated(what):
                return act(client)

        limiter = self._waits if waits else self._calls
        return await to_thread.run_sync(run, limiter=limiter, abandon_on_cancel=waits)

    @asynccontextmanager
    async def _watching(self) -> AsyncIterator[Engine]:
        async with running_jobs() as tasks:
            tasks.keep(self._watch, defect=self._lose_sight)
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
            await anyio.sleep(CONNECT_AGAIN_S)

    async def _find(self) -> str | None:
        """Connect to the first that answers; else says why not."""
        reasons = []
        for url in candidates():
            if reason := why_not(url):
                reasons.append(reason)
                continue
            try:
                client = await to_thread.run_sync(connect, url, limiter=self._calls)
            except EngineUnavailable as error:
                reasons.append(f"{url}: {error}")
                continue
            self._client, version = client
            self.url = url
            try:
                self.info = await self.call(lambda client: client.info())
            except (EngineUnavailable, HostFailed) as error:
                self._let_go()
                return str(error)
            self._status = describe(version, self.info)
            return None
        return max(reasons, key=lambda reason: "permission" in reason) if reasons else "no socket to try"

    async def _follow(self, *, came_back: bool) -> None:
        """Follow the events until they end; that end is the loss of the engine."""
        reason = "its stream of events ended"
        try:
            async with engine_events(lambda: self.client().events, self._calls, lab=self.lab) as events:
                await self._record(SourceBack(source="engine", author="engine"))
                self._ready.set()
                if came_back and self._listener:
                    await self._listener("", None)
                async for container, event in events:
                    if self._listener:
                        await self._listener(container, event)
        except (EngineUnavailable, HostFailed) as error:
            reason = str(error)
        self._ready = anyio.Event()
        self._let_go()
        self._status = Status("lost", self._status.name, self._status.version, reason=reason, hint=HINT)
        await self._record(SourceLost(source="engine", author="engine", reason=reason))

    async def _lose_sight(self, why: str) -> None:
        self._looked.set()
        self._ready = anyio.Event()
        self._let_go()
        self._status = Status("lost", self._status.name, self._status.version, reason=why, hint=HINT)
        await self._record(SourceLost(source="engine", author="engine", reason=why))

    def _let_go(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()


def connect(url: str) -> tuple[Client, dict[str, Any]]:
    with translated(url):
        # kwargs_from_env adds what DOCKER_TLS_VERIFY and DOCKER_CERT_PATH ask for.
        settings: dict[str, Any] = {**docker.utils.kwargs_from_env(), "base_url": url}
        client = docker.APIClient(version="auto", timeout=CALL_TIMEOUT_S, **settings)
        try:
            return client, client.version()
        except BaseException:
            client.close()
            raise


def describe(version: dict[str, Any], info: dict[str, Any]) -> Status:
    """From what an engine tells of itself: ``GET /version`` and ``GET /info``."""
    names = " ".join(part.get("Name", "") for part in version.get("Components") or [])
    name = "Podman" if "podman" in names.lower() else "Docker"
    return Status(
        "ready",
        name=name,
        version=str(version.get("Version", "")).partition("+")[0],
        api=str(version.get("ApiVersion", "")),
        cgroup=str(info.get("CgroupVersion", "")),
    )
