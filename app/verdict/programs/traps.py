"""What comes of a signal that a shell has a trap for: when the trap runs.  What it does, only the script knows."""

from __future__ import annotations

from collections.abc import Mapping

from app.signals import name_of
from app.verdict.programs.identity import called, who
from app.verdict.programs.shells import INT, cleans_up, doing, ends_within_s
from app.verdict.remedies import waited_for
from app.verdict.stop_path import StopPath
from app.verdict.tree import ProcessView, StopCase


def trap_path(subject: StopCase, shell: ProcessView, number: int, told: Mapping[int, StopPath]) -> StopPath:
    """``told``: what becomes of those of its children that get the signal too, by their pids."""
    name, now = name_of(number), doing(subject, shell)
    trap = f"a trap for {name}"
    if number == INT:
        trap = "a trap for SIGINT, or only the shell's own handler"  # every shell that waits has one
    if now.kind == "waits":
        return StopPath("decides", f"{who(shell)} has {trap}, and is in wait: the handler runs at once.")
    if now.kind == "unclear":
        why = f"{who(shell)} has {trap}, which runs at once, or when the program in the foreground has ended."
        return StopPath("decides", why)
    names = " and ".join(dict.fromkeys(called(child) for child in now.children))
    left = [child for child in now.children if child.pid not in told or told[child.pid].end != "ends"]
    if not left:
        return StopPath("decides", f"{who(shell)} has {trap}, which runs when {names} has ended; that is told too.")
    sleeps = [ends_within_s(child) for child in left]
    if all(seconds is not None for seconds in sleeps):
        due_s = max(seconds or 0 for seconds in sleeps)
        why = f"{who(shell)} has {trap}, which runs when {names} in the foreground has ended."
        return StopPath("decides", why, due_s=due_s)
    if cleans_up(shell):
        why = f"{who(shell)} has a handler of bash's own, which ends it at once, or {trap}, which waits for {names}."
        return StopPath("decides", why)
    why = f"{who(shell)} has {trap}, which waits until {names} in the foreground has ended; that is not told."
    return StopPath("stays", why, fix=waited_for(now.children))
