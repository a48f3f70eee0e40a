"""Secrets on a shared screen: what looks like one in a command line is masked before it is recorded.  Leaf module.

It cannot know a secret that does not say that it is one; it does know the usual names, and what stands before the @ of
an address.  Patterns are RE2's: a command line may be as long as it likes and is read once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import re2

MASK = "•••"
_HINTS = ("passw", "passphrase", "secret", "token", "key", "credential", "bearer", "basic", "://")
_KEY = r"(?:api|private|access|secret|encryption|signing|ssh)[_-]?key"
_NAME = rf"[\w.-]*(?:passw(?:or)?d|passphrase|secret|token|{_KEY}|credentials?)[\w.-]*"
_FLAG_NAME = rf"(?:{_NAME}|[\w.-]*key[\w.-]*)"
_VALUE = r"""(?:"[^"]+"|'[^']+'|[^\s"'&;|]+)"""
_GIVEN: Any = re2.compile(rf"(?i)({_NAME}\s?[=:]\s?){_VALUE}")
_FLAG: Any = re2.compile(rf"(?i)-{{1,2}}{_FLAG_NAME}")
_FLAG_GIVEN: Any = re2.compile(rf"(?i)((?:^|\s)-{{1,2}}{_FLAG_NAME}=){_VALUE}")
_FLAG_IN_LINE: Any = re2.compile(rf"""(?i)((?:^|\s)-{{1,2}}{_FLAG_NAME}\s+)(?:"[^"]+"|'[^']+'|[^\s"'-][^\s"']*)""")
_BEARER: Any = re2.compile(r"(?i)\b((?:bearer|basic)\s+)[\w.~+/=-]{6,}")
_ADDRESS: Any = re2.compile(r"""(?i)(\b[a-z][a-z0-9+.-]*://)[^\s/?#'"]+@""")


def _may_hold_one(text: str) -> bool:
    low = text.lower()
    return any(hint in low for hint in _HINTS)


def _masked(text: str) -> str:
    text = str(_ADDRESS.sub(lambda found: f"{found[1]}{MASK}@", text))
    for pattern in (_GIVEN, _FLAG_GIVEN, _BEARER):
        text = pattern.sub(_mask, text)
    return text


def _mask(found: Any) -> str:
    """As a function: this wrapper of RE2 takes a replacement in text for Latin-1."""
    return f"{found[1]}{MASK}"


def masked_words(words: Sequence[str]) -> tuple[str, ...]:
    """An argv: ``--password x``, ``--token=x``, ``NAME_SECRET=x``, ``Bearer x``, ``://x@``; also in a script in it."""
    found = [masked_line(word) for word in words]
    for at, word in enumerate(words[1:], 1):
        before = words[at - 1]
        if not word.startswith("-") and before.startswith("-") and _may_hold_one(before) and _FLAG.fullmatch(before):
            found[at] = MASK
    return tuple(found)


def masked_line(line: str) -> str:
    """The same for a command line as a person would type it."""
    if not _may_hold_one(line):
        return line
    try:
        return str(_FLAG_IN_LINE.sub(_mask, _masked(line)))
    except UnicodeEncodeError:  # half of a surrogate pair: it cannot be recorded, and whoever records it is told
        return line
