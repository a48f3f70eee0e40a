"""The kernel's ring buffer as records: pages of ``trace_pipe_raw``, read by the kernel's own format files.

Binary on purpose.  The text of ``trace_pipe`` carries names that a program chose for itself (prctl(2) takes newlines
too), and nothing in it tells a name from a field; here a name has a place and a length of its own, so no name can forge
a line.  Layout of a page: include/linux/ring_buffer.h, and ``events/header_page`` in tracefs.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

PADDING, TIME_EXTEND, TIME_STAMP = 29, 30, 31
MISSED, MISSED_STORED = 1 << 31, 1 << 30
DELTA_BITS = 27
_FIELD = re.compile(
    r"field:(?P<what>[^;]+);\s*offset:(?P<offset>\d+);\s*size:(?P<size>\d+);\s*signed:(?P<signed>[01]);"
)
_INTEGER = {1: "b", 2: "h", 4: "i", 8: "q"}


@dataclass(frozen=True, slots=True)
class Format:
    """One event's layout: how to take a field out of its bytes."""

    id: int
    fields: dict[str, tuple[int, str]]  # name → offset, struct code; "s" stands for text of a fixed length

    def reader(self, *names: str) -> Callable[[bytes], tuple[int, ...]]:
        """A function from an event's bytes to the values of these fields.  Raises KeyError: this kernel has no such."""
        places = [(offset, struct.Struct("=" + code)) for offset, code in (self.fields[name] for name in names)]
        return lambda data: tuple(code.unpack_from(data, offset)[0] for offset, code in places)

    def text(self, data: bytes, name: str) -> str:
        """A name, as the program wrote it; what is no UTF-8 becomes U+FFFD."""
        offset, code = self.fields[name]
        raw = data[offset : offset + int(code[:-1])]
        return raw.split(b"\0", 1)[0].decode("utf-8", "replace")


def parse_format(text: str) -> Format:
    """From the text of a tracefs ``format`` file.  Fields of no plain shape (``__data_loc``) are left out."""
    fields: dict[str, tuple[int, str]] = {}
    for found in _FIELD.finditer(text):
        what, size = found["what"].strip(), int(found["size"])
        name = what.split()[-1]
        if what.startswith("__data_loc"):
            continue
        if array := re.fullmatch(r"(\w+)\[\d+\]", name):
            fields[array[1]] = (int(found["offset"]), f"{size}s")
        elif size in _INTEGER:
            code = _INTEGER[size]
            fields[name] = (int(found["offset"]), code if found["signed"] == "1" else code.upper())
    number = re.search(r"^ID: (\d+)", text, re.MULTILINE)
    if number is None:
        raise ValueError("not a format file")
    return Format(int(number[1]), fields)


@dataclass(frozen=True, slots=True)
class Raw:
    """One event before anything is known about it; ``missed`` stands for so many that the buffer had no room for."""

    at_ns: int
    data: bytes
    missed: int = 0


def parse_page(page: bytes) -> Iterator[Raw]:
    """The events of one page, in order.

    ``missed`` is −1 where some were lost and the kernel does not say how many.
    """
    if len(page) < 16:
        return
    now, commit = struct.unpack_from("=QQ", page)
    end = 16 + (commit & 0xFFFFF)
    if commit & MISSED:
        stored = commit & MISSED_STORED and end + 8 <= len(page)
        yield Raw(now, b"", struct.unpack_from("=Q", page, end)[0] if stored else -1)
    at = 16
    while at + 4 <= min(end, len(page)):
        (head,) = struct.unpack_from("=I", page, at)
        kind, delta = head & 31, head >> 5
        at += 4
        if kind == PADDING:
            if not delta:
                return  # the rest of the page is empty
            (size,) = struct.unpack_from("=I", page, at)
            now, at = now + delta, at + size
        elif kind in (TIME_EXTEND, TIME_STAMP):
            (high,) = struct.unpack_from("=I", page, at)
            whole = delta | high << DELTA_BITS
            # An absolute stamp has 59 bits: the top five are those of the page's.
            now = now + whole if kind == TIME_EXTEND else whole | now >> 59 << 59
            at += 4
        else:
            size = kind * 4
            start = at
            if not kind:
                (size,) = struct.unpack_from("=I", page, at)  # counts its own four bytes
                start = at + 4
            now += delta
            yield Raw(now, page[start : at + size])
            at += size
