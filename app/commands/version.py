"""``signal-lab --version``: which release this is, and of which commit it was made.

A wheel holds the commit that it was built from (``hatch_build.py``); a checkout is asked.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from app import __version__

APP = Path(__file__).resolve().parent.parent
BUILT_OF = APP / "commit"  # in a wheel only


def version() -> str:
    """As ``0.1.0 (commit 0123456789ab)``, or that the commit is not known: an archive of the sources names none."""
    commit = built_of() or checked_out()
    return f"{__version__} ({f'commit {commit}' if commit else 'commit unknown'})"


def built_of() -> str:
    return BUILT_OF.read_text().strip() if BUILT_OF.exists() else ""


def checked_out(folder: Path = APP.parent) -> str:
    """The commit of a checkout; empty where it is none: a site-packages inside of somebody's repository is not ours."""
    if not (folder / ".git").exists():
        return ""
    git = ("git", "-C", str(folder), "describe", "--always", "--exclude=*", "--abbrev=12", "--dirty= and changes")
    try:
        return subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""
