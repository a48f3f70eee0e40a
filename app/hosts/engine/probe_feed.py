"""The lab's side of a running probe: JSON Lines over the standard input and output of its container."""

from __future__ import annotations

import json
import logging
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import anyio
from anyio import CapacityLimiter, from_thread, to_thread

from app.probe.observations import Observation
from app.probe.procfs import ProcessFacts
from app.probe.wire import VERSION, facts_of, observation_of
from app.sources.kernel_feed import Where

log = logging.getLogger("signal_lab.probe")

LOOK_S, FINISH_S = 5.0, 3.0


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
        self._observed: list[Observation] = []
        self._clock_ns = 0
        self._news = anyio.Event()
        self._looks: dict[int, _Look] = {}
        self._waits: dict[int, anyio.Event] = {}
        self._number = 0
        self.hello: dict[str, Any] | None = None
        self.ended: str | None = None

    # What it is asked.

    def _ask(self, **what: Any) -> None:
        """Lines are short and the probe reads at once; a socket that is full or shut means that it is gone."""
        log.debug("probe: is asked %s", ", ".join(what))
        with suppress(OSError):
            self._socket.sendall(json.dumps(what).encode() + b"\n")

    def expect_children_of(self, target: str, parent: int) -> None:
        self._ask(expect=target, parent=parent)

    def add_processes(self, target: str, seen: list[ProcessFacts]) -> bool:
        self._ask(know=target, pids=[facts.pid for facts in seen])
        return False

    async def until_followed(self) -> None:
        await self._until_answered("settle")

    async def caught_up(self) -> None:
        await self._until_answered("catch_up")

    async def _until_answered(self, what: str) -> None:
        if self.ended is not None:
            return
        self._number += 1
        number, done = self._number, anyio.Event()
        self._waits[number] = done
        self._ask(**{what: number})
        try:
            await done.wait()
        finally:
            del self._waits[number]

    def forget(self, target: str) -> None:
        self._ask(forget=target)

    def pause(self) -> None:
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

    def take(self) -> tuple[list[Observation], int]:
        observed, self._observed = self._observed, []
        return observed, self._clock_ns

    @property
    def waiting(self) -> bool:
        return bool(self._observed)

    def taken_until(self, _at_ns: int, /) -> bool:
        return True  # ``take`` gives all

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
                        from_thread.run_sync(self._on_lines, lines)
            last = errors.decode("utf-8", "replace").strip().splitlines()
            from_thread.run_sync(self._end, last[-1] if last else "its connection ended")

        await to_thread.run_sync(frames, limiter=CapacityLimiter(1), abandon_on_cancel=True)

    def _on_lines(self, lines: list[bytes]) -> None:
        for each in lines:
            said = json.loads(each)
            if said["v"] != VERSION:
                self._end(f"it speaks version {said['v']}, and this lab {VERSION}")
            elif said["kind"] == "hello":
                self.hello = said
                log.debug("probe: is there, %s", "with the trace" if said["trace"] else f"without: {said['reason']}")
            elif said["kind"] == "seen":
                if look := self._looks.get(said["look"]):
                    look.seen = [facts_of(data) for data in said["seen"]]
                    look.done.set()
            elif said["kind"] == "done":
                if done := self._waits.get(said["number"]):
                    done.set()
            elif observed := observation_of(said):
                self._clock_ns = said["clock"]
                self._observed.append(observed)
        self._news.set()

    def _end(self, why: str) -> None:
        if self.ended is None:
            log.debug("probe: has ended: %s", why)
        self.ended = self.ended or why
        for done in (*(look.done for look in self._looks.values()), *self._waits.values()):
            done.set()
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
