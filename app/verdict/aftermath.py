"""What a stop left for advice: on whom its signal was lost, who was told and stayed, and who went on as before."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from app.events import StopRequested, TargetStarted
from app.events.parts import Fate
from app.signals import named_so
from app.verdict.came import STAYS, Came, came_of
from app.verdict.came import Fate as CameFate
from app.verdict.members import subject_at
from app.verdict.passed_on import Hop
from app.verdict.scene import Scene
from app.verdict.stop_seen import Stop
from app.verdict.tree import ProcessView, StopCase

_FATES: dict[CameFate, Fate] = {
    "dropped": "dropped",
    "ignored": "ignored",
    "ignored_default": "ignored_default",
    "queued_dropped": "queued_dropped",
    "pending": "pending",
    "stopped": "stops",
}
_LOST = STAYS - {"merged", "nothing"} | {"stopped"}
_TOOK = frozenset({"handler", "taken"})


@dataclass(frozen=True, slots=True)
class Lost:
    """``signal``: what was lost on it, which a forwarder may have changed."""

    member: ProcessView
    fate: Fate
    signal: str


@dataclass(frozen=True)
class Aftermath:
    """``subject``: its processes when the stop was asked for."""

    scene: Scene
    stop: Stop
    started: TargetStarted
    subject: StopCase

    @property
    def asked(self) -> StopRequested:
        return self.stop.asked

    @cached_property
    def came(self) -> Came | None:
        """What came of the stop signal for the root."""
        return came_of(self.scene, self.stop.word) if self.stop.word else None

    @property
    def _hops(self) -> list[Hop]:
        return [hop for hop in self.stop.hops if hop.word.id < self._over]

    @property
    def _over(self) -> int:
        """The first SIGKILL for the root: what came later was no answer to the stop."""
        return next((word.id for word in self.stop.kills), self.stop.last)

    def member(self, pid: int) -> ProcessView | None:
        return next((each for each in self.subject.members if each.pid == pid), None)

    def gone(self, pid: int) -> bool:
        """Whether it had ended before the time was over."""
        row = self.scene.row(pid)
        return row is None or (row.gone is not None and row.gone < self._over)

    def lost(self) -> Lost | None:
        """The root, or one that was told by another and is what that waits for."""
        if self.came is None:
            return None
        if (lost := self._lost(self.subject.root, self.came, self.asked.signal)) or self.came.fate not in _TOOK:
            return lost
        for hop in self._hops:
            pid, signal = hop.word.pid, hop.word.signal
            member = self.member(pid)
            if member is None or pid == self.subject.root.pid or signal == "SIGCONT" or self.gone(pid):
                continue
            if lost := self._lost(member, hop.came, signal):
                return lost
        return None

    def _lost(self, member: ProcessView, came: Came, signal: str) -> Lost | None:
        if came.fate == "unknown" and member.subject.blocked >> (named_so(signal).number - 1) & 1:
            return Lost(member, "pending", signal)  # blocked when it was sent, and never taken before the end
        if came.fate not in _LOST or came.fate not in _FATES:
            return None
        fate = _FATES[came.fate]
        protected = fate == "ignored_default" and member.subject.is_init
        return Lost(member, "dropped" if protected else fate, signal)

    def stayed(self) -> ProcessView | None:
        """The last of those who were told one by the other, took it and had not ended; None: nobody took it."""
        if self.came is None or self.came.fate not in _TOOK:
            return None
        at, seen = self.subject.root, {self.subject.root.pid}
        while True:
            after = (hop.word.pid for hop in self._hops if hop.sender.pid == at.pid and hop.came.fate in _TOOK)
            found = (self.member(pid) for pid in after if pid not in seen and not self.gone(pid))
            below = next((member for member in found if member is not None), None)
            if below is None:
                return at
            at = below
            seen.add(at.pid)

    def was_sent_something(self, member: ProcessView) -> bool:
        """Whether anything was sent to it by another process of the target."""
        return any(hop.word.pid == member.pid and hop.sender.pid != member.pid for hop in self._hops)

    def went_on(self, shell: ProcessView) -> bool:
        """Whether a script started again what it had run before: its trap ran, and it did not end."""
        before = {child.argv for child in self.subject.children(shell)}
        since = self.stop.word.id if self.stop.word else self.stop.id
        newcomers = (history[0] for history in self.scene.history.values() if history[0][0] > since)
        return any(row is not None and row.ppid == shell.pid and row.argv in before for _, row in newcomers)


def aftermath(scene: Scene, stop: Stop) -> Aftermath | None:
    """None: too little is known to advise anything."""
    before = min(stop.id, stop.word.id) if stop.word else stop.id  # the engine may tell later than the kernel
    subject = subject_at(scene, before, stop.asked.signal, stop.asked.timeout_s)
    return Aftermath(scene, stop, scene.started, subject) if scene.started and subject else None
