"""Limits of local targets: a control group for each, where this user may make one.

cgroups(7).  With version 1 the controllers ``memory`` and ``pids`` have a tree each, and a group may be made below the
lab's own one.  With version 2 there is one tree, and below a group that has processes nothing can be limited: there it
is made beside the lab's own group, which is what systemd delegates to a user.  Where neither is possible a target has
the limits of the lab's own user, and its start says which it is without.
"""

from __future__ import annotations

import itertools
import logging
import os
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.events.parts import Limit

log = logging.getLogger("signal_lab.fence")

LIMITS: Final[Mapping[Limit, int]] = {"memory": 2**30, "pids": 512}  # bytes; processes and threads
V1: Final[Mapping[Limit, str]] = {"memory": "memory.limit_in_bytes", "pids": "pids.max"}
V2: Final[Mapping[Limit, str]] = {"memory": "memory.max", "pids": "pids.max"}
ESCAPED = re.compile(r"\\([0-7]{3})")  # a blank in a path, in mountinfo


@dataclass(slots=True)
class Place:
    """Where groups can be made: a folder, and which limits they have."""

    folder: Path
    files: dict[Limit, str]


@dataclass(frozen=True, slots=True)
class Group:
    """The groups of one target.  Its keeper joins them in the child that becomes the target, and removes them."""

    paths: tuple[str, ...]
    has: frozenset[Limit]


_numbers = itertools.count()  # one for the process: a name is used once
NO_GROUP: Final = Group((), frozenset())


@dataclass(slots=True)
class Fences:
    """Makes groups.  ``places``: what was found; empty where there is nothing to make them in."""

    places: tuple[Place, ...] = ()

    def make(self) -> Group:
        """For one target.  A limit that cannot be set, now or ever, is not in ``has``."""
        name = f"signal-lab-{os.getpid()}-{next(_numbers)}"
        paths: list[str] = []
        has: set[Limit] = set()
        for place in self.places:
            made = place.folder / name
            try:
                made.mkdir()
                for limit, file in place.files.items():
                    (made / file).write_text(str(LIMITS[limit]))
            except OSError as error:
                log.debug("fence: %s: %s", made, error.strerror)
                remove([str(made)])
                continue
            paths.append(str(made))
            has |= set(place.files)
        return Group(tuple(paths), frozenset(has))

    def lacks(self, wanted: Iterable[Limit]) -> list[Limit]:
        """Which of these a target would be without."""
        has = {limit for place in self.places for limit in place.files}
        return [limit for limit in wanted if limit not in has]


def remove(paths: Iterable[str]) -> None:
    """Groups without processes; one that has some stays, and so has its limits."""
    for path in paths:
        with suppress(OSError):
            Path(path).rmdir()


def find_fences(proc: Path = Path("/proc/self")) -> Fences:
    """What this user may use on this machine, tried by making a group and removing it."""
    try:
        mounts = (proc / "mountinfo").read_text().splitlines()
        own = dict(_own_group(line) for line in (proc / "cgroup").read_text().splitlines())
        candidates = [*_version_1(mounts, own), *_version_2(mounts, own)]
    except (OSError, ValueError):  # what is none of the kernel's words tells nothing
        return Fences()
    return Fences(tuple(place for place in candidates if _is_usable(place)))


def _own_group(line: str) -> tuple[str, str]:
    """Of ``/proc/PID/cgroup``: "4:memory:/a/b" → ("memory", "/a/b"); version 2 has no name."""
    _, names, path = line.split(":", 2)
    return names, path


def _mount(line: str) -> tuple[str, str, str, set[str]]:
    """Of ``/proc/PID/mountinfo``: root and point of the mount, its type, and the options of its file system."""
    before, _, after = line.partition(" - ")
    root, point = (ESCAPED.sub(lambda found: chr(int(found[1], 8)), part) for part in before.split()[3:5])
    kind, _, options = after.split(" ", 2)
    return root, point, kind, set(options.split(","))


def _folder(root: str, point: str, group: str) -> Path | None:
    """Where a group is to be seen below a mount of its tree, or of a part of it."""
    if root not in ("/", group) and not group.startswith(f"{root}/"):
        return None
    return Path(point) / group.removeprefix("" if root == "/" else root).lstrip("/")


def _version_1(mounts: list[str], own: Mapping[str, str]) -> list[Place]:
    found: dict[Limit, Place] = {}
    for root, point, kind, options in map(_mount, mounts):
        for limit, file in V1.items():
            group = next((path for names, path in own.items() if limit in names.split(",")), None)
            if kind == "cgroup" and limit in options and group and (folder := _folder(root, point, group)):
                found.setdefault(limit, Place(folder, {limit: file}))
    return list(found.values())


def _version_2(mounts: list[str], own: Mapping[str, str]) -> list[Place]:
    for root, point, kind, _ in map(_mount, mounts):
        if kind != "cgroup2" or "" not in own or not (folder := _folder(root, point, own[""])):
            continue
        beside = folder.parent if own[""] != "/" else folder
        with suppress(OSError):
            given = (beside / "cgroup.subtree_control").read_text().split()
            if files := {limit: file for limit, file in V2.items() if limit in given}:
                return [Place(beside, files)]
    return []


def _sweep(place: Place) -> None:
    """Groups of labs that are gone: a keeper that was killed could not remove its own."""
    for each in place.folder.glob("signal-lab-*"):
        pid = each.name.split("-")[2]
        if pid.isdecimal() and not Path(f"/proc/{pid}").exists():
            remove([str(each)])


def _is_usable(place: Place) -> bool:
    _sweep(place)
    fences = Fences((place,))
    group = fences.make()
    remove(group.paths)
    return bool(group.paths)
