"""What came instead of what a lesson expected, in words: for the person beside the failed step, not for the journal."""

from __future__ import annotations

from typing import Any

NOTHING_CAME = {
    "stop_finished": "no stop came to its end",
    "target_exited": "it did not end",
    "kernel_signal": "the kernel told of no such signal",
    "engine_event": "the engine told of no such thing",
    "verdict": "there was no verdict",
}
_LONGEST = 200  # characters of what a program said


def in_words(name: str, value: Any) -> str:
    """One field of an event: "exit code 137", "SIGKILL ended it", "it took 10.1 s"; where nobody knew it, that."""
    match name, value:
        case ("exit_code", None):
            return "no exit code that anybody knows"
        case ("exit_code", int()):
            return f"exit code {value}"
        case ("killed", None):
            return "nobody knows whether SIGKILL ended it"
        case ("killed", bool()):
            return "SIGKILL ended it" if value else "SIGKILL did not end it"
        case ("took_s", int() | float()):
            return f"it took {value:.1f} s"
        case (_, None):
            return f"{_plain(name)} unknown"
        case (_, bool()):
            return _plain(name) if value else f"not {_plain(name)}"
    return f"{_plain(name)} {str(value)[:_LONGEST]}"


def _plain(name: str) -> str:
    return name.replace("_", " ")
