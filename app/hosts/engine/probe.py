"""The probe in a container on the engine: the kernel's word for those who may not read it themselves.

Ordinary users, Docker Desktop, engines elsewhere.  It is asked for with ``--kernel-trace probe``, because it may look
at every process of the engine's machine (``pid: host``, SYS_PTRACE) and follow them in the kernel's trace; it can send
nothing to anybody.  It runs the files of ``app/probe`` on the lab's base image, ends with its input, and is removed by
the engine then.
"""

from __future__ import annotations

import io
import secrets
import tarfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import anyio

from app.errors import HostFailed, LabError, leaves
from app.hosts.container.images import Images
from app.hosts.container.ours import NAME
from app.hosts.engine.engine import Engine
from app.hosts.engine.probe_feed import ContainerFeed, FeedEnded
from app.hosts.engine.removing import remove_now
from app.jobs import running_jobs
from app.probe.procfs import ProcessFacts
from app.probe.tracefs import TraceUnavailable
from app.resources import PACKAGE
from app.sources.kernel_trace import KernelTrace

HOME = "signal-lab"  # its folder in the container
HELLO_S, START_AGAIN_S = 20.0, 5.0
PARTS = ("__init__.py", "probe/*.py")


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


def _creation(image: str, labels: dict[str, str]) -> dict[str, Any]:
    return {
        "Image": image,
        "Cmd": ["python3", "-B", "-m", "app.probe"],
        "WorkingDir": f"/{HOME}",
        "Env": ["SIGNAL_LAB_TRACEFS=/run/tracing", "SIGNAL_LAB_CGROUP=/run/cgroup"],
        "Labels": labels,
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
    name = f"{NAME}probe-{secrets.token_hex(6)}"
    made = await engine.call(
        lambda client: client.create_container_from_config(_creation(image, engine.labels), name)["Id"],
        undo=lambda client, left: remove_now(client, left),
    )
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
                await engine.call(lambda client: remove_now(client, made), what="removing the probe")


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
                await self._kernel.set_unavailable(why)
            await anyio.sleep(START_AGAIN_S)


@asynccontextmanager
async def kept_probe(engine: Engine, images: Images, kernel: KernelTrace) -> AsyncIterator[Probe]:
    """The keeper of the probe, for as long as the block is open."""
    probe = Probe(engine, images, kernel)

    async def lose(why: str) -> None:
        await kernel.set_unavailable(TraceUnavailable(why, "It is started again."))

    async with running_jobs() as tasks:
        tasks.keep(probe.keep, defect=lose)
        try:
            yield probe
        finally:
            tasks.cancel_scope.cancel()
