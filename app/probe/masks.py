"""Signal masks of a process as whole numbers: bit n-1 stands for signal n (proc(5)).

What a process *does* with a signal (default, caught, ignored) and what holds a signal *back* (blocked, pending) are
independent: a caught signal can be blocked, an ignored one can be pending.  They are kept apart here, and the order in
which they count (blocked first) is the reader's business.  For SIGKILL and SIGSTOP no bit is ever believed.
"""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import Literal, NamedTuple

Action = Literal["default", "caught", "ignored"]

_UNCATCHABLE = frozenset({int(signal.SIGKILL), int(signal.SIGSTOP)})


@dataclass(frozen=True, slots=True)
class Masks:
    """The sets of one process.

    ``blocked`` is what *every* living thread blocks: only that keeps a signal sent to the process from all of them.
    ``pending_process`` waits for any thread (ShdPnd); ``pending_thread`` waits for one certain thread (SigPnd), joined
    over all threads.  ``waited`` is what some thread waits for in rt_sigtimedwait(2), ``signalfd`` what a signalfd of
    the process reads.
    """

    blocked: int
    ignored: int
    caught: int
    pending_process: int
    pending_thread: int
    waited: int = 0
    signalfd: int = 0

    @property
    def pending(self) -> int:
        """Sent and not yet delivered, to the process or to one of its threads."""
        return self.pending_process | self.pending_thread

    def to_wire(self) -> dict[str, str]:
        """16 lower-case hexadecimal digits each under the names that events carry."""
        named = {"blocked": self.blocked, "ignored": self.ignored, "caught": self.caught, "pending": self.pending}
        named |= {"waited": self.waited, "signalfd": self.signalfd}
        return {name: f"{mask:016x}" for name, mask in named.items()}


class Dispositions(NamedTuple):
    """The same as sets of signal numbers.  What is neither caught nor ignored has its default action."""

    caught: frozenset[int]
    ignored: frozenset[int]
    blocked: frozenset[int]
    pending: frozenset[int]


def signals_in(mask: int) -> tuple[int, ...]:
    """Numbers of the signals in a mask, ascending."""
    return tuple(number for number in range(1, mask.bit_length() + 1) if mask >> (number - 1) & 1)


def disposition_of(masks: Masks, number: int) -> Action:
    """The action for one signal, whether it is blocked or not.

    ``ignored`` means that the program asked for that; SIGCHLD at its default is ``default``, though that does nothing.
    """
    if number in _UNCATCHABLE:
        return "default"
    bit = 1 << (number - 1)
    if masks.caught & bit:
        return "caught"
    return "ignored" if masks.ignored & bit else "default"


def dispositions(masks: Masks) -> Dispositions:
    """All four sets decoded."""
    sets = (masks.caught, masks.ignored, masks.blocked, masks.pending)
    caught, ignored, blocked, pending = (frozenset(signals_in(mask)) for mask in sets)
    return Dispositions(caught - _UNCATCHABLE, ignored - _UNCATCHABLE, blocked - _UNCATCHABLE, pending)
