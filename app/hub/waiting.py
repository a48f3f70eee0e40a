"""What has its number and is not stored yet, in the order of the numbers; bounded while nothing can be stored.

Output is left out first, the oldest first, and counted: in the place of the last piece that is left out stands an
``output`` that says how many bytes are missing there.  Then what the witnesses said; what a person asked for and how
things began and ended goes last.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from app.errors import Ending
from app.events import AnyEvent, Output, to_json
from app.journal import Row

LIMIT_BYTES = 7 * 2**20  # beside a batch that is on its way
BATCH, BATCH_BYTES = 500, 2**20
ENTRY_BYTES = 400  # of an event beside its text
# There is more of it.  What is not here goes last: a test has those kinds, too.
OF_WITNESSES = frozenset(
    {"kernel_signal", "oom_victim", "forecast", "stop_forecast", "process_changed", "http_progress", "build_progress"}
    | {"process_appeared", "process_gone", "engine_event", "exec_finished", "http_finished", "file_written"}
)


@dataclass(slots=True)
class Entry:
    """``done``: gets the number once it is stored, or at once while nothing can be."""

    row: Row
    event: AnyEvent
    done: asyncio.Future[int]
    left_out: int = 0  # bytes of output that it stands for

    @property
    def size(self) -> int:
        return len(self.row.data) + ENTRY_BYTES

    def settle(self) -> None:
        if not self.done.done():
            self.done.set_result(self.row.id)

    def fail(self, error: BaseException) -> bool:
        """Whether somebody hears it."""
        if self.done.done():
            return False
        self.done.set_exception(error)
        return True


class Waiting:
    def __init__(self) -> None:
        self._entries: deque[Entry] = deque()
        self.bytes = 0
        self.dropped = 0  # events since nothing could be stored

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, entry: Entry) -> None:
        self._entries.append(entry)
        self.bytes += entry.size

    def batch(self) -> list[Entry]:
        """The next ones; they are on their way and wait here no longer."""
        found: list[Entry] = []
        size = 0
        while self._entries and len(found) < BATCH and size < BATCH_BYTES:
            entry = self._entries.popleft()
            size += entry.size
            found.append(entry)
        self.bytes -= size
        return found

    def put_back(self, entries: list[Entry]) -> None:
        self._entries.extendleft(reversed(entries))
        self.bytes += sum(entry.size for entry in entries)

    def settle_all(self) -> None:
        for entry in self._entries:
            entry.settle()

    def give_up(self) -> None:
        """None of it will be stored: whoever waits is told."""
        for entry in self._entries:
            if entry.fail(Ending()):
                entry.done.exception()  # heard, also where the caller has left
        self._entries.clear()

    def shrink(self) -> None:
        """Leave out what is worth least where it is over the limit; some more, so that it is not done often."""
        if self.bytes <= LIMIT_BYTES:
            return
        room = LIMIT_BYTES * 3 // 4
        self._leave_out(lambda entry: entry.event.kind == "output", room)
        self._leave_out(lambda entry: entry.event.kind in OF_WITNESSES, room)
        self._leave_out(lambda _entry: True, room)

    def _leave_out(self, worth_least: Callable[[Entry], bool], room: int) -> None:
        if self.bytes <= room:
            return
        kept: list[Entry | None] = []
        stubs: dict[str | None, int] = {}  # by target: where the last piece of its output stood that was left out
        for entry in self._entries:
            if self.bytes <= room or not worth_least(entry):
                kept.append(entry)
                continue
            self.bytes -= entry.size
            self.dropped += 1
            entry.settle()
            if isinstance(entry.event, Output):
                at = stubs.get(entry.event.target)
                before = None if at is None else kept[at]
                if at is not None and before is not None:
                    kept[at] = None
                    self.bytes -= before.size
                stub = self._stub(entry, before)
                stubs[entry.event.target] = len(kept)
                kept.append(stub)
                self.bytes += stub.size
        self._entries = deque(entry for entry in kept if entry is not None)

    def _stub(self, entry: Entry, before: Entry | None) -> Entry:
        event = entry.event
        assert isinstance(event, Output)
        bytes_ = entry.left_out or len(event.text.encode()) + (event.left_out or 0)
        left_out = bytes_ + (before.left_out if before else 0)
        if entry.left_out:
            self.dropped -= 1  # it stood for others that are counted
        said = event.model_copy(update={"text": "", "left_out": left_out})
        row = Row(entry.row.id, entry.row.run, entry.row.kind, to_json(said))
        return Entry(row, said, entry.done, left_out)
