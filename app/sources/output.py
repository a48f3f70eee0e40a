"""What a target prints: bytes in, ``output`` events out.

Text is decoded incrementally, since a character may come in two reads.  The first bytes after a pause are reported at
once, what follows within 20 ms goes into one event of at most 16 KiB: quick to the eye, cheap for the journal.  Nothing
is read ahead: while an event is being stored the pipe fills up and holds the program back.  Beyond a budget one
``truncated`` event says so, and the rest is read and thrown away, so that the program is not held up for ever: but for
its last lines, which are what people look for.  They are told at the end, and a few times when the program rests.
"""

from __future__ import annotations

import codecs
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

import anyio

from app.events import Output, Truncated
from app.events.record import Record
from app.sources.base import Source

PIECE_BYTES = 16 * 1024
GATHER_S = 0.02
BUDGET_BYTES = 8 * 2**20
TAIL_BYTES = 4 * 1024
REST_S = 0.5
RESTS = 64  # so that what comes after the budget has one as well


@dataclass
class Tail:
    """The last that was printed of what is thrown away."""

    kept: bytes = b""
    dropped: int = 0  # bytes before it

    def add(self, data: bytes) -> None:
        whole = self.kept + data[-TAIL_BYTES:]
        self.dropped += len(self.kept) + len(data) - len(whole[-TAIL_BYTES:])
        self.kept = whole[-TAIL_BYTES:]

    def take(self) -> tuple[str, int]:
        """Whole lines of it where something is missing before, and how much that is."""
        text, dropped = self.kept, self.dropped
        if dropped and b"\n" in text[:-1]:
            text = text[text.index(b"\n") + 1 :]
            dropped += len(self.kept) - len(text)
        self.kept, self.dropped = b"", 0
        return text.decode(errors="replace"), dropped


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedBytes(Source):
    """``read`` gives what comes next, ``b""`` at the end; it must lose nothing when it is cancelled while it waits."""

    read: Callable[[], Awaitable[bytes]]
    run: str
    target: str
    stream: Literal["pty", "stdout", "stderr"]
    budget_bytes: int = BUDGET_BYTES

    async def report(self, record: Record, /) -> None:
        """Until the end of what is read."""

        async def tell(text: str, left_out: int | None = None) -> None:
            where = {"run": self.run, "target": self.target}
            await record(Output(**where, author="program", text=text, stream=self.stream, left_out=left_out or None))

        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        left, last = self.budget_bytes, -GATHER_S
        ended = False
        while not ended:
            data = await self.read()
            ended = not data
            with anyio.move_on_after(max(0.0, last + GATHER_S - anyio.current_time())):
                while not ended and len(data) < PIECE_BYTES:
                    more = await self.read()
                    ended, data = not more, data + more
            last = anyio.current_time()
            taken, over = data[:left], len(data) > left
            left -= len(taken)
            if text := decoder.decode(taken, final=ended or over):
                await tell(text)
            if over:
                limit = f"{self.budget_bytes / 2**20:g} MiB of output"
                await record(Truncated(run=self.run, target=self.target, what="output", limit=limit))
                tail = Tail()
                tail.add(data[len(taken) :])
                await _pump_rest(self.read, tail, tell, ended=ended)
                return


async def _pump_rest(
    read: Callable[[], Awaitable[bytes]], tail: Tail, tell: Callable[[str, int], Awaitable[None]], *, ended: bool
) -> None:
    """Beyond the budget: nothing is told while it comes."""
    rests = RESTS
    while not ended:
        data: bytes | None = None
        with anyio.move_on_after(REST_S if tail.kept and rests else math.inf):
            data = await read()
        if data is None:
            await tell(*tail.take())
            rests -= 1
        else:
            tail.add(data)
            ended = not data
    if tail.kept:
        await tell(*tail.take())
