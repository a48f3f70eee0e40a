"""What labs have left on this machine beside the engine: a data folder, folders of commands that were killed, and the
kernel's traces of labs that are gone.

In a folder only files that the lab writes are removed, by their names, and the folder only where nothing else is in it:
``--data`` may name any folder, somebody's home too.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from app.errors import LabError
from app.folder.ownership import lock, server_of
from app.hosts.engine.cleaning import Thing
from app.probe.tracefs import TraceUnavailable, find_tracefs, stale

FILES = ("access.db*", "address", "ends.jsonl", "imported.db*", "journal.db*", "lab.lock", "token")
FOLDERS = ("scratch",)
GONE = (errno.ENOENT, errno.ENODEV)  # the second: somebody else is about to
TEMPORARY = ("signal-lab-check-*", "signal-lab-verify-*")


def here(data: Path) -> list[Thing]:
    """The data folder, and what is nobody's any more."""
    temporary = Path(tempfile.gettempdir())
    killed = sorted(path for pattern in TEMPORARY for path in temporary.glob(pattern) if _is_mine(path))
    found = [_folder(path) for path in (data, *killed) if path.is_dir() and any(_ours(path))]
    with suppress(TraceUnavailable, OSError):
        found += [Thing("trace", str(path), path.name) for path in stale(find_tracefs())]
    return found


def remove(thing: Thing) -> str | None:
    """Remove it.  Gives the reason where that cannot be."""
    path = Path(thing.id)
    try:
        if thing.what == "trace":
            _take_away(path)
        else:
            with lock(path, "clean") as held:
                if not held:
                    return "a lab uses it"
                for each in _ours(path):
                    shutil.rmtree(each) if each.is_dir() else each.unlink()
            with suppress(OSError):  # something of somebody else's is in it
                path.rmdir()
    except (OSError, LabError) as error:
        return str(error)
    return None


def _take_away(trace: Path) -> None:
    """A lab that starts meanwhile takes away what stands there, too."""
    try:
        trace.rmdir()
    except OSError as error:
        if error.errno not in GONE:
            raise


def _is_mine(path: Path) -> bool:
    """Anybody may lay a folder of that name, or a link to another one, where all of a machine keep such things."""
    return not path.is_symlink() and path.lstat().st_uid == os.geteuid()


def _folder(path: Path) -> Thing:
    files = [each for one in _ours(path) for each in (one, *one.rglob("*")) if each.is_file()]
    size = sum(each.stat().st_size for each in files)
    return Thing("data", str(path), str(path), size=size, lab="alive" if server_of(path) else "gone")


def _ours(path: Path) -> Iterator[Path]:
    for pattern in FILES:
        yield from (each for each in sorted(path.glob(pattern)) if each.is_file() or each.is_symlink())
    yield from (path / name for name in FOLDERS if (path / name).is_dir() and not (path / name).is_symlink())
