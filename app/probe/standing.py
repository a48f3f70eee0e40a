"""How a process stands among others: frozen by its control group, and whether its process group is orphaned."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, Protocol

from app.probe.files import ProcFiles, read_file

Frozen = Literal["", "v1", "v2"]


class Standing(Protocol):
    """What is asked of a process here."""

    @property
    def state(self) -> str: ...
    @property
    def ppid(self) -> int: ...
    @property
    def pgid(self) -> int: ...
    @property
    def sid(self) -> int: ...


def freezer(files: ProcFiles) -> Callable[[int], Frozen]:
    """A function that says of a pid whether it is frozen now, and by which version of control groups; for one look."""
    known: dict[str, bool] = {}

    def holds(path: str, words: tuple[bytes, ...]) -> bool:
        if path not in known:
            known[path] = any(word in (read_file(path) or b"") for word in words)
        return known[path]

    def frozen(pid: int) -> Frozen:
        text = (files.read(pid, "cgroup") or b"").decode("utf-8", "surrogateescape")
        for line in text.splitlines():
            parts = line.split(":", 2)
            if len(parts) < 3 or ".." in parts[2].split("/") or parts[2] == "/":
                continue
            folder = parts[2]
            if "freezer" in parts[1].split(","):
                path = f"{files.cgroup_root}/{parts[1]}{folder}/freezer.state"
                if holds(path, (b"FROZEN", b"FREEZING")):
                    return "v1"
            elif not parts[1]:
                for root in (files.cgroup_root, f"{files.cgroup_root}/unified"):
                    if holds(f"{root}{folder}/cgroup.events", (b"frozen 1",)):
                        return "v2"
        return ""

    return frozen


def orphaned_groups(files: ProcFiles, stats: Iterable[tuple[int, Standing]]) -> set[int]:
    """Process groups that nobody could continue: no member's parent is in the same session and another group.

    ``will_become_orphaned_pgrp`` in kernel/exit.c.  Members are those among ``stats`` and their ancestors.
    """
    known: dict[int, Standing] = dict(stats)

    def look(pid: int) -> Standing | None:
        return known.get(pid) or (files.stat(pid) if pid > 1 else None)

    orphaned = {stat.pgid for stat in known.values()}
    for stat in list(known.values()):
        member: Standing | None = stat
        while member and stat.pgid in orphaned:
            parent = look(member.ppid)
            if member.state not in "ZX" and parent and parent.sid == member.sid and parent.pgid != member.pgid:
                orphaned.discard(stat.pgid)
            member = parent if parent and parent.pgid == stat.pgid else None
    return orphaned
