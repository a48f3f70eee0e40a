"""Which package a build failed for, as the package managers say it in its log."""

from __future__ import annotations

import re
from collections.abc import Iterable

RED = "\x1b[91m"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")  # the engine's builder prints a program's errors in red
# The words of apt 2 and 3, dpkg, pip 23 to 26, npm 9 to 11, apk 2 and dnf 4; a name ends before version and quote.
NAME = r"([A-Za-z0-9@][A-Za-z0-9._+/-]*)"
SAID = [
    re.compile(pattern)
    for pattern in (
        rf"^E: Unable to locate package {NAME}",
        rf"^E: Package '{NAME}' has no installation candidate",
        rf"^E: Version '[^']*' for '{NAME}' was not found",
        r"^E: Failed to fetch \S+/([a-z0-9][a-z0-9.+-]*)_[^/\s]*\.u?deb\b",
        rf"^ {NAME} : (?:Pre-)?Depends: ",
        rf"^dpkg: error processing package {NAME}",
        rf"^ERROR: Could not find a version that satisfies the requirement {NAME}",
        rf"^ERROR: No matching distribution found for {NAME}",
        rf"^\s*ERROR: Failed building wheel for {NAME}",
        rf"^npm (?:ERR!|error) 404\s+'{NAME}@[^']*' is not in",
        rf"^npm (?:ERR!|error) notarget No matching version found for {NAME}@",
        rf"^  {NAME} \(no such package\):",
        rf"^(?:No match for argument|Error: Unable to find a match): {NAME}",
    )
]


def package_of(log: Iterable[str]) -> str | None:
    """The first that is named as what could not be had: those after it mostly wait for it.  None: none is named."""
    for line in log:
        for pattern in SAID:
            if found := pattern.search(COLOUR.sub("", line)):
                return found[1]
    return None
