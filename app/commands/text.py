"""Times and small words for the terminal, the same as on the page (``static/js/words/text.js``)."""

from __future__ import annotations

import re

# CSI … final; OSC … BEL or ST; two-character escapes; then what is left of the controls, but for tab and line feed
_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]"
)


def plain(text: str) -> str:
    """Terminal output as plain words: no escapes, no controls but tab and line feed."""
    return _ESCAPES.sub("", re.sub(r"\r\n?", "\n", text))


def seconds(took_s: float | None) -> str:
    """ "3.1 s", "0.15 s", "131 s"; what nobody measured is said to be unknown."""
    if took_s is None:
        return "unknown time"
    return f"{took_s:.{2 if took_s < 0.995 else 1 if took_s < 99.95 else 0}f} s"


def exited_with(code: int | None) -> str:
    return "ended, exit code unknown" if code is None else f"exited with {code}"


def timeout_words(timeout_s: int) -> str:
    return "no timeout" if timeout_s < 0 else f"timeout {timeout_s} s"


def who_did(by: str) -> str:
    """ "driver" and "lab" are roles, anything else is the name of a program's token."""
    return f"the {by}" if by in ("driver", "viewer", "lab") else by


def short(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def name_for(comm: str) -> str:
    """What a process calls itself, on one line."""
    return " ".join(plain(comm).split()) or "a process"
