"""A recording from somewhere else, read line by line: nothing in it is trusted, and all of it or nothing is taken.

A line is one event of the closed union and is stored as that, not as it was written; what belongs to no kind, has a
number out of order, or is about another run is refused with the number of its line.  Runs and targets are renamed on
the way in (``r12.main`` becomes ``i3.main``), so that no name in it can ever be that of something alive here.  The
events keep their numbers: verdicts point at them.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from app.errors import BadLine, BadRequest
from app.events import AnyEvent, from_dict, to_json
from app.targets import NAME, target_id

MAX_BYTES = 32 * 2**20  # of a file: 8 MiB of output are at most some 25 MiB of JSON, and are then cut
MAX_LINES = 200_000
MAX_LINE = 2**20  # bytes
MAX_TARGETS = 64
LARGEST = 2**53  # what a browser counts exactly
OF_NO_RUN = frozenset({"lab_started", "kernel_trial", "source_lost", "source_back", "build_progress"})
MASKS = frozenset({"blocked", "ignored", "caught", "pending", "waited", "signalfd", "signals"})
MASK = re.compile(r"[0-9a-f]{16}")
SURROGATE = re.compile("[\ud800-\udfff]")
RUN = re.compile(r"[a-z][0-9]{1,18}")
BEGIN, END = b'<script type="application/jsonl" id="events">', b"</script>"  # in templates/report.html


@dataclass(frozen=True, slots=True)
class Row:
    """One event as it is stored; ``data`` is its JSON without the number."""

    id: int
    kind: str
    own: bool  # of the run; else of the lab, meanwhile
    data: str


def imported_rows(file: bytes, name: str) -> list[Row]:
    """The events of an export, or of a report, as those of the run ``name``.  Raises BadRequest, BadLine."""
    reading = _Reading(name)
    rows = []
    for number, line in _lines(file):
        try:
            rows.append(reading.row(line))
        except _Refused as why:
            raise BadLine(f"line {number}: {why}") from None
    if reading.run is None:
        raise BadRequest("there is no run in this file", hint="Take the export (JSON Lines) or the report of a run.")
    return rows


def _lines(file: bytes) -> Iterator[tuple[int, bytes]]:
    """Lines that hold something, with their numbers in the file."""
    file = file.removeprefix(b"\xef\xbb\xbf")
    first = 1
    if file.lstrip()[:14].lower() == b"<!doctype html":
        before, found, rest = file.partition(BEGIN)
        if not found:
            raise BadRequest("this page is no report of a run", hint="Take the file that “Report” gives.")
        first, file = 1 + before.count(b"\n"), rest.partition(END)[0]
    if file.count(b"\n") > MAX_LINES:
        raise BadRequest(f"the file has more than {MAX_LINES} lines", hint="No run is that long: events have a budget.")
    for number, line in enumerate(file.split(b"\n"), first):
        if line.strip():
            yield number, line


class _Refused(Exception):
    """Why a line is not taken."""


class _Reading:
    """What is known of the file so far."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.run: str | None = None  # its name in the file
        self._targets: dict[str, str] = {}  # their names here
        self._last = 0

    def row(self, line: bytes) -> Row:
        given = _parsed(line)
        number, kind = given.pop("id", None), given.get("kind")
        if not isinstance(number, int) or isinstance(number, bool) or not self._last < number < LARGEST:
            raise _Refused("its id is not a number above that of the event before")
        _check(given)
        event = _event(kind, given)
        self._last = number
        return Row(number, event.kind, event.run is not None, self._renamed(event))

    def _renamed(self, event: AnyEvent) -> str:
        changed: dict[str, Any] = {}
        if event.kind == "run_created":
            changed["targets"] = self._created(event)
        if event.run is None:
            if event.kind not in OF_NO_RUN or event.target is not None:
                raise _Refused(f"{event.kind} belongs to no run")
        elif event.run != self.run:
            raise _Refused("it is about another run" if self.run else "it comes before its run_created")
        else:
            changed["run"] = self._name
        if event.target is not None:
            if event.target not in self._targets:
                raise _Refused("it is about a target that its run has not")
            changed["target"] = self._targets[event.target]
        return to_json(event.model_copy(update=changed))

    def _created(self, event: Any) -> tuple[Any, ...]:
        if self.run is not None:
            raise _Refused("there is a second run_created")
        if event.run is None or not RUN.fullmatch(event.run):
            raise _Refused("its run has no name such as r12")
        if len(event.targets) > MAX_TARGETS:
            raise _Refused(f"there are more than {MAX_TARGETS} targets")
        for each in event.targets:
            if not NAME.fullmatch(each.name) or each.id != target_id(event.run, each.name) or each.id in self._targets:
                raise _Refused("its targets are not named as targets of a run are")
            self._targets[each.id] = target_id(self._name, each.name)
        self.run = event.run
        return tuple(each.model_copy(update={"id": self._targets[each.id]}) for each in event.targets)


def _parsed(line: bytes) -> dict[str, Any]:
    if len(line) > MAX_LINE:
        raise _Refused(f"it is longer than {MAX_LINE} bytes")
    try:
        given = json.loads(line.decode())
    except (ValueError, RecursionError):
        raise _Refused("it is not JSON in UTF-8") from None
    if not isinstance(given, dict):
        raise _Refused("it is not an object")
    return given


def _check(value: Any, name: str = "", depth: int = 0) -> None:
    """What the types of events leave open, and a page that computes with it does not."""
    if depth > 8:
        raise _Refused("it is nested too deeply")
    match value:
        case dict():
            for key, each in value.items():
                _check(key)
                _check(each, key, depth + 1)
        case list():
            for each in value:
                _check(each, "", depth + 1)
        case bool():
            pass
        case int() | float() if not (math.isfinite(value) and abs(value) <= LARGEST):
            raise _Refused("it holds a number that is too large")
        case str() if not value.isascii() and SURROGATE.search(value):
            raise _Refused("it holds text that is no Unicode")
        case str() if name in MASKS and not MASK.fullmatch(value):
            raise _Refused(f"{name} is not a mask of 16 hexadecimal digits")


def _event(kind: Any, given: dict[str, Any]) -> AnyEvent:
    """Stored events are what is read back, so what is made of it must be readable again."""
    try:
        event = from_dict(kind, given)
        again = json.loads(to_json(event))
        _check(again)
        return from_dict(kind, again)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"][1:])
        raise _Refused(f"{where or 'the event'}: {first['msg']}"[:200]) from None
    except (KeyError, TypeError, ValueError):
        raise _Refused("its kind is none that the lab has") from None
