"""Who sent a signal, where it is no process of a target: from the thread that ran to a process and its name.

The kernel's record has no name of the sender, and a sender like ``runc`` lives for milliseconds.  So its name is asked
for at once in /proc, and where it has gone already, in the kernel's own list of names (``saved_cmdlines``), which a
program's name could upset (it may hold newlines): where that list has two answers, there is none.
"""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.probe.files import ProcFiles, status_field

KEPT = 512
NAMES_S = 0.005


@dataclass(frozen=True, slots=True)
class Sender:
    """``pid`` and ``comm`` of the process that ran; None where nobody knows.  ``member``: of the same lab's targets."""

    pid: int | None
    comm: str | None
    member: bool = False


class Senders:
    def __init__(self, files: ProcFiles, tracefs: Path | None = None) -> None:
        self._files, self._tracefs = files, tracefs
        self._known: OrderedDict[int, Sender] = OrderedDict()
        self._just_now: dict[int, Sender] = {}
        self._names, self._names_until = b"", 0.0  # the kernel's file of them; some 2 ms to read

    def look_again(self) -> None:
        """A tid may be somebody else by now: what was read of it counts only until this is called."""
        self._just_now.clear()
        self._names_until = 0.0

    def of(self, tid: int) -> Sender:
        """The sender of that thread; pid 0 is the kernel by itself (an interrupt while nobody ran)."""
        if tid == 0:
            return Sender(None, None)
        if known := self._just_now.get(tid):
            return known
        status = self._files.read(tid, "status")
        if status is None:
            return self._gone(tid)
        pid = int(status_field(status, b"Tgid") or tid)
        comm = (self._files.read(pid, "comm") or b"").decode("utf-8", "replace").removesuffix("\n")
        if not comm:  # it went between the two reads
            return self._gone(tid)
        found = self._known[tid] = self._just_now[tid] = Sender(pid, comm)
        self._known.move_to_end(tid)
        if len(self._known) > KEPT:
            self._known.popitem(last=False)
        return found

    def _gone(self, tid: int) -> Sender:
        if known := self._known.get(tid):
            return known
        # One that goes may signal hundreds: its orphaned process groups.
        found = self._just_now[tid] = Sender(tid, self._saved(tid))
        return found

    def _names_of(self, tid: int) -> set[bytes]:
        return set(re.findall(rb"(?m)^%d (.*)$" % tid, self._names))

    def _saved(self, tid: int) -> str | None:
        if self._tracefs is None:
            return None
        with suppress(OSError):
            found = self._names_of(tid) if time.monotonic() < self._names_until else set()
            if not found:  # the kernel writes a name down when its process is switched from: it may just have been
                self._names = (self._tracefs / "saved_cmdlines").read_bytes()
                self._names_until = time.monotonic() + NAMES_S
                found = self._names_of(tid)
            if len(found) == 1:
                return bytes(found.pop()).decode("utf-8", "replace")
        return None
