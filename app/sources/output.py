"""What a target prints: bytes in, ``output`` events out.

Text is decoded incrementally, since a character may come in two reads.  The first bytes after a pause are reported at
once, what follows within 20 ms goes into one event of at most 16 KiB: quick to the eye, cheap for the journal.  Nothing
is read ahead: while an event is being stored the pipe fills up and holds the program back.  Beyond a budget one
``truncated`` event says so, and the rest is read and thrown away, so that the program is not held up for ever.
"""

from __future__ import annotations

import codecs
from collections.abc import Awaitable, Callable
from typing import Literal

import anyio

from app.events import Output, Truncated
from app.hosts.base import Record

PIECE_BYTES = 16 * 1024
GATHER_S = 0.02
BUDGET_BYTES = 8 * 2**20


async def pump_output(
    read: Callable[[], Awaitable[bytes]],
    record: Record,
    *,
    run: str,
    target: str,
    stream: Literal["pty", "stdout", "stderr"],
    budget_bytes: int = BUDGET_BYTES,
) -> None:
    """Read until ``read`` gives ``b""``.  ``read`` must lose nothing when it is cancelled while it waits."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    left, last = budget_bytes, -GATHER_S
    ended = False
    while not ended:
        data = await read()
        ended = not data
        with anyio.move_on_after(max(0.0, last + GATHER_S - anyio.current_time())):
            while not ended and len(data) < PIECE_BYTES:
                more = await read()
                ended, data = not more, data + more
        last = anyio.current_time()
        taken, over = data[: max(left, 0)], len(data) > left >= 0
        left -= len(data)
        if text := decoder.decode(taken, final=ended or over):
            await record(Output(run=run, target=target, author="program", text=text, stream=stream))
        if over:
            left = -1
            limit = f"{budget_bytes / 2**20:g} MiB of output"
            await record(Truncated(run=run, target=target, what="output", limit=limit))
