"""What a rehearsal showed, in a sentence or two."""

from __future__ import annotations

from app.events.parts import Advice, Fence, RehearsalLane
from app.verdict.diagnosis import seconds

FENCE = "It may need what a copy does not have."
NOT_STARTED = "It could not be started."
OPEN = "A fenced copy has no network and no capabilities; --fence docker gives it the engine's usual ones."


def words(before: RehearsalLane, advice: Advice | None, after: RehearsalLane | None) -> str:
    """``after``: None: there was no second copy."""
    if before.result == "held":
        return f"As it is: {_came(before)}. The stop holds, and there is nothing to mend."
    if before.result == "unknown":
        return f"It could not be told. {before.text}"
    if after is None:
        return f"As it is: {_came(before)}. {_not_tried(advice)}"
    result = {
        "held": "That holds.",
        "not_clean": "In time, but not clean.",
        "not_held": "That does not hold, either.",
        "unknown": after.text,
    }[after.result]
    return f"As it is: {_came(before)}. With what would help: {_came(after)}. {result}"


def _came(lane: RehearsalLane) -> str:
    """``SIGKILL after 10.0 s, exit code 137``."""
    if lane.result == "unknown":
        return "it could not be told"
    took = "" if lane.took_s is None else f" after {seconds(lane.took_s)}"
    ended = f"SIGKILL{took}" if lane.killed else f"it left{took}"
    code = "an unknown exit code" if lane.exit_code is None else f"exit code {lane.exit_code}"
    return f"{ended}, {code}"


def _not_tried(advice: Advice | None) -> str:
    if advice is None:
        return "Nothing seen says what would help."
    return f"What would help is in the program, its script or its image, so no copy can show it: {advice.text}"


def ended_before(code: int | None, without: tuple[str, ...], fence: Fence) -> str:
    """For a copy that did not live until it was stopped."""
    ended = "It ended by itself" if code is None else f"It ended by itself with {code}"
    lacks = f" {FENCE} It was without {', '.join(without)}." if without else ""
    fenced = f" {OPEN}" if fence == "fenced" and code != 0 else ""
    return f"{ended} before it was stopped.{lacks}{fenced}"
