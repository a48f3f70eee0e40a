"""Regular expressions of experiment files, matched in linear time: no pattern and no output can hold the lab up.

The syntax is RE2's: that of Python's ``re`` without looking around and without references back.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import re2

LONGEST = 1000  # characters
DEEPEST = 4  # {not = {any = [{matches = "…"}]}}


def _options() -> Any:
    options = re2.Options()
    options.log_errors = False
    return options


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> Any:
    return re2.compile(f"(?m){pattern}", _options())


def check_pattern(pattern: str) -> None:
    """Raises ValueError with what is wrong."""
    if len(pattern) > LONGEST:
        raise ValueError(f"a pattern has at most {LONGEST} characters")
    try:
        _compiled(pattern)
    except re2.error as error:
        said = error.args[0] if error.args else error
        words = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        raise ValueError(f"{pattern!r} is no pattern of RE2: {words}") from error


def check_patterns(value: Any, depth: int = 0) -> None:
    """The same for every pattern in a field's value."""
    if depth > DEEPEST:
        raise ValueError("it is nested too deeply")
    if isinstance(value, dict):
        if "matches" in value:
            check_pattern(str(value["matches"]))
        for each in value.values():
            check_patterns(each, depth + 1)
    elif isinstance(value, list):
        for each in value:
            check_patterns(each, depth + 1)


def is_in(pattern: str, text: str) -> bool:
    """Whether it matches somewhere; ``^`` and ``$`` are ends of lines."""
    return _compiled(pattern).search(text) is not None
