"""Stops that were made for real, with what was seen before them, as ``scenarios/*.txt`` tells.

A scenario is a headline, ``name; signal; timeout_s; host; what came of it, seconds``, and a line for each process:
``pid ppid group | comm | exe | argv | marks``, the root first, pids as inside.  Pid 1 is its namespace's PID 1 unless
the host is ``process`` or a mark says ``free``.  Masks are in hexadecimal; ``blk`` of several threads has commas.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from app.signals import parse_signal
from app.targets import HostName
from app.verdict.signal_state import SignalState, Thread
from app.verdict.stop import ProcessView, StopCase

FOLDER = Path(__file__).parent / "scenarios"
Seen = Literal["ended", "sigkill"]


@dataclass(frozen=True)
class Scenario:
    file: str
    name: str
    subject: StopCase
    seen: Seen
    took_s: float


def scenarios(*files: str) -> list[Scenario]:
    """All of them, or those of some files."""
    found = []
    for path in sorted(FOLDER.glob("*.txt")):
        if not files or path.stem in files:
            found += list(_parse(path))
    return found


def scenario(file: str, name: str) -> Scenario:
    return next(each for each in scenarios(file) if each.name == name)


def processes(text: str, *, host: HostName = "container") -> tuple[ProcessView, ...]:
    """Process lines alone, for trees that a test makes up."""
    return tuple(_member(line, host) for line in text.strip().splitlines())


def _parse(path: Path) -> list[Scenario]:
    blocks: list[list[str]] = []
    for line in path.read_text().splitlines():
        if line.startswith(" "):
            blocks[-1].append(line)
        elif line and not line.startswith("#"):
            blocks.append([line])
    found = []
    for head, *lines in blocks:
        name, signal, timeout_s, host, seen = (word.strip() for word in head.split(";"))
        kind, took_s = seen.split()
        members = processes("\n".join(lines), host=cast(HostName, host))
        subject = StopCase(members, parse_signal(signal).number, int(timeout_s), cast(HostName, host))
        found.append(Scenario(path.stem, name, subject, cast(Seen, kind), float(took_s)))
    return found


def _member(line: str, host: str) -> ProcessView:
    numbers, comm, exe, rest = (part.strip() for part in line.split("|", 3))
    argv, _, marks = rest.rpartition("|")
    pid, ppid, pgid = map(int, numbers.split())
    said = dict(mark.partition("=")[::2] for mark in marks.split())
    blocked = [int(word, 16) for word in said.get("blk", "0").split(",")]
    waited = int(said.get("wait", "0"), 16)
    return ProcessView(
        pid=pid,
        ppid=ppid,
        ns_pid=pid,
        pgid=pgid,
        comm=comm,
        argv=tuple(shlex.split(argv)),
        exe=exe or None,
        subject=SignalState(
            threads=tuple(Thread(mask, 0 if index else waited) for index, mask in enumerate(blocked)),
            ignored=int(said.get("ign", "0"), 16),
            caught=int(said.get("cgt", "0"), 16),
            leader_blocked=blocked[0],
            leader_waited=waited,
            signalfd=int(said.get("sfd", "0"), 16),
            state=said.get("state", "S"),
            is_init=pid == 1 and host != "process" and "free" not in said,
            orphaned="orphaned" in said,
        ),
        threads=len(blocked),
        connections=int(said["conn"]) if "conn" in said else None,
        wait_call="wait4" in said,
        age_s=float(said["age"]) if "age" in said else None,
    )
