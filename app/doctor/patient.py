"""One container and all that was seen of it, which the checks look at; pure data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from app.doctor.looking import Seen
from app.doctor.setup import Setup
from app.events import TargetStarted
from app.events.parts import Advice
from app.signals import named_so
from app.verdict.ahead import Ahead, advise_ahead
from app.verdict.blank import being_started, between_starts, nobody_seen, not_running
from app.verdict.setup.mending import for_compose
from app.verdict.setup.settings import DEFAULT_S, stop_signal_of
from app.verdict.stop import StopSaid, forecast_stop
from app.verdict.tree import StopCase
from app.verdict.unheard import Hearing, hearing


@dataclass(frozen=True, slots=True)
class Kill:
    """A signal that was sent by way of the engine, since the container's last start."""

    signal: str
    at: datetime


@dataclass(frozen=True)
class Patient:
    """``kills``: those that the engine still knows of; its memory is short.  The last two as in ``StopCase``."""

    setup: Setup
    seen: Seen
    kills: tuple[Kill, ...] = field(default=())
    stops_paused: bool = True
    signal_at_zero: bool = True

    @property
    def signal(self) -> str:
        return stop_signal_of(self.setup.stop_signal)

    @property
    def timeout_s(self) -> int:
        return DEFAULT_S if self.setup.stop_timeout_s is None else self.setup.stop_timeout_s

    @cached_property
    def subject(self) -> StopCase | None:
        if not self.setup.runs or not self.seen.members:
            return None
        return StopCase(
            self.seen.members,
            named_so(self.signal).number,
            self.timeout_s,
            stops_paused=self.stops_paused,
            signal_at_zero=self.signal_at_zero,
        )

    @cached_property
    def case(self) -> Ahead | None:
        """For advice.  The event in it is a description that is never recorded; its command lines are masked."""
        if self.subject is None:
            return None
        setup = self.setup
        started = TargetStarted(
            pid=setup.pid,
            start=None,
            container_id=setup.id,
            command=setup.argv,
            equivalent=setup.equivalent.replace(f"--name {setup.name}", f"--name {setup.service}", 1)
            if setup.service
            else setup.equivalent,
            tty=False,
            stdin=False,
            stop_signal=self.signal,
            stop_timeout_s=self.timeout_s,
        )
        return Ahead(started, self.subject)

    @cached_property
    def said(self) -> StopSaid:
        """The forecast of ``docker stop``."""
        if self.subject is not None:
            return forecast_stop(self.subject)
        setup = self.setup
        if not setup.runs:
            return not_running(setup.status)
        if setup.status == "restarting":
            return between_starts(setup.restart, setup.restart_count)
        return nobody_seen(self.seen.missing) if self.seen.missing else being_started()

    @cached_property
    def advice(self) -> Advice | None:
        """For the forecast's fix."""
        return self.placed(advise_ahead(self.case, self.said)) if self.case else None

    @cached_property
    def hearing(self) -> Hearing:
        return hearing(self.subject) if self.subject else Hearing((), None)

    @property
    def holds(self) -> bool | None:
        """Whether it ends before SIGKILL; None: the forecast leaves that open."""
        return {"at_once": True, "sigkill": False}.get(self.said.outcome)

    def placed(self, advice: Advice | None) -> Advice | None:
        """With the places that count for this container."""
        if advice is None or not self.setup.service:
            return advice
        return for_compose(advice, self.setup.service, self.setup.name)
