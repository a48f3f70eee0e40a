"""Which containers the lab may touch: those with its labels and a name that it gave, and never its own.

Every container that is not known by having been created goes through here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from app.targets import LAB

NAME = "signal-lab-"  # how the name of a container begins that the lab has made
REPOSITORY = "signal-lab/"  # of an image that it has built
PROTECT = "dev.signal-lab.protect"  # "true": nobody of a lab touches it, whatever else it carries
_MOUNTED = re.compile(r"/(?:overlay-)?containers/([0-9a-f]{64})/\S* /etc/(?:hostname|hosts|resolv\.conf) ")


@cache
def own_container() -> str | None:
    """Id of the container that this process runs in; None outside, and where no engine's files are mounted."""
    return container_in(Path("/proc/self/mountinfo").read_text())


def container_in(mountinfo: str) -> str | None:
    """Engines mount a file of the container's folder at /etc/hostname; the folder's name is its id."""
    found = _MOUNTED.search(mountinfo)
    return found[1] if found else None


def is_protected(container: str, labels: dict[str, str] | None) -> bool:
    return container == own_container() or (labels or {}).get(PROTECT) == "true"


def is_made_by_us(names: Iterable[str] | None, labels: dict[str, str] | None) -> bool:
    """By name *and* label: who commits a container of the lab, or builds upon its image, inherits the labels."""
    return LAB in (labels or {}) and any(name.lstrip("/").startswith(NAME) for name in names or ())
