"""The forecast of a stop where there is nobody to make it from."""

from __future__ import annotations

from app.verdict.stop import StopSaid

OPEN = "Nobody can tell"


def nobody_seen(missing: str) -> StopSaid:
    return StopSaid("unknown", False, OPEN, f"What cannot be seen from here: {missing}.")


def between_starts(policy: str, count: int) -> StopSaid:
    times = f" It was started again {count} times." if count > 1 else ""
    why = f"It is between two starts: --restart {policy} starts it again each time it ends.{times}"
    return StopSaid("unknown", False, OPEN, why)


def not_running(status: str) -> StopSaid:
    return StopSaid("unknown", False, "It does not run", f"It is {status}: there is nothing to stop.")


def being_started() -> StopSaid:
    return StopSaid("unknown", False, OPEN, "It is being started: its first process is still the engine's own.")
