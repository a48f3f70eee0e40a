"""How targets ended, put down where a server that is killed cannot take it along: ``ends.jsonl`` in the data folder.

Keepers and the janitor outlive their server.  Each writes one line for each end that it saw, and the disk has it when
that returns (O_DSYNC); the next start reads them, records what nobody had recorded, and empties the file.  A keeper
imports nothing, so it writes such a line by hand (``local/keeper.py``).

Nothing in the file is trusted: a last line that is torn, or one that is none of these, counts for nothing.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.errors import DataFolder

NAME = "ends.jsonl"
LINE_BYTES = 4096  # none of ours is longer
YEAR_2200_NS = 7_258_118_400 * 10**9


class End(BaseModel):
    """One end.  A process is named by ``pid`` and ``start``, a container by its id.

    ``by``: "order" is an end after the server had asked its keeper for SIGKILL; "keeper" and "janitor" one after the
    server was gone, so that its terminal hung up and these two ended it; "itself" any other.  ``at_ns`` is by the
    machine's clock or the engine's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    who: Literal["keeper", "janitor"]
    target: str = Field(max_length=200)
    pid: int | None = None
    start: int | None = None
    container: str | None = Field(None, max_length=200)
    exit_code: int | None = Field(None, ge=0, le=255)
    signal: int | None = Field(None, ge=1, le=64)
    at_ns: int = Field(ge=0, le=YEAR_2200_NS)
    by: Literal["itself", "order", "keeper", "janitor"]


def share_ends(data: Path) -> int:
    """To be appended to, by whoever inherits it: the kernel holds a lock for as long as one of them is there."""
    fd = _open(data)
    with suppress(BlockingIOError):
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    return fd


def all_have_written(data: Path) -> bool:
    """Whether no keeper of an earlier server is left."""
    fd = _open(data)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(fd)
    return True


def _open(data: Path) -> int:
    path = data / NAME
    try:
        return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_DSYNC, 0o600)
    except OSError as error:
        raise DataFolder(f"{path}: {error.strerror}") from error


def put_down(data: Path, end: End) -> None:
    """Raises DataFolder, OSError."""
    fd = _open(data)
    try:
        os.write(fd, f"{end.model_dump_json(exclude_none=True)}\n".encode())
    finally:
        os.close(fd)


def read_ends(data: Path) -> tuple[list[End], int]:
    """All that can be read, in order, and how many lines cannot."""
    found: list[End] = []
    bad = 0
    try:
        with (data / NAME).open("rb") as file:
            while line := file.readline(LINE_BYTES):
                try:
                    found.append(End.model_validate_json(line))
                except ValidationError:
                    bad += 1
    except FileNotFoundError:
        pass
    except OSError as error:
        raise DataFolder(f"{data / NAME}: {error.strerror}") from error
    return found, bad


def forget_ends(data: Path) -> None:
    """They are recorded.  A keeper that still writes goes on at the beginning."""
    with suppress(FileNotFoundError):
        os.truncate(data / NAME, 0)
