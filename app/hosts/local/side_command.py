"""Runs a short command of the lab's own beside a target, and gives what it printed.

It has a keeper of its own: what it leaves behind ends with it, also when the server is killed meanwhile.  What it left
behind *in a sandbox* has become a child of PID 1 there: it is the sandbox's, and ends with that, as after a
``docker exec``.  So the end of the output is not waited for.
"""

from __future__ import annotations

import logging
import os
import subprocess
from collections.abc import Mapping
from io import FileIO
from pathlib import Path
from typing import Any

import anyio
from anyio.abc import Process

from app.errors import HostFailed
from app.events.masking import masked_words
from app.hosts.base import RUN_WITHIN_S, Ran
from app.hosts.local.keeper_client import START, keeper_argv, reports

log = logging.getLogger("signal_lab.keeper")

OUTPUT_BYTES = 64 * 1024  # at least what a pipe holds


async def run_side_command(
    command: tuple[str, ...], *, cwd: str | Path, env: Mapping[str, str], within_s: float = RUN_WITHIN_S
) -> Ran:
    """Both streams, joined.  It is over when the command itself has ended; what it left behind is killed.

    Raises HostFailed when it cannot be run, or does not end in time: then all of it is killed.
    """
    control, hold = os.pipe()
    os.write(hold, START)
    report, report_write = os.pipe()
    output, printed = os.pipe()
    with FileIO(hold, "wb") as held, FileIO(report), FileIO(output):
        os.set_blocking(report, False)
        os.set_blocking(output, False)
        try:
            process = await anyio.open_process(
                keeper_argv(control, report_write, "process", command),
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=printed,
                pass_fds=(control, report_write),
                cwd=cwd,
                env=env,
                start_new_session=True,
            )
        except OSError as error:
            raise HostFailed(f"cannot run {command[0]}: {error.strerror}") from error
        finally:
            for fd in (control, report_write, printed):
                os.close(fd)
        log.debug("keeper %d: of a command beside: %s", process.pid, " ".join(masked_words(command)))
        kept = bytearray()
        ended = await _ended(process, report, output, kept, held, within_s)
        if ended is None:
            raise HostFailed(f"{command[0]} did not end within {within_s:g} s, and was killed")
        if ended["event"] == "failed":
            raise HostFailed(f"cannot run {command[0]}: {ended['error']}")
        code = ended["exit_code"] if ended["signal"] is None else 128 + ended["signal"]
        text = kept[:OUTPUT_BYTES].decode("utf-8", "replace")
        return Ran(code, text if len(kept) <= OUTPUT_BYTES else text + f"\n… more than {OUTPUT_BYTES // 1024} KiB\n")


async def _ended(
    process: Process, report: int, output: int, kept: bytearray, held: FileIO, within_s: float
) -> dict[str, Any] | None:
    """What the keeper said of its end; None when there was none in time.

    ``held``: when that is closed the keeper ends all that is left, and itself.
    """
    said: dict[str, Any] | None = None
    try:
        async with anyio.create_task_group() as reading:
            reading.start_soon(_read, output, kept)
            with anyio.move_on_after(within_s):
                async for said in reports(report):
                    if said["event"] in ("exited", "failed"):
                        break
                    said = None
            reading.cancel_scope.cancel()
    finally:
        held.close()
        with anyio.CancelScope(shield=True):
            await process.wait()
    _take(output, kept, at_most=OUTPUT_BYTES)
    return said


async def _read(output: int, kept: bytearray) -> None:
    """All of it, so that nobody waits for a full pipe."""
    while _take(output, kept, at_most=OUTPUT_BYTES):
        await anyio.wait_readable(output)


def _take(output: int, kept: bytearray, *, at_most: int) -> bool:
    """What is there now; keeps one byte more than is shown.  False: nobody can write any more."""
    while at_most > 0:
        try:
            data = os.read(output, at_most)
        except BlockingIOError:
            return True
        if not data:
            return False
        at_most -= len(data)
        kept += data[: OUTPUT_BYTES + 1 - len(kept)]
    return True
