"""One server for a data folder, and one who may clean up after it: whoever holds the lock of its file.

The kernel lets go of the lock when its holder ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import anyio

from app.errors import Conflict, DataFolder

LOCK = "lab.lock"
ADDRESS = "address"
WAIT_S = 15.0  # for the janitor of the server before, or for its last breath
EVERY_S = 0.05
PF_EXITING = 0x4  # include/linux/sched.h; in proc(5) field 9 of stat


@contextmanager
def lock(data: Path, who: str) -> Iterator[bool]:
    """Try to hold it for as long as the block is open; gives whether it is held.  ``who`` is for whoever asks."""
    try:
        fd = os.open(data / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise DataFolder(f"{data / LOCK}: {error.strerror}") from error
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        os.ftruncate(fd, 0)
        os.pwrite(fd, who.encode(), 0)
        yield True
    finally:
        os.close(fd)


def owner(data: Path) -> str:
    """Who held it last: "server 4711"."""
    try:
        return (data / LOCK).read_text()
    except OSError:
        return ""


def tell_address(data: Path, url: str) -> None:
    """For programs on this machine: where the folder's server listens, also when the port was a free one."""
    path = data / ADDRESS
    try:
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_text(url + "\n")
    except OSError as error:
        raise DataFolder(f"{path}: {error.strerror}") from error


def server_of(data: Path) -> str | None:
    """Who serves the folder now: "server 4711".  Does not touch its lock."""
    who = owner(data)
    return who if _lives(who) else None


def address_of(data: Path) -> str | None:
    """Where the folder's server listens; None while there is none."""
    try:
        return (data / ADDRESS).read_text().strip() if server_of(data) else None
    except OSError:
        return None


@asynccontextmanager
async def owning(data: Path) -> AsyncIterator[None]:
    """This server is the one of the folder for as long as the block is open.

    Raises Conflict while another one is; its janitor is waited for.
    """
    deadline = anyio.current_time() + WAIT_S
    while anyio.current_time() < deadline:
        with lock(data, f"server {os.getpid()}") as held:
            if held:
                with suppress(OSError):
                    (data / ADDRESS).unlink()  # of the server before
                yield
                return
        if _lives(owner(data)):
            break
        await anyio.sleep(EVERY_S)
    where = address_of(data)
    raise Conflict(
        f"another lab uses {data} ({owner(data) or 'nobody says who'}{f', {where}' if where else ''})",
        hint="Stop it first, or give this one a folder of its own with --data.",
    )


def _lives(who: str) -> bool:
    """Whether that is a server that still runs; a janitor's work is soon done."""
    kind, _, pid = who.partition(" ")
    return kind == "server" and pid.isdecimal() and not _is_ending(pid)


def _is_ending(pid: str) -> bool:
    """Gone, or on its way: a killed process keeps its locks until the kernel has closed all that it had."""
    try:
        state, *rest = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return True
    return state in "ZX" or bool(int(rest[5]) & PF_EXITING)
