"""The server's end of a keeper (``app/hosts/local/keeper.py``): how one is called, and what it says."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal

import anyio

from app import descriptors

KEEPER = Path(__file__).with_name("keeper.py")
Kind = Literal["process", "sandbox"]
START, KILL = b"start\n", b"kill\n"  # the orders that it takes on its control pipe


def keeper_argv(
    control: int,
    report: int,
    kind: Kind,
    command: tuple[str, ...],
    ends: tuple[int, str] | None = None,
    groups: tuple[str, ...] = (),
) -> list[str]:
    """The command line of a keeper that inherits these descriptors.

    ``ends``: where it puts down whose end.  ``groups``: control groups, made for this target.
    """
    given = [] if descriptors.at_most() == descriptors.given else [f"files={descriptors.given}"]
    if ends:
        given.append(f"ends={ends[0]}:{ends[1]}")
    given += [f"group={path}" for path in groups]
    return [sys.executable, "-S", "-I", str(KEEPER), str(control), str(report), kind, *given, "--", *command]


async def reports(fd: int) -> AsyncIterator[dict[str, Any]]:
    """What it says, line by line, until it has gone.  ``fd`` must not block."""
    rest = b""
    while True:
        try:
            data = os.read(fd, 65536)
        except BlockingIOError:
            await anyio.wait_readable(fd)
            continue
        if not data:
            return
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            yield json.loads(line)
