"""From what the probe read to what a forecast looks at: the one place where both are known."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
from anyio import to_thread

from app.events import StopForecast
from app.events.parts import ForecastGroup, Origin
from app.hosts.base import Ways
from app.probe.procfs import Proc, ProcessFacts
from app.signals import Signal
from app.targets import Target
from app.verdict.forecast import forecast, forecasts
from app.verdict.signal_state import NOTHING_TRIED, SignalState, Thread, Tried
from app.verdict.stop import ProcessView, StopCase, StopSaid, forecast_stop
from app.verdict.tree import is_new_copy

IDLE_S = 6.0  # where nothing changed, a new connection is noticed within this time
EVERY_S = 1.0  # a stop forecast is recorded at most this often
CROWD = 32  # processes
STEADY_S = 4.0  # masks that come and go within this time are not steady
LOOKS, APART_S = 5, 0.01  # at most, for a process to become its program


def signal_state_of(facts: ProcessFacts, tried: Tried = NOTHING_TRIED) -> SignalState:
    """One process, as ``app/verdict/forecast.py`` takes it.  ``tried``: on the kernel that it runs on."""
    if facts.masks is None:
        return SignalState(None, state=facts.state, is_init=facts.is_init)
    return SignalState(
        threads=tuple(Thread(thread.blocked, thread.waited) for thread in facts.threads_of),
        ignored=facts.masks.ignored,
        caught=facts.masks.caught,
        leader_blocked=facts.leader_blocked,
        leader_waited=facts.leader_waited,
        signalfd=facts.masks.signalfd,
        state=_state(facts),
        is_init=facts.is_init,
        traced=facts.traced,
        frozen=facts.frozen,
        orphaned=facts.orphaned,
        steady=facts.steady,
        tried=tried,
    )


def process_view_of(facts: ProcessFacts, *, steady: bool = True, tried: Tried = NOTHING_TRIED) -> ProcessView:
    """One process of a target.  ``steady``: False when a look shortly before showed other masks."""
    return ProcessView(
        pid=facts.pid,
        ppid=facts.ppid,
        ns_pid=facts.ns_pid,
        pgid=facts.pgid,
        comm=facts.comm,
        argv=facts.argv,
        exe=facts.exe,
        subject=signal_state_of(facts, tried),
        threads=facts.threads,
        connections=facts.connections,
        wait_call=facts.wait_call,
        uid=facts.uid,
        age_s=facts.age_s,
        steady=steady and facts.steady,
    )


def _state(facts: ProcessFacts) -> str:
    """That of a living thread where the first one has ended and others go on: /proc then shows the first one's."""
    return facts.threads_of[0].state if facts.state in "ZX" and facts.threads_of else facts.state


def forecasts_of(
    facts: ProcessFacts, tried: Tried = NOTHING_TRIED
) -> tuple[tuple[ForecastGroup, ...], tuple[ForecastGroup, ...] | None]:
    """What each signal would do to it: sent from outside, and from inside where that differs."""
    subject = signal_state_of(facts, tried)
    outside, inside = forecasts(subject, "outside"), forecasts(subject, "inside")
    return outside, None if inside == outside else inside


class StopForecaster:
    """What a stop of one target would come to: keeps the looks that a single one cannot replace.

    ``tried``: what is known by now of the kernel that it runs on.
    """

    def __init__(self, target: Target, tried: Callable[[], Tried] = lambda: NOTHING_TRIED) -> None:
        self._target, self.tried = target, tried
        self.ways = Ways()  # of whoever will stop it
        self._proc = Proc()
        self._masks: dict[tuple[int, int], list[tuple[float, int, int]]] = {}
        self._said: StopSaid | None = None
        self._said_at = self._asked_at = 0.0
        self._seen: list[ProcessFacts] = []
        self._asking = False
        self._stops = 0  # that were about to be asked for

    async def look(self, look: Callable[[], Awaitable[list[ProcessFacts] | None]]) -> list[ProcessFacts]:
        """Look for a forecast: again and again for a moment, while it meets a process between fork and exec."""
        seen = await look() or []
        for _ in range(LOOKS - 1):
            parents = {facts.pid: facts for facts in seen}
            if not any(is_new_copy(parents[facts.ppid], facts) for facts in seen if facts.ppid in parents):
                break
            await anyio.sleep(APART_S)
            seen = await look() or []
        return seen

    async def stop(self, seen: list[ProcessFacts], signal: Signal, timeout_s: int) -> StopSaid | None:
        """None: there is nobody to stop."""
        members = self._members(await self._busy(seen))
        if not members:
            return None
        ways = {"stops_paused": self.ways.stops_paused, "signal_at_zero": self.ways.signal_at_zero}
        subject = StopCase(members, signal.number, timeout_s, self._target.host, **ways)
        if len(members) > CROWD:  # each is held against each: too long for the loop that answers everybody
            return await to_thread.run_sync(forecast_stop, subject)
        return forecast_stop(subject)

    async def forecast_if_changed(
        self, seen: list[ProcessFacts], signal: Signal, timeout_s: int
    ) -> StopForecast | None:
        """The forecast of a stop as it is set by itself, if that differs from what was said last.

        One that was still being thought about when a stop was about to be asked for is not told any more: it saw less
        than that stop's own, and would be the last word before it.
        """
        self._remember(seen)
        now = time.monotonic()
        idle = seen == self._seen and now - self._asked_at < IDLE_S
        restless = self._said is not None and not all(facts.steady for facts in seen)
        if self._asking or idle or restless or now - self._said_at < EVERY_S:
            return None
        self._seen, self._asked_at, stops = seen, now, self._stops
        self._asking = True  # the next look may come while this one is thought about
        try:
            said = await self.stop(seen, signal, timeout_s)
        finally:
            self._asking = False
        if said is None or said == self._said or stops != self._stops:
            return None
        self._said, self._said_at = said, time.monotonic()
        where = {"run": self._target.run, "target": self._target.id}
        return StopForecast(**where, signal=signal.name, timeout_s=timeout_s, **_fields(said))

    async def forecast_asked(self, seen: list[ProcessFacts], signal: Signal, timeout_s: int) -> StopForecast | None:
        """The forecast of one stop that is about to be asked for."""
        self._stops += 1
        said = await self.stop(seen, signal, timeout_s)
        where = {"run": self._target.run, "target": self._target.id}
        return StopForecast(**where, signal=signal.name, timeout_s=timeout_s, **_fields(said)) if said else None

    async def _busy(self, seen: list[ProcessFacts]) -> list[ProcessFacts]:
        """With their connections, unless whoever looked has counted them."""
        if any(facts.connections is not None for facts in seen):
            return seen
        return await to_thread.run_sync(self._proc.busy, seen)

    def _remember(self, seen: list[ProcessFacts]) -> None:
        """The masks of this look, for a while."""
        now = time.monotonic()
        before, self._masks = self._masks, {}
        for facts in seen:
            if facts.masks:
                key = (facts.pid, facts.start)
                kept = [each for each in before.get(key, []) if now - each[0] < STEADY_S]
                self._masks[key] = [*kept[-16:], (now, facts.masks.blocked | facts.masks.waited, facts.masks.caught)]

    def _steady(self, facts: ProcessFacts) -> bool:
        """False where masks come back that were others in between: a program that is found setting them is steady."""
        since = time.monotonic() - STEADY_S
        values: list[tuple[int, int]] = []
        for at, blocked, caught in self._masks.get((facts.pid, facts.start), []):
            if at >= since and (not values or values[-1] != (blocked, caught)):
                values.append((blocked, caught))
        return facts.steady and len(set(values)) == len(values)

    def _members(self, seen: list[ProcessFacts]) -> tuple[ProcessView, ...]:
        tried = self.tried()
        return tuple(
            process_view_of(facts, steady=self._steady(facts), tried=tried) for facts in seen if not facts.preparing
        )


def _fields(said: StopSaid) -> dict[str, Any]:
    return {name: getattr(said, name) for name in ("outcome", "sure", "say", "why", "because", "fix")}


def forecast_payload(
    target: Target,
    seen: list[ProcessFacts],
    said: StopSaid | None,
    signal: Signal,
    timeout_s: int,
    tried: Tried = NOTHING_TRIED,
) -> dict[str, Any]:
    """All forecasts of a target, as the API gives them.  ``tried``: on its kernel."""
    processes = []
    for facts in seen:
        if facts.preparing:
            continue
        outside, inside = forecasts_of(facts, tried)
        subject = signal_state_of(facts, tried)

        def one(origin: Origin, subject: SignalState = subject) -> dict[str, Any]:
            found = forecast(subject, signal.number, origin)
            return {"fate": found.fate, "rule": found.rule, "why": found.why, "sure": found.sure}

        processes.append(
            {
                "pid": facts.pid,
                "ns_pid": facts.ns_pid,
                "start": facts.start,
                "comm": facts.comm,
                "fate": {"outside": one("outside"), "inside": one("inside") if inside else None},
                "outside": [group.model_dump() for group in outside],
                "inside": [group.model_dump() for group in inside] if inside else None,
            }
        )
    stop = None if said is None else {"signal": signal.name, "timeout_s": timeout_s, **_fields(said)}
    return {"target": target.id, "stop": stop, "processes": processes}
