"""Runs a command inside a container, as ``docker exec`` does."""

from __future__ import annotations

from contextlib import suppress

import anyio
import docker.errors

import docker
from app.errors import HostFailed
from app.hosts.base import Ran
from app.hosts.engine.engine import Engine
from app.hosts.engine.finding import Client

OUTPUT_BYTES = 64 * 1024


async def run_in_container(engine: Engine, container: str, command: tuple[str, ...], within_s: float) -> Ran:
    """Both streams, joined.  Raises HostFailed when it does not end in time; it then ends with its container."""

    def run(client: Client) -> Ran:
        made = client.exec_create(container, list(command))["Id"]
        kept = b""
        stream = client.exec_start(made, stream=True)
        try:
            for data in stream:
                kept = (kept + data)[: OUTPUT_BYTES + 1]
        finally:
            # docker-py leaves the socket open at the end, until the garbage collector comes by.
            for close in (stream.close, stream._response.close):
                with suppress(OSError, ValueError, docker.errors.DockerException):
                    close()
        text = kept[:OUTPUT_BYTES].decode("utf-8", "replace")
        more = f"\n… more than {OUTPUT_BYTES // 1024} KiB\n" if len(kept) > OUTPUT_BYTES else ""
        return Ran(int(client.exec_inspect(made)["ExitCode"] or 0), text + more)

    with anyio.move_on_after(within_s):
        return await engine.call(run, what=f"running {command[0]}", waits=True)
    raise HostFailed(f"{command[0]} did not end within {within_s:.0f} s")
