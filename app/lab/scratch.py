"""The scratch files of a run: their folder, and how they are written; what others write is seen by `sources`."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from app.errors import BadRequest, CannotStore
from app.hosts.base import Spec
from app.sources.scratch_files import FILE_BYTES


def make_folder(scratch: Path, run: str, files: Mapping[str, str]) -> Path:
    """A folder of the run's own with its files in it.  Others may read it: a target may run as another user."""
    folder = scratch / run
    try:
        folder.mkdir(parents=True, mode=0o755)
        for name, text in files.items():
            if name in (".", "..") or "/" in name or "\0" in name:
                raise BadRequest(f"{name[:80]!r} is no name of a file in the run's folder")
            (folder / name).write_text(text)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise CannotStore(f"the files of {run} cannot be written: {error.strerror}") from error
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def clear(scratch: Path) -> None:
    """Remove what an earlier server left there."""
    shutil.rmtree(scratch, ignore_errors=True)


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
    if len(data) > FILE_BYTES:
        raise BadRequest(f"{name} may have {FILE_BYTES // 1024} KiB", hint="A scratch file is for a few lines.")
    fd, temporary = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
    with os.fdopen(fd, "wb") as file:
        file.write(data)
    Path(temporary).chmod(0o644)
    Path(temporary).rename(folder / name)
