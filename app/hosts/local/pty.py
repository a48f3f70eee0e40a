"""The master side of a terminal: what a local target reads from and prints to.

A resize is a real SIGWINCH and Ctrl-C a real SIGINT because the kernel makes them, from here.
"""

from __future__ import annotations

import errno
import fcntl
import math
import os
import struct
import termios

import anyio

from app.errors import AlreadyGone, NotReading

DRAIN_S = 0.05
FULL_S = 1.0  # how long a program may take to make room for what is typed


class Pty:
    """The master side of a terminal."""

    def __init__(self, cols: int, rows: int) -> None:
        self.master, self.slave = os.openpty()
        os.set_blocking(self.master, False)
        self.resize(cols, rows)
        self._draining: float | None = None
        self._waiting, self._writing, self._open = anyio.CancelScope(), anyio.Lock(), True

    def resize(self, cols: int, rows: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

    async def read(self) -> bytes:
        """Some bytes; ``b""`` at the end.  Loses nothing when cancelled: it only ever waits before it reads."""
        while True:
            try:
                return os.read(self.master, 65536)
            except BlockingIOError:
                if self._draining is not None and anyio.current_time() > self._draining:
                    return b""
                with anyio.CancelScope(deadline=self._draining or math.inf) as self._waiting:
                    await anyio.wait_readable(self.master)
            except OSError as error:
                if error.errno == errno.EIO:  # the last of the target has closed it
                    return b""
                raise

    def drain(self) -> None:
        """The root process has ended: what it wrote is still to be read, but nothing else is waited for.

        The terminal hands bytes over by a worker of the kernel, so the last of them may be a moment behind the exit.
        """
        if self._draining is None:
            self._draining = anyio.current_time() + DRAIN_S
            self._waiting.deadline = self._draining

    async def write(self, data: bytes) -> None:
        """Raises NotReading when nobody reads and it is full, AlreadyGone when it is closed meanwhile."""
        async with self._writing:  # only one may wait for a descriptor, and keys keep their order
            try:
                with anyio.fail_after(FULL_S):
                    while data:
                        data = await self._write_some(data)
            except TimeoutError as error:
                raise NotReading(f"nobody reads what is typed: {len(data)} bytes were not taken") from error
            except (anyio.ClosedResourceError, OSError) as error:
                raise AlreadyGone("the terminal is closed") from error

    async def _write_some(self, data: bytes) -> bytes:
        try:
            return data[os.write(self.master, data) :]
        except BlockingIOError:
            await anyio.wait_writable(self.master)
            return data

    def close_slave(self) -> None:
        os.close(self.slave)

    def close(self) -> None:
        if self._open:
            self._open = False
            anyio.notify_closing(self.master)
            os.close(self.master)
