"""What a check says of what it waits for, and of what it does not do."""

from __future__ import annotations

FENCE = (
    "It ran under the lab's fence: no network, no capabilities, 256 MiB, no mounts. "
    "--cap-add default, --memory and -e may give what it needs."
)
AT_ONCE = "stop_grace_period is 0: compose kills it about at once"
NEITHER = "it has neither an image nor a build"


def waited_until(*, log: str | None, http: tuple[int, str] | None, port: int | None, settle_s: float) -> str:
    """After "it was waited until".  ``http``: a port and a path."""
    parts = []
    if log is not None:
        parts.append(f"it prints /{log}/")
    if http is not None:
        parts.append(f"GET :{http[0]}{http[1]} answers with 2xx or 3xx")
    if port is not None:
        parts.append(f"it listens on port {port}")
    if settle_s or not parts:
        parts.append(f"{settle_s:g} s have passed")
    return ", and ".join(parts)


def to_be_built(image: str) -> str:
    return f"its image {image} is to be built, and the check builds nothing"


def not_used(key: str) -> str:
    return f"{key} is not used: it runs alone, under the lab's fence"


def hook_without(keys: list[str]) -> str:
    return f"pre_stop: {', '.join(keys)} of a hook is not used"


# What is wrong with one that is not ready yet.
UNPUBLISHED = "its port is not published"
CLOSED_AT_ONCE = "the connection is closed at once"


def no_answer(error: object) -> str:
    return f"no answer: {error}"


def answers_with(status: int) -> str:
    return f"it answers with {status}"


def no_connection(error: object) -> str:
    return f"no connection: {error}"
