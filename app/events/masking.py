"""Secrets on a shared screen: what looks like one in a command line is masked before it is recorded.  Leaf module.

It cannot know a secret that does not say that it is one; it does know the usual names, and passwords in addresses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

MASK = "•••"
_NAME = r"[\w.-]*(?:passw(?:or)?d|passphrase|secret|token|(?:api|private|access)[_-]?key|credentials?)[\w.-]*"
_GIVEN = re.compile(rf"(?i)({_NAME}\s?[=:]\s?)(?:\"[^\"]+\"|'[^']+'|[^\s\"'&;|]+)")
_FLAG = re.compile(rf"(?i)-{{1,2}}{_NAME}")
_FLAG_IN_LINE = re.compile(rf"(?i)((?:^|\s)-{{1,2}}{_NAME}\s+)(?:\"[^\"]+\"|'[^']+'|[^\s\"'-][^\s\"']*)")
_BEARER = re.compile(r"(?i)\b((?:bearer|basic)\s+)[\w.~+/=-]{6,}")
_ADDRESS = re.compile(r"(?i)(\b[a-z][a-z0-9+.-]*://[^\s/:@]*:)[^\s/@]+(?=@)")


def _masked(text: str) -> str:
    for pattern in (_GIVEN, _BEARER, _ADDRESS):
        text = pattern.sub(rf"\1{MASK}", text)
    return text


def masked_words(words: Sequence[str]) -> tuple[str, ...]:
    """An argv: ``--password x``, ``--token=x``, ``NAME_SECRET=x``, ``Bearer x``, ``://user:x@``; in ``sh -c`` too."""
    found = [masked_line(word) if " " in word else _masked(word) for word in words]  # the text of sh -c is a line
    for at, word in enumerate(words[1:], 1):
        if _FLAG.fullmatch(words[at - 1]) and not word.startswith("-"):
            found[at] = MASK
    return tuple(found)


def masked_line(line: str) -> str:
    """The same for a command line as a person would type it."""
    return _FLAG_IN_LINE.sub(rf"\1{MASK}", _masked(line))
