"""Who sent a signal: from the thread that ran when it was sent to a process and its name.

The kernel's record has no name of the sender, and a sender like ``runc`` lives for milliseconds.  So its name is asked
for at once in /proc, and where it has gone already, in the kernel's own list of names (``saved_cmdlines``), which a
program's name could upset (it may hold newlines): where that list has two answers, there is none.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.probe.files import ProcFiles, status_field

KEPT = 512


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

    def of(self, tid: int, member_pid: int | None, born_as: str = "") -> Sender:
        """The sender of that thread; pid 0 is the kernel by itself (an interrupt while nobody ran).

        ``born_as`` is what the kernel called a process of a target when it was last told of: one that lives for a
        moment has gone before anybody could ask /proc.
        """
        if tid == 0:
            return Sender(None, None)
        status = self._files.read(tid, "status")
        if status is None:
            return self._gone(tid, member_pid, born_as)
        pid = int(status_field(status, b"Tgid") or tid)
        comm = (self._files.read(pid, "comm") or b"").decode("utf-8", "replace").removesuffix("\n")
        found = Sender(pid, comm or None, member_pid is not None)
        self._known[tid] = found
        self._known.move_to_end(tid)
        if len(self._known) > KEPT:
            self._known.popitem(last=False)
        return found

    def _gone(self, tid: int, member_pid: int | None, born_as: str) -> Sender:
        if known := self._known.get(tid):
            return known
        return Sender(member_pid or tid, self._saved(tid) or born_as or None, member_pid is not None)

    def _saved(self, tid: int) -> str | None:
        if self._tracefs is None:
            return None
        with suppress(OSError):
            raw = (self._tracefs / "saved_cmdlines").read_bytes()
            names = set(re.findall(rb"(?m)^%d (.*)$" % tid, raw))
            if len(names) == 1:
                return bytes(names.pop()).decode("utf-8", "replace")
        return None
