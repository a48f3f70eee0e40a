"""Variables in a compose file: ``$NAME``, ``${NAME}``, and with ``:-``, ``:?``, ``:+`` and a word; ``$$`` is one $."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_VARIABLE = re.compile(
    r"\$(?:(?P<dollar>\$)|(?P<bare>[A-Za-z_]\w*)|\{(?P<name>[A-Za-z_]\w*)(?:(?P<how>:?[-?+])(?P<word>[^{}]*))?\}|(?P<bad>))"
)


def interpolated(value: Any, known: Mapping[str, str]) -> Any:
    """Text in lists and mappings, too; keys stay.  Raises ValueError: a name is required, or it cannot be read."""
    if isinstance(value, str):
        return _VARIABLE.sub(lambda match: _one(match, known), value)
    if isinstance(value, list):
        return [interpolated(each, known) for each in value]
    if isinstance(value, dict):
        return {key: interpolated(each, known) for key, each in value.items()}
    return value


def _one(match: re.Match[str], known: Mapping[str, str]) -> str:
    if match["dollar"]:
        return "$"
    name = match["bare"] or match["name"]
    if not name:
        raise ValueError(f"{match.string[:60]!r}: what follows $ is no variable; $$ stands for $ itself")
    how, word, found = match["how"] or "", match["word"] or "", known.get(name)
    there = bool(found) if how.startswith(":") else found is not None
    match how[-1:]:
        case "-":
            return found if there and found is not None else word
        case "?" if not there:
            raise ValueError(f"{name} is required: {word or 'it is not set'}")
        case "+":
            return word if there else ""
    return found or ""
