"""What a forecast looks at: one process at one moment, in the kernel's own terms.  Pure data, made by whoever read it.

Masks are whole numbers, bit n-1 stands for signal n (proc(5)).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Literal

EVERY = (1 << 64) - 1


def has(mask: int, number: int) -> bool:
    """Whether a mask holds a signal."""
    return bool(mask >> (number - 1) & 1)


@dataclass(frozen=True, slots=True)
class Thread:
    """One living thread.  ``waited``: what it waits for in rt_sigtimedwait(2) now; those show as not blocked."""

    blocked: int = 0
    waited: int = 0


@dataclass(frozen=True, slots=True)
class Tried:
    """What was tried on the kernel that a process runs on, where kernels differ.  By default nothing was.

    ``fatal_to_init``: what became of a PID 1 in the case of that rule.  ``release`` is the kernel's.  ``else_tells``:
    where nothing was tried, what would tell, as the end of a sentence.
    """

    fatal_to_init: Literal["ends", "drops"] | None = None
    release: str = ""
    else_tells: str = "only sending it tells"


NOTHING_TRIED = Tried()


@dataclass(frozen=True, slots=True)
class SignalState:
    """What decides what a signal does to one process: masks, handlers, its state.

    ``leader_blocked`` and ``leader_waited`` are those of the first thread, also when it has ended and others go on:
    the kernel asks the leader whether a signal for the process is ignored.  ``threads`` are the living ones, the leader
    among them; None: this kernel does not show signal masks.
    """

    threads: tuple[Thread, ...] | None
    ignored: int = 0
    caught: int = 0
    leader_blocked: int = 0
    leader_waited: int = 0
    signalfd: int = 0  # what a signalfd of the process reads
    state: str = "S"  # one letter, proc(5)
    is_init: bool = False  # PID 1 of a PID namespace that is not the machine's
    traced: bool = False
    frozen: Literal["", "v1", "v2"] = ""  # by the freezer of this version of control groups
    steady: bool = True  # False: it ran while it was looked at, so its masks may be those of two moments
    orphaned: bool = False  # its process group has nobody who could continue it (setpgid(2))
    tried: Tried = NOTHING_TRIED  # on its kernel

    @property
    def blocked(self) -> int:
        """What every living thread blocks."""
        return reduce(lambda all_of_them, thread: all_of_them & thread.blocked, self.threads or (), EVERY)
