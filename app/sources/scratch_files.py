"""What somebody else writes into a run's scratch files: small files that a lesson edits.

A person may edit one on the page or with an editor of their own: the file is looked at, and a new text is a
``file_written``, whoever wrote it.  There is no inotify in the standard library; a look is one ``stat`` a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import anyio

from app.events.lesson import FileWritten
from app.events.record import Record
from app.sources.base import Source

EVERY_S = 0.3
FILE_BYTES = 16 * 1024  # bytes of one file
SOMEBODY = "an editor"


@dataclass(frozen=True, slots=True)
class ScratchFiles(Source):
    """``files``: what is known of them, by name; what somebody else has written is known from then on."""

    run: str
    folder: Path
    files: dict[str, str]

    async def report(self, record: Record, /) -> None:
        """Until cancelled."""
        seen: dict[str, tuple[int, int, int]] = {}
        while True:
            for name, known in list(self.files.items()):
                path = self.folder / name
                try:
                    stat = path.stat()
                    mark = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
                    if seen.get(name) == mark:
                        continue
                    with path.open("rb") as file:
                        text = file.read(FILE_BYTES).decode("utf-8", "replace")
                except OSError:
                    continue  # an editor replaces it just now
                seen[name] = mark
                if text != known and self.files[name] == known:
                    self.files[name] = text
                    await record(FileWritten(run=self.run, author="person", name=name, text=text, by=SOMEBODY))
            await anyio.sleep(EVERY_S)
