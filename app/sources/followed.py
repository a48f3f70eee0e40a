"""What is known of one target whose processes the kernel's trace follows, and how much of it is told.

A program can send itself a million signals a second; the journal takes a number of them for each target, and then says
that it left some out.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from app.events import KernelSignal, Truncated
from app.probe.observations import Ended, Observation, SignalDelivered, SignalGenerated
from app.probe.target_matcher import SIGSTOP
from app.signals import SIGKILL
from app.sources.kernel_events import kernel_signal, sender_of

SIGNALS_AT_ONCE, SIGNALS_PER_S = 300, 60  # kernel_signal events of one target
IGNORED = 1


@dataclass(slots=True)
class Expected:
    """A target that is about to start.  What is told of it before it is followed is kept: it is the beginning."""

    parent: int
    observed: list[tuple[Observation, int]] = field(default_factory=list)  # with what makes UTC of its time

    def keep(self, observed: Observation, clock_ns: int) -> None:
        """Not more than would be recorded at once."""
        if len(self.observed) < SIGNALS_AT_ONCE:
            self.observed.append((observed, clock_ns))


@dataclass(slots=True)
class Followed:
    run: str
    target: str
    tree_changed: Callable[[], None]
    ended: Callable[[int, Ended], None]
    lab: set[int] = field(default_factory=set)  # processes that send on behalf of the lab
    keeper: int = 0
    swept: set[int] = field(default_factory=set)  # pids that the keeper stopped in order to end them all
    room: float = SIGNALS_AT_ONCE
    filled_at: float = field(default_factory=time.monotonic)
    blind: bool = False  # that there is no trace was said of it
    cut: bool = False
    killed: set[int] = field(default_factory=set)  # processes to which somebody outside has sent SIGKILL
    was_blind: bool = False  # for a while at least: what was sent then is not known

    def on_observation(
        self, observed: SignalGenerated | SignalDelivered, clock_ns: int
    ) -> list[KernelSignal | Truncated]:
        """What is recorded of a signal.  ``clock_ns``: what makes UTC of its time."""
        if self._sweeping(observed):
            return []
        if isinstance(observed, SignalGenerated) and observed.signal == SIGKILL.number and self._from_outside(observed):
            self.killed.add(observed.pid)
        if not (isinstance(observed, SignalGenerated) and observed.result == IGNORED):
            self.tree_changed()  # it may be stopped now, or have another handler
        now = time.monotonic()
        self.room = min(SIGNALS_AT_ONCE, self.room + (now - self.filled_at) * SIGNALS_PER_S)
        self.filled_at = now
        if self.room < 1:
            cut, self.cut = self.cut, True
            where = {"run": self.run, "target": self.target}
            limit = f"{SIGNALS_PER_S} signals a second"
            return [] if cut else [Truncated(**where, author="kernel", what="kernel_signals", limit=limit)]
        self.room -= 1
        if self.room > SIGNALS_AT_ONCE / 2:
            self.cut = False
        return [kernel_signal(observed, run=self.run, lab=self.lab, clock_ns=clock_ns)]

    def _from_outside(self, observed: SignalGenerated) -> bool:
        """Nothing that a budget leaves out: an end must be told whatever else happens."""
        kind = sender_of(observed, self.lab)[0]
        return kind in ("engine", "lab") or (kind == "process" and not observed.sender.member)

    def _sweeping(self, observed: SignalGenerated | SignalDelivered) -> bool:
        """The keeper ends what is left by stopping all of it first, over and over: only its SIGKILL is worth a word."""
        if isinstance(observed, SignalDelivered):
            return observed.signal == SIGSTOP and observed.pid in self.swept
        if not self.keeper or observed.sender.pid != self.keeper:
            return False
        if observed.signal == SIGSTOP:
            self.swept.add(observed.pid)
        return observed.signal == SIGSTOP or observed.result == IGNORED
