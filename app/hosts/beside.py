"""Runs a short command of the lab's own beside a target, and gives what it printed."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import anyio
from anyio.abc import Process

from app.errors import HostFailed
from app.hosts.base import Ran

WITHIN_S = 10.0
LIMIT = 64 * 1024


async def run_beside(command: tuple[str, ...], *, cwd: str | Path, env: Mapping[str, str]) -> Ran:
    """Both streams, joined.  Raises HostFailed when it cannot be run, or does not end in time: then it is killed."""
    try:
        process = await anyio.open_process(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=env,
            start_new_session=True,
        )
    except OSError as error:
        raise HostFailed(f"cannot run {command[0]}: {error.strerror}") from error
    async with process:
        with anyio.move_on_after(WITHIN_S) as scope:
            output = await _read(process)
            code = await process.wait()
        if scope.cancelled_caught:
            process.kill()
            raise HostFailed(f"{command[0]} did not end within {WITHIN_S:.0f} s, and was killed")
    return Ran(code if code >= 0 else 128 - code, output)


async def _read(process: Process) -> str:
    kept = b""
    assert process.stdout is not None
    async for data in process.stdout:
        kept = (kept + data)[: LIMIT + 1]
    text = kept[:LIMIT].decode("utf-8", "replace")
    return text if len(kept) <= LIMIT else text + f"\n… more than {LIMIT // 1024} KiB\n"
