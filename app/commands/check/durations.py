"""Durations as people and compose files write them: ``3s``, ``500ms``, ``1m30s``, ``2h``, and plain seconds."""

from __future__ import annotations

import re

LONGEST_S = 3600.0
_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6}
_PART = re.compile(r"(\d{1,7}(?:\.\d{1,6})?)(ms|us|µs|h|m|s)", re.ASCII)
_PLAIN = re.compile(r"\d{1,7}(?:\.\d{1,6})?", re.ASCII)


def parse_duration(text: str) -> float:
    """Seconds.  Raises ValueError with what was expected."""
    word = text.strip()[:40]
    if _PLAIN.fullmatch(word):
        return float(word)
    found = list(_PART.finditer(word))
    if not word or "".join(each[0] for each in found) != word:
        raise ValueError(f"{text[:40]!r} is no duration: such as 3s, 500ms, 1m30s, or plain seconds")
    units = [_UNITS[each[2]] for each in found]
    if sorted(set(units), reverse=True) != units:
        raise ValueError(f"{text[:40]!r} is no duration: the larger unit comes first, and each once")
    return sum(float(each[1]) * _UNITS[each[2]] for each in found)


def bounded(text: str, *, least_s: float = 0.0) -> float:
    """The same, from ``least_s`` to an hour.  Raises ValueError."""
    found = parse_duration(text)
    if not least_s <= found <= LONGEST_S:
        raise ValueError(f"{text[:40]!r} is out of bounds: from {least_s:g} s to an hour")
    return found
