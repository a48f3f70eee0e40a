"""The rules of ``signal-lab check``: what can be wrong with a stop, each with a number that never changes its meaning.

``docs/rules/`` has a page for each; a test holds both together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.events.parts import AdviceKind

Level = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Rule:
    """``title``: what is wrong, without a full stop.  ``help``: what to do about it, in a sentence or two."""

    id: str
    name: str
    title: str
    help: str


DROPPED = Rule(
    "SL001",
    "pid-1-without-handler",
    "PID 1 has no handler for the stop signal",
    "The kernel drops a signal that PID 1 does not handle. Run it under an init (--init, tini), or handle the signal.",
)
SHELL_BETWEEN = Rule(
    "SL002",
    "shell-in-between",
    "A shell gets the stop signal, and not the program",
    "Use the exec form of CMD and ENTRYPOINT, and start the program with exec at the end of a script.",
)
TRAP = Rule(
    "SL003",
    "trap-does-not-end-it",
    "A script's trap waits for the foreground, tells nobody, or does not end the script",
    "Start the program in the background, pass the signal on in the trap, and wait for it; or start it with exec.",
)
STOP_SIGNAL = Rule(
    "SL004",
    "wrong-stop-signal",
    "The stop signal means nothing, or something else, to the program",
    "Set STOPSIGNAL, stop_signal or --stop-signal to the signal on which the program ends.",
)
IGNORED = Rule(
    "SL005",
    "ignored-or-blocked",
    "The program ignores or blocks the stop signal",
    "Let the program handle it. What a parent ignores its children ignore too.",
)
NOT_ENOUGH_TIME = Rule(
    "SL006",
    "not-enough-time",
    "The program had begun to end and was killed before it had",
    "Give it more time (stop_grace_period, --stop-timeout), or let its handler do less.",
)
NOT_CLEAN = Rule(
    "SL007",
    "not-clean",
    "A process that would have minded the signal was killed with PID 1",
    "Let PID 1 pass the signal on and wait; an init can tell the whole process group.",
)
KILLED = Rule(
    "SL008",
    "killed",
    "SIGKILL ended it, for a reason that no other rule names",
    "The timeline says how far the signal came. `signal-lab run` shows the same on a page.",
)
TOO_LATE = Rule(
    "SL009",
    "too-late",
    "It ended by itself, but later than allowed",
    "Let its handler do less, or allow more time with --within.",
)
EXIT_CODE = Rule(
    "SL010",
    "exit-code",
    "It ended in time with an exit code that was not expected",
    "Let the handler leave with 0, or name the code in --expect-exit. Under an init 143 stands for SIGTERM.",
)
COULD_NOT_TELL = Rule(
    "SL011",
    "could-not-tell",
    "It could not be told whether the stop holds",
    "It is no pass. The message says what was missing: an engine, the image, a sign that it is ready, or a witness.",
)
GRACE = Rule(
    "SL012",
    "grace-too-short",
    "The stop takes longer than the time that the compose file gives it",
    "Set stop_grace_period to more than was measured, with a margin.",
)
RULES = (
    *(DROPPED, SHELL_BETWEEN, TRAP, STOP_SIGNAL, IGNORED, NOT_ENOUGH_TIME),
    *(NOT_CLEAN, KILLED, TOO_LATE, EXIT_CODE, COULD_NOT_TELL, GRACE),
)
# Of a stop that SIGKILL ended, by what would have helped.
BY_ADVICE: dict[AdviceKind, Rule] = {
    "init": DROPPED,
    "exec": SHELL_BETWEEN,
    "trap_and_wait": TRAP,
    "own": TRAP,
    "stop_signal": STOP_SIGNAL,
    "not_ignore": IGNORED,
    "handler": IGNORED,
    "longer_timeout": NOT_ENOUGH_TIME,
    "timeout": NOT_ENOUGH_TIME,
    "pass_on": KILLED,
    "init_group": KILLED,
}
