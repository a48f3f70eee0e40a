"""Target ids and identity.  Leaf module.

A target's id is ``<run>.<name>`` and exists before anything is started, so that starting can fail *on* it.  What it
names on the machine is an identity that cannot be reused: a pid together with its start time, or a container id with
our labels.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

# The labels of a container: which lab made it, for which run, and which target it is; and the lab's machine and data
# folder, "host:/folder", for whoever wants to know whether that lab still lives.
LAB, RUN, TARGET = "dev.signal-lab.lab", "dev.signal-lab.run", "dev.signal-lab.target"
HOME = "dev.signal-lab.home"

HostName = Literal["process", "sandbox", "container"]

NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")


def run_id(number: int) -> str:
    """``r31`` for the 31st run of a journal."""
    return f"r{number}"


def target_id(run: str, name: str) -> str:
    return f"{run}.{name}"


@dataclass(frozen=True, slots=True)
class ProcessRef:
    """One process for ever: ``start`` is field 22 of /proc/PID/stat, clock ticks since boot."""

    pid: int
    start: int


@dataclass(frozen=True, slots=True)
class Target:
    """Anything that can be signalled, as a run names it."""

    run: str
    name: str
    host: HostName

    @property
    def id(self) -> str:
        return target_id(self.run, self.name)
