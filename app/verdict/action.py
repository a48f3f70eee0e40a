"""What comes of a stop signal by its own action: what ``forecast.py`` says of one process, as a path and in words."""

from __future__ import annotations

from app.events.parts import Fate
from app.signals import FORCED, name_of
from app.verdict.forecast import Forecast
from app.verdict.programs.identity import called, shell_of, who
from app.verdict.stop_path import End, StopPath
from app.verdict.tree import ProcessView

UNSEEN_CALLS = "Nobody could see which calls it is in: it may take the signal in one of them."
UNSTEADY = "Its masks were other ones shortly before."

_WORDS: dict[Fate, tuple[End, str]] = {
    "dropped": ("stays", "{name} does nothing to {me}: {why}"),
    "queued_dropped": ("stays", "{name} does nothing to {me}: {why}"),
    "ignored": ("stays", "{me} ignores {name} by its own choice."),
    "ignored_default": ("stays", "{me} has no handler for {name}, and the default is to do nothing."),
    "stops": ("stays", "{name} stops {me}; it does not end it."),
    "continues": ("unknown", "{name} makes {me} go on; what that comes to cannot be told."),
    "terminates": ("ends", "{me} has no handler for {name}, and the default is to end it."),
    "core": ("ends", "{me} has no handler for {name}, and the default is to end it with a core dump."),
    "none": ("ends", "{me} has ended already."),
}
_ENDS_INIT: tuple[End, str] = ("ends", "{name} ends {me}. {why}")
_BY_RULE: dict[str, tuple[End, str]] = {
    "protected": (
        "stays",
        "PID 1 is {it}: it has no handler for {name}, and the kernel drops unhandled signals for PID 1.",
    ),
    "kill": ("ends", "SIGKILL ends {me}, whatever it does."),
    "kill_in_kernel_call": ("ends", "SIGKILL ends {me}, when the kernel call that it waits in returns."),
    "stopped": ("stays", "{me} is stopped: {name} waits until somebody continues it."),
    "blocked": ("unknown", "{me} blocks {name}: that waits until the program unblocks it or asks for it."),
}
_DOUBTS = {
    "core": "A core dump takes its time.",
    "blocked": "Another look may tell.",
    "stopped": "Somebody may continue it.",
}


def action_path(member: ProcessView, number: int, found: Forecast) -> StopPath:
    """Sure where the forecast is, and where it was seen what the process does; a core dump may outlast any timeout."""
    name, shell = name_of(number), shell_of(member)
    cannot: tuple[End, str] = ("unknown", "What becomes of {me} cannot be told. {why}")
    end, words = _BY_RULE.get(found.rule) or _WORDS.get(found.fate) or cannot
    if (found.rule, found.fate) == ("fatal_to_init", "terminates"):
        end, words = _ENDS_INIT
    it = f"{called(member)} ({shell})" if shell else called(member)
    why = words.format(me=who(member), it=it, name=name, why=found.why)
    doubt = _DOUBTS.get(found.rule) or _DOUBTS.get(found.fate)
    sure = found.sure and not doubt and end in ("ends", "stays") and found.fate != "none"
    path = StopPath(end, why, sure=sure, because=(doubt,) if doubt else (), by_signal=True)
    if name in FORCED or not sure:
        return path
    if member.wait_call is None:
        path = path.doubted(UNSEEN_CALLS)
    return path if member.steady else path.doubted(UNSTEADY)
