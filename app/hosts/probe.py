"""The probe in a container on the engine: the kernel's word for those who may not read it themselves.

Ordinary users, Docker Desktop, engines elsewhere.  It is asked for with ``--kernel-trace probe``, because it may look
at every process of the engine's machine (``pid: host``, SYS_PTRACE) and follow them in the kernel's trace; it can send
nothing to anybody.  It runs the files of ``app/probe`` on the lab's base image, ends with its input, and is removed by
the engine then.
"""

from __future__ import annotations

import io
import json
import socket
import struct
import tarfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import anyio
import anyio.lowlevel
from anyio import CapacityLimiter, from_thread, to_thread

from app.errors import HostFailed, LabError, leaves
from app.hosts.engine import Engine
from app.hosts.images import Images
from app.probe.procfs import ProcessFacts
from app.probe.tracefs import TraceUnavailable
from app.probe.watch import Told
from app.probe.wire import VERSION, facts_of, told_of
from app.resources import PACKAGE
from app.sources.docker_events import LAB
from app.sources.kernel_feed import Where
from app.sources.kernel_trace import KernelTrace

HOME = "signal-lab"  # its folder in the container
HELLO_S, LOOK_S, AGAIN_S, FINISH_S = 20.0, 5.0, 5.0, 3.0
PARTS = ("__init__.py", "probe/*.py")


class FeedEnded(Exception):
    """The probe is gone; the text says why."""


@dataclass(slots=True)
class _Look:
    done: anyio.Event = field(default_factory=anyio.Event)
    seen: list[ProcessFacts] | None = None


class ContainerFeed:
    """One running probe, spoken to over its standard input and output."""

    where: Where = "probe container"

    def __init__(self, stream: Any) -> None:
        self._socket = getattr(stream, "_sock", stream)
        self._stream = stream
        if hasattr(self._socket, "settimeout"):
            self._socket.settimeout(None)  # a quiet probe is a good probe
        self._told: list[Told] = []
        self._clock_ns = 0
        self._news = anyio.Event()
        self._looks: dict[int, _Look] = {}
        self._number = 0
        self.hello: dict[str, Any] | None = None
        self.ended: str | None = None

    # What it is asked.

    def _ask(self, **what: Any) -> None:
        """Lines are short and the probe reads at once; a socket that is full or shut means that it is gone."""
        with suppress(OSError):
            self._socket.sendall(json.dumps(what).encode() + b"\n")

    def expect(self, target: str, parent: int) -> None:
        self._ask(expect=target, parent=parent)

    def know(self, target: str, seen: list[ProcessFacts]) -> bool:
        self._ask(know=target, pids=[facts.pid for facts in seen])
        return False

    def forget(self, target: str) -> None:
        self._ask(forget=target)

    def rest(self) -> None:
        self._ask(rest=True)

    async def look(self, init: int, container: str) -> list[ProcessFacts] | None:
        """The container's processes as the probe sees them; None when it does not answer."""
        self._number += 1
        number, look = self._number, _Look()
        self._looks[number] = look
        self._ask(look=number, init=init, container=container)
        with anyio.move_on_after(LOOK_S):
            await look.done.wait()
        del self._looks[number]
        return look.seen

    # What it says.

    async def next(self) -> None:
        if self.ended is not None:
            raise FeedEnded(self.ended)
        await self._news.wait()
        self._news = anyio.Event()  # here, where only one waits: ``take`` has other callers

    def take(self) -> tuple[list[Told], int]:
        told, self._told = self._told, []
        return told, self._clock_ns

    async def read_until_end(self) -> None:
        """Reads the engine's frames (stream, length, payload) in a thread of its own."""

        def frames() -> None:
            rest, errors = b"", b""
            with suppress(OSError):
                while head := _exactly(self._socket, 8):
                    stream, size = head[0], struct.unpack(">I", head[4:])[0]
                    payload = _exactly(self._socket, size)
                    if stream == 2:
                        errors = (errors + payload)[-2000:]
                        continue
                    *lines, rest = (rest + payload).split(b"\n")
                    if lines:
                        from_thread.run_sync(self._heed, lines)
            last = errors.decode("utf-8", "replace").strip().splitlines()
            from_thread.run_sync(self._end, last[-1] if last else "its connection ended")

        await to_thread.run_sync(frames, limiter=CapacityLimiter(1), abandon_on_cancel=True)

    def _heed(self, lines: list[bytes]) -> None:
        for each in lines:
            said = json.loads(each)
            if said["v"] != VERSION:
                self._end(f"it speaks version {said['v']}, and this lab {VERSION}")
            elif said["kind"] == "hello":
                self.hello = said
            elif said["kind"] == "seen":
                if look := self._looks.get(said["look"]):
                    look.seen = [facts_of(data) for data in said["seen"]]
                    look.done.set()
            elif told := told_of(said):
                self._clock_ns = said["clock"]
                self._told.append(told)
        self._news.set()

    def _end(self, why: str) -> None:
        self.ended = self.ended or why
        for look in self._looks.values():
            look.done.set()
        self._news.set()

    async def finish(self) -> None:
        """The end of its input is its end: it takes its trace away, which needs a moment, and then says no more."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)
        with anyio.move_on_after(FINISH_S):
            while self.ended is None:
                await self._news.wait()
                self._news = anyio.Event()

    def close(self) -> None:
        """Wakes the thread that reads, and lets go of the connection; docker-py holds it in three places."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        holders: tuple[Any, ...] = (getattr(self._stream, "_response", self._stream), self._stream, self._socket)
        for holder in holders:
            with suppress(OSError, ValueError):  # one of them may have closed the other
                holder.close()


def _exactly(source: Any, size: int) -> bytes:
    """So many bytes; fewer only at the end."""
    found = b""
    while len(found) < size and (more := source.recv(size - len(found))):
        found += more
    return found if len(found) == size else b""


def _files() -> bytes:
    """The probe's own files as a tar, as the engine takes it."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        for part in PARTS:
            for path in sorted(PACKAGE.glob(part)):
                text = path.read_bytes()
                info = tarfile.TarInfo(f"{HOME}/app/{path.relative_to(PACKAGE)}")
                info.size, info.mode = len(text), 0o644
                tar.addfile(info, io.BytesIO(text))
    return data.getvalue()


def _creation(image: str, lab: str) -> dict[str, Any]:
    return {
        "Image": image,
        "Cmd": ["python3", "-B", "-m", "app.probe"],
        "WorkingDir": f"/{HOME}",
        "Env": ["SIGNAL_LAB_TRACEFS=/run/tracing", "SIGNAL_LAB_CGROUP=/run/cgroup"],
        "Labels": {LAB: lab},
        "OpenStdin": True,
        "StdinOnce": True,
        "AttachStdin": True,
        "AttachStdout": True,
        "AttachStderr": True,
        "HostConfig": {
            "AutoRemove": True,
            "PidMode": "host",
            "NetworkMode": "none",
            "CgroupnsMode": "host",
            "CapDrop": ["ALL"],
            # To read another process's call, memory and descriptors; and files that belong to others.
            "CapAdd": ["SYS_PTRACE", "DAC_READ_SEARCH"],
            "SecurityOpt": ["no-new-privileges"],
            # Not at its usual place: AppArmor's default profile denies writing below /sys.
            "Binds": ["/sys/kernel/tracing:/run/tracing", "/sys/fs/cgroup:/run/cgroup:ro"],
            "LogConfig": {"Type": "none", "Config": {}},
        },
    }


@asynccontextmanager
async def running_probe(engine: Engine, images: Images) -> AsyncIterator[ContainerFeed]:
    """A probe for as long as the block is open.

    Raises:
        EngineUnavailable, HostFailed: it cannot be started.  TraceUnavailable: it runs and may not read the trace.
    """
    image = await images.ensure("base")
    made = await engine.call(lambda client: client.create_container_from_config(_creation(image, engine.lab))["Id"])
    feed: ContainerFeed | None = None
    try:
        await engine.call(lambda client: client.put_archive(made, "/", _files()))
        params = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
        stream = await engine.call(lambda client: client.attach_socket(made, params=params))
        feed = ContainerFeed(stream)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(feed.read_until_end)
            await engine.call(lambda client: client.start(made), what="starting the probe")
            with anyio.move_on_after(HELLO_S):
                while feed.hello is None and feed.ended is None:
                    await feed.next()
                    feed.take()
            if feed.hello is None:
                raise HostFailed(f"the probe did not answer: {feed.ended or 'no word'}")
            if not feed.hello["trace"]:
                hint = "On the engine's machine, as root: mount -t tracefs nodev /sys/kernel/tracing"
                raise TraceUnavailable(f"the probe runs, but {feed.hello['reason']}", hint)
            try:
                yield feed
            finally:
                with anyio.CancelScope(shield=True):
                    await feed.finish()
                feed.close()
                tasks.cancel_scope.cancel()
    finally:
        with anyio.CancelScope(shield=True):
            if feed:
                feed.close()
            with suppress(LabError):
                await engine.call(lambda client: client.remove_container(made, force=True), what="removing the probe")


class Probe:
    """Keeps a probe running while there is an engine; ``look`` is for those who cannot see the engine's machine."""

    def __init__(self, engine: Engine, images: Images, kernel: KernelTrace) -> None:
        self._engine, self._images, self._kernel = engine, images, kernel
        self._feed: ContainerFeed | None = None

    async def look(self, init: int, container: str) -> list[ProcessFacts] | None:
        """None: there is no probe, or it does not answer."""
        return await self._feed.look(init, container) if self._feed else None

    async def keep(self) -> None:
        """Start it, and start it again when it has gone."""
        while True:
            await self._engine.ready(float("inf"))
            why: TraceUnavailable | None = None
            try:
                async with running_probe(self._engine, self._images) as self._feed:
                    await self._kernel.listen(self._feed)
            except* TraceUnavailable as found:
                why = next(each for each in leaves(found) if isinstance(each, TraceUnavailable))
            except* (FeedEnded, LabError) as found:
                why = TraceUnavailable(f"the probe container is gone: {leaves(found)[0]}", "It is started again.")
            finally:
                self._feed = None
            if why:
                await self._kernel.without(why)
            await anyio.sleep(AGAIN_S)


@asynccontextmanager
async def kept_probe(engine: Engine, images: Images, kernel: KernelTrace) -> AsyncIterator[Probe]:
    """The keeper of the probe, for as long as the block is open."""
    probe = Probe(engine, images, kernel)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(probe.keep)
        try:
            yield probe
        finally:
            tasks.cancel_scope.cancel()
