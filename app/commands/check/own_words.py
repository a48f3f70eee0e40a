"""What a service of a compose file says of its own check, under ``x-signal-lab``, which compose passes over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.commands.check.flags import CheckFlags

OWN = "x-signal-lab"
OWN_FLAGS = (
    *("ready-log", "ready-http", "ready-port", "settle", "ready-within"),
    *("within", "expect-exit", "signal", "cap-add"),
)
_READY = ("ready_log", "ready_http", "ready_port", "settle")


def own_flags(given: Any, flags: CheckFlags) -> CheckFlags:
    """The flags for one service: what it says of itself counts, else the command line.  Raises ValueError."""
    if given is None:
        return flags
    if not isinstance(given, dict):
        raise ValueError(f"{OWN}: it is no mapping")
    if unknown := set(map(str, given)) - set(OWN_FLAGS):
        expected = ", ".join(OWN_FLAGS)
        raise ValueError(f"{OWN}: {', '.join(sorted(unknown))}: expected one of {expected}")
    said: dict[str, Any] = {str(name).replace("-", "_"): str(value) for name, value in given.items()}
    if "ready_port" in said:
        if not isinstance(given["ready-port"], int):
            raise ValueError(f"{OWN}: ready-port: {given['ready-port']!r} is no port")
        said["ready_port"] = given["ready-port"]
    if "cap_add" in said:
        value = given["cap-add"]
        said["cap_add"] = tuple(map(str, value)) if isinstance(value, list) else (str(value),)
    if any(name in said for name in _READY):  # one sign of readiness takes the place of another
        said = {**dict.fromkeys(_READY), **said}
    return replace(flags, **said)
