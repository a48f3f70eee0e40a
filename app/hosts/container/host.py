"""Containers of the lab: created with its labels and behind its fences, asked through the engine.

What happens to them is told by the engine's events, with the engine's own time; a handle never reports an end because
it asked for one.  Output is attached to *before* the start, so nothing is lost.  There is no ``--rm``: the exit code
would only be in one event; the lab removes what it made after it has read the end.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import anyio
from anyio import to_thread

from app.errors import HostFailed, LabError
from app.events import EngineEvent, TargetStarting
from app.events.parts import Limit
from app.events.record import Record
from app.hosts.base import Spec, Ways
from app.hosts.container.docker_run import creation, docker_run, for_engine, lacking
from app.hosts.container.handle import ContainerHandle, KernelKilled, Look
from app.hosts.container.images import Images, tag_of
from app.hosts.container.ours import is_made_by_us, is_protected
from app.hosts.container.ports import is_taken, with_free_ports
from app.hosts.engine.engine import Engine
from app.hosts.engine.finding import Client
from app.hosts.engine.janitor_client import Janitor
from app.hosts.engine.removing import remove_now
from app.jobs import Jobs, running_jobs
from app.targets import LAB, Target

log = logging.getLogger("signal_lab")
PORT_TRIES = 4
START_WITHIN_S = 2.0  # how long a start waits for an engine that may just be coming up


class ContainersHost:
    """Starts containers.  Use as ``async with running_containers(engine, record) as host``."""

    def __init__(self, engine: Engine, record: Record, tasks: Jobs, janitor: Janitor) -> None:
        self._engine, self._record, self._tasks = engine, record, tasks
        self.images = Images(engine, record, tasks)
        self._janitor = janitor
        self.kernel_killed: KernelKilled | None = None
        self.look: Look | None = None  # how to see containers that this machine does not show
        self._handles: dict[str, ContainerHandle] = {}  # by container id
        self._making: dict[str, str] = {}  # containers that are being created: target by name
        engine.listen(self._on_engine_message)

    async def check(self) -> None:
        await self._engine.ready(START_WITHIN_S)
        self._engine.client()

    def lacks(self, wanted: Iterable[Limit]) -> list[Limit]:
        """None that it could tell of while there is no engine."""
        without = lacking(self._engine.info) if self._engine.info else ()
        return [limit for limit in wanted if limit in without]

    @property
    def ways(self) -> Ways:
        return self._engine.ways

    def equivalent(self, spec: Spec, name: str) -> str:
        return docker_run(for_engine(spec, self._engine.info), name, tag_of(spec.image or "base"))

    async def start(self, target: Target, spec: Spec) -> ContainerHandle:
        await self._record(
            TargetStarting(run=target.run, target=target.id, equivalent=self.equivalent(spec, target.name))
        )
        image = await self.images.ensure(spec.image or "base")
        for tries_left in reversed(range(PORT_TRIES)):
            try:
                return await self._start(target, with_free_ports(for_engine(spec, self._engine.info)), image)
            except HostFailed as error:
                if not tries_left or not is_taken(str(error)):  # somebody was faster, or it is another machine's port
                    raise
        raise AssertionError("unreachable")

    async def _start(self, target: Target, spec: Spec, image: str) -> ContainerHandle:
        wanted = creation(target, spec, image, self._engine.info, self._engine.labels, self.ways)
        await to_thread.run_sync(self._janitor.ensure, self._engine.url)
        container = await self._create(wanted, target.id)
        handle = ContainerHandle(
            *(target, spec, container, self._engine, self._record, self._tasks, self.look, self.kernel_killed)
        )
        self._handles[container] = handle
        try:
            await handle.start(self.equivalent(spec, target.name))
        except BaseException:
            with anyio.CancelScope(shield=True):
                await handle.close()
                self._forget(handle)
            raise
        return handle

    def _forget(self, handle: ContainerHandle) -> None:
        if not handle.left_over:
            self._handles.pop(handle.container, None)

    async def _create(self, wanted: dict[str, Any], what: str) -> str:
        name = wanted["name"]
        self._making[name] = what
        try:
            return await self._engine.call(
                lambda client: _create(client, wanted),
                what=f"creating {what}",
                undo=lambda client, made: remove_now(client, made),
            )
        finally:
            del self._making[name]

    async def _on_engine_message(self, container: str, event: EngineEvent | None) -> None:
        """Hand an event to its container.  None: the engine came back, and what it said meanwhile was not heard."""
        if event is None:
            for handle in list(self._handles.values()):
                self._tasks.start_soon(handle.look_again)
            self._tasks.start_soon(self.sweep_when_ready)  # what could not be removed while it was away
        elif known := self._handles.get(container):
            await known.on_engine_event(event)
            if event.action == "destroy":
                self._handles.pop(container, None)  # a start that failed may have been faster
        elif event.target in self._making.values():
            await self._record(event)  # created: its handle comes a moment later
        elif event.target is not None and event.action in ("create", "start"):
            self._tasks.start_soon(self.sweep_when_ready)  # a killed server had asked for it, and it is there only now

    def end(self) -> None:
        """All runs have ended: what they started is removed, or is left to the janitor where the engine was away."""
        if any(handle.left_over for handle in self._handles.values()):
            self._janitor.leave()
        else:
            self._janitor.end()

    async def sweep(self) -> int:
        """Remove what an earlier server of this lab left behind, and what could not be removed; how many."""
        filters = {"label": f"{LAB}={self._engine.lab}"}
        found = await self._engine.call(lambda client: client.containers(all=True, filters=filters))
        gone = [
            each["Id"]
            for each in found
            if self._is_over(each["Id"])
            and is_made_by_us(each["Names"], each["Labels"])
            and not self._making.keys() & {name.lstrip("/") for name in each["Names"] or ()}
            and not is_protected(each["Id"], each["Labels"])
        ]
        for container in gone:
            await self._remove(container)
        there = {each["Id"] for each in found} - set(gone)
        for container, handle in list(self._handles.items()):
            if handle.left_over and container not in there:
                del self._handles[container]
        return len(gone)

    def _is_over(self, container: str) -> bool:
        """Nobody here has it, or it has ended."""
        handle = self._handles.get(container)
        return handle is None or handle.left_over

    async def _remove(self, container: str) -> None:
        await self._engine.call(lambda client: remove_now(client, container))

    async def sweep_when_ready(self) -> None:
        await self._engine.ready(float("inf"))
        try:
            if count := await self.sweep():
                log.warning("removed %d containers that were left", count)
        except LabError as error:
            log.warning("cannot remove what was left: %s", error)


def _create(client: Client, wanted: dict[str, Any]) -> str:
    """docker-py's own ``create_container_from_config``: it has no words for some of what is wanted."""
    created: dict[str, Any] = client.create_container_from_config(wanted, wanted.pop("name"))
    return str(created["Id"])


@asynccontextmanager
async def running_containers(engine: Engine, record: Record, janitor: Janitor) -> AsyncIterator[ContainersHost]:
    """The host, for as long as its containers may live."""
    async with running_jobs() as tasks:
        host = ContainersHost(engine, record, tasks, janitor)
        tasks.start_soon(host.sweep_when_ready)
        try:
            yield host
        finally:
            tasks.cancel_scope.cancel()
            host.end()
