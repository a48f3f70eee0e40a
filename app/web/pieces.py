"""A large answer that is sent in pieces: what is not read waits in a file, and not in memory."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Mapping
from typing import IO

from anyio import to_thread
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

PIECE = 64 * 2**10  # bytes


def in_file(data: bytes) -> IO[bytes]:
    """In a file that has no name."""
    file = tempfile.TemporaryFile(prefix="signal-lab-")  # noqa: SIM115 (it is closed by who sends it)
    file.write(data)
    file.seek(0)
    return file


class InPieces(StreamingResponse):
    """Closes ``file`` when it is sent, or nobody wants it any more."""

    def __init__(self, file: IO[bytes], media_type: str, headers: Mapping[str, str]) -> None:
        super().__init__(_pieces(file), media_type=media_type, headers=headers)
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._file.close()


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    while piece := await to_thread.run_sync(file.read, PIECE):
        yield piece
