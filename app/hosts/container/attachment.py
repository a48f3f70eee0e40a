"""A container's output and input, attached to before it starts, so that nothing is lost."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import anyio
import docker.errors
from anyio import BrokenResourceError, ClosedResourceError, EndOfStream, from_thread, to_thread
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from app.errors import AlreadyGone
from app.hosts.engine.engine import Engine


class Attachment:
    """The container's output, read by a thread of its own until the engine ends it."""

    def __init__(self, engine: Engine, container: str) -> None:
        self._engine, self._container = engine, container
        self._streams: list[tuple[MemoryObjectSendStream[bytes], MemoryObjectReceiveStream[bytes]]] = [
            anyio.create_memory_object_stream[bytes](16) for _ in range(2)
        ]
        self._feed: Any = None

    async def open(self) -> None:
        """Attach; what is printed from now on will come."""
        self._feed = await self._engine.call(
            lambda client: client.attach(self._container, stdout=True, stderr=True, stream=True, demux=True)
        )

    async def read_until_end(self) -> None:
        def pump() -> None:
            with suppress(BrokenResourceError, ClosedResourceError, OSError, ValueError):
                for pieces in self._feed:
                    for (send, _), piece in zip(self._streams, pieces, strict=True):
                        if piece:
                            from_thread.run(send.send, piece)

        try:
            await to_thread.run_sync(pump, limiter=anyio.CapacityLimiter(1))
        finally:
            for send, _ in self._streams:
                send.close()

    def reader(self, stream: int) -> Callable[[], Awaitable[bytes]]:
        """0: standard output (or the terminal), 1: standard error."""

        async def read() -> bytes:
            try:
                return await self._streams[stream][1].receive()
            except (EndOfStream, ClosedResourceError):
                return b""

        return read

    def close(self) -> None:
        """Wakes the thread, whatever it waits for."""
        for send, receive in self._streams:
            send.close()
            receive.close()
        if self._feed is not None:
            with suppress(OSError, docker.errors.DockerException):
                self._feed.close()
            # That shuts the socket down but leaves it open, until the garbage collector comes by.
            self._feed._response.close()


class Input:
    """The container's standard input, or the keys of its terminal."""

    def __init__(self, engine: Engine, container: str) -> None:
        self._engine, self._container = engine, container
        self._socket: Any = None

    async def open(self) -> None:
        """Before it starts: a program that reads would find the end of its input else."""
        self._socket = await self._engine.call(
            lambda client: client.attach_socket(self._container, params={"stdin": 1, "stream": 1})
        )

    async def write(self, data: bytes) -> None:
        """Raises AlreadyGone when the engine has closed it."""

        # docker-py hands out a reader of the socket; what is written goes past it.
        to = getattr(self._socket, "_sock", self._socket)

        def send() -> None:
            try:
                to.sendall(data)
            except OSError as error:
                raise AlreadyGone("its standard input is closed") from error

        await to_thread.run_sync(send, limiter=anyio.CapacityLimiter(1), abandon_on_cancel=True)

    def close(self) -> None:
        """Also before the container is removed: the engine's answer to that waits for an open input."""
        held, self._socket = self._socket, None
        if held is None:
            return
        under = getattr(held, "_sock", held)
        # Each closes what it thinks is its own, in an order that differs from one Python to the next.
        for close in (lambda: under.shutdown(socket.SHUT_RDWR), held.close, held._response.close, under.close):
            with suppress(OSError, ValueError, docker.errors.DockerException):
                close()
