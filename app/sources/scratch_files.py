"""Scratch files of a run: small files that a lesson edits.

A person may edit one on the page or with an editor of their own: the file is looked at, and a new text is a
``file_written``, whoever wrote it.  There is no inotify in the standard library; a look is one ``stat`` a file.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import anyio

from app.errors import BadRequest
from app.event_acts import FileWritten
from app.hosts.base import Record, Spec

EVERY_S = 0.3
LIMIT = 16 * 1024  # bytes of one file
SOMEBODY = "an editor"


def make_folder(scratch: Path, run: str, files: Mapping[str, str]) -> Path:
    """A folder of the run's own with its files in it.  Others may read it: a target may run as another user."""
    folder = scratch / run
    folder.mkdir(parents=True, mode=0o755)
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def clear(scratch: Path, keep: set[str]) -> None:
    """Remove what an earlier server left there, but the folders of these runs."""
    for folder in scratch.glob("*"):
        if folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)


def placed(spec: Spec, folder: Path) -> Spec:
    """The spec with ``{files}`` replaced by the folder."""

    def put(text: str) -> str:
        return text.replace("{files}", str(folder))

    process = spec.process
    return spec.model_copy(
        update={
            "command": tuple(put(word) for word in spec.command),
            "process": process.model_copy(
                update={
                    "cwd": put(process.cwd) if process.cwd else None,
                    "env": {name: put(value) for name, value in process.env.items()},
                }
            ),
        }
    )


def write(folder: Path, name: str, text: str) -> None:
    """Replace a file in one moment, so that nobody reads half of it.  Raises BadRequest when it is too long."""
    data = text.encode()
    if len(data) > LIMIT:
        raise BadRequest(f"{name} may have {LIMIT // 1024} KiB", hint="A scratch file is for a few lines.")
    fd, temporary = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
    with os.fdopen(fd, "wb") as file:
        file.write(data)
    Path(temporary).chmod(0o644)
    Path(temporary).rename(folder / name)


async def watch_files(run: str, folder: Path, files: dict[str, str], record: Record) -> None:
    """Report what somebody else has written, until cancelled.  ``files``: what is known of them."""
    seen: dict[str, tuple[int, int, int]] = {}
    while True:
        for name, known in list(files.items()):
            path = folder / name
            try:
                stat = path.stat()
                mark = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
                if seen.get(name) == mark:
                    continue
                with path.open("rb") as file:
                    text = file.read(LIMIT).decode("utf-8", "replace")
            except OSError:
                continue  # an editor replaces it just now
            seen[name] = mark
            if text != known and files[name] == known:
                files[name] = text
                await record(FileWritten(run=run, author="person", name=name, text=text, by=SOMEBODY))
        await anyio.sleep(EVERY_S)
