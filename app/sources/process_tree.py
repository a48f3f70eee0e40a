"""The process tree of one target: looks at /proc when it may have changed, and reports only what changed.

The kernel's trace says when a process came, went or became another program, and a look follows at once.  What the
trace does not say (a handler that was set, a mask) is seen by a look a little later, and then every few seconds.
Without the trace it looks several times a second.

Two things would flood a page and teach nothing: a ``sleep 1`` that a loop starts each second, and the state letter
that flips between R and S.  A process that goes while another with the same parent and command line comes keeps its
row (``process_changed`` with ``was`` and ``respawns``), and from the fourth time on that is recorded only when the
count has doubled; running, sleeping and waiting for the disk count as one state.  So a vanished process is held back
for a moment before it is said to be gone; ``at`` is still the moment when it was missed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.events import AnyEvent, Forecast, ProcessAppeared, ProcessChanged, ProcessGone, Truncated
from app.events.parts import Dispositions, Ended, ForecastGroup, ThreadMasks
from app.probe.procfs import ProcessFacts

EVERY_S = 0.2  # without the kernel's trace
SLOWLY_S = 3.0  # with it, while nothing moves
AFTER_S = (0.06, 0.3, 1.0)  # looks after a change: a program sets its handlers a moment after its start
GATHER_S = 0.005  # what moves together is looked at together
HOLD_S = 0.45  # how long a row waits for a process like the one that went
# What a process changes of itself (masks, threads, names) is reported so many times within so many seconds.
REPORTS, REPORTS_WITHIN_S = 3, 3.0
APART_S = 0.2  # between two of these: a program sets dozens of handlers one by one, and the last is the one to tell
MOST_ROWS = 512  # rows per target
STUCK = 3  # looks: then it is no short call
THREADS = 64  # of one process that are told one by one
UNREMARKABLE = frozenset("RSDI")

Key = tuple[int, int]  # pid, start
Forecasts = tuple[
    tuple[ForecastGroup, ...], tuple[ForecastGroup, ...] | None
]  # from outside, from inside if that differs
MakeForecasts = Callable[[ProcessFacts], Forecasts]


@dataclass(slots=True)
class _Row:
    """``facts`` as they were recorded last; ``shown`` is the process that the journal knows this row by."""

    facts: ProcessFacts
    shown: Key
    at: datetime
    respawns: int = 0
    missed_at: datetime | None = None
    held_until: datetime | None = None  # a change that was not reported is to be looked at again then
    quiet: list[datetime] = field(default_factory=list)  # when masks, threads or its name were reported last
    forecasts: Forecasts | None = None
    restless: bool = False  # it ran, or was in a short call, when its forecast was told last, or would have been
    stuck: int = 0  # looks in a row that found it in an uninterruptible call
    ended: Ended | None = None


class ProcessTree:
    """Turns one look after another into events.  Pure: the caller looks, and owns the clock."""

    def __init__(self, run: str, target: str, make_forecasts: MakeForecasts | None = None) -> None:
        self._who = {"run": run, "target": target, "author": "kernel"}
        self._rows: dict[Key, _Row] = {}
        self._make_forecasts = make_forecasts
        self._ended: dict[int, Ended] = {}
        self._cut = False
        self._missed: list[Key] = []  # rows whose place a newcomer may take, in this look

    def ended(self, pid: int, how: Ended) -> None:
        """How a process ended, as the kernel told its parent; it is looked for when the process is missed."""
        self._ended[pid] = how
        if len(self._ended) > MOST_ROWS:
            del self._ended[next(iter(self._ended))]

    def forecast_again(self) -> None:
        """What forecasts rest on has changed: at the next look they are told anew, where they differ."""
        for row in self._rows.values():
            row.restless = True

    @property
    def due(self) -> datetime | None:
        """When the next row that is missed is to be said gone, or what was held back of one is to be told."""
        rows = self._rows.values()
        gone = [row.missed_at + timedelta(seconds=HOLD_S) for row in rows if row.missed_at is not None]
        return min([*gone, *(row.held_until for row in rows if row.held_until is not None)], default=None)

    def look(self, seen: list[ProcessFacts], at: datetime, *, over: bool = False) -> list[AnyEvent]:
        """What differs from the last look, in an order that names parents first.

        ``over``: the target has ended, and all is said of how: nothing is held back.  Before that an empty ``seen``
        only says that nobody is there any more; what ran out of memory takes its time from there to its parent's word.
        """
        return [event for piece in self.looking(seen, at, over=over) for event in piece]

    def looking(self, seen: list[ProcessFacts], at: datetime, *, over: bool = False) -> Iterator[list[AnyEvent]]:
        """As ``look``, process by process: of hundreds that are new, each takes its time.  To be read to its end."""
        alive = {(facts.pid, facts.start): facts for facts in seen}
        for key, row in self._rows.items():
            if key not in alive and row.missed_at is None:
                row.missed_at, row.held_until = at, None
                row.ended = self._ended.pop(key[0], None)
        self._missed = [key for key, row in self._rows.items() if row.missed_at is not None]
        for key, facts in alive.items():
            events: list[AnyEvent] = []
            known = self._rows.get(key)
            told = self._changed(known, facts, at) if known else self._came(key, facts, at)
            events += told
            if shown := self._rows.get(key):
                shown.stuck = shown.stuck + 1 if facts.state == "D" else 0
                if told or (
                    shown.restless and _mutable(facts)["dispositions"] == _mutable(shown.facts)["dispositions"]
                ):
                    events += self._forecast_if_changed(shown, facts)
            yield events
        yield self._went(at, all_of_them=over)

    def _came(self, key: Key, facts: ProcessFacts, at: datetime) -> list[AnyEvent]:
        for old in self._missed:
            row = self._rows[old]
            if (row.facts.ppid, row.facts.argv) == (facts.ppid, facts.argv):
                self._missed.remove(old)
                del self._rows[old]
                self._rows[key] = row
                row.missed_at, row.respawns = None, row.respawns + 1
                doubled = row.respawns & (row.respawns - 1) == 0
                if row.respawns > 3 and not doubled:
                    return []
                return [self._change(row, key, facts, at, {"respawns": row.respawns, **_mutable(facts)})]
        if len(self._rows) >= MOST_ROWS:
            cut, self._cut = self._cut, True
            return [] if cut else [Truncated(**self._who, what="processes", limit=f"{MOST_ROWS} processes at once")]
        self._rows[key] = _Row(facts, key, at)
        who: dict[str, Any] = {**self._who, "at": at, "pid": facts.pid, "start": facts.start, "ns_pid": facts.ns_pid}
        return [ProcessAppeared(**who, **_mutable(facts))]

    def _forecast_if_changed(self, row: _Row, facts: ProcessFacts) -> list[AnyEvent]:
        """What signals would do to it now, if that differs from what was said last.

        Of a process that runs, or is in a short call, little is sure: once something was said, it is left at that
        until the process is seen at rest, which the next looks wait for.  Of one that is about to become another
        program nothing is said.
        """
        restless = not facts.steady or (0 < row.stuck < STUCK and not facts.frozen)
        row.restless = restless or facts.preparing
        if self._make_forecasts is None or facts.preparing or (row.forecasts and restless):
            return []
        if (found := self._make_forecasts(facts)) == row.forecasts:
            return []
        row.forecasts = found
        pid, start = row.shown
        return [Forecast(**self._who, at=row.at, pid=pid, start=start, outside=found[0], inside=found[1])]

    def _changed(self, row: _Row, facts: ProcessFacts, at: datetime) -> list[AnyEvent]:
        row.held_until = None
        if facts == row.facts:
            return []
        old, fields = row.facts, _mutable(facts)
        differs = {name: value for name, value in fields.items() if value != _mutable(old)[name]}
        if "state" in differs and {old.state, facts.state} <= UNREMARKABLE:
            del differs["state"]
        if not differs:
            return []
        if "argv" in differs and row.respawns:  # a copy of its parent took the place of one, and is another program now
            row.respawns = differs["respawns"] = 0
        if set(differs) <= {"dispositions", "threads", "thread_masks", "comm"}:
            row.quiet = [each for each in row.quiet if (at - each).total_seconds() < REPORTS_WITHIN_S]
            if row.quiet:
                apart = row.quiet[-1] + timedelta(seconds=APART_S)
                settled = row.quiet[0] + timedelta(seconds=REPORTS_WITHIN_S) if len(row.quiet) >= REPORTS else apart
                if at < (until := max(apart, settled)):
                    row.held_until = until
                    return []
            row.quiet.append(at)
        return [self._change(row, (facts.pid, facts.start), facts, at, differs)]

    def _change(self, row: _Row, key: Key, facts: ProcessFacts, at: datetime, fields: dict[str, Any]) -> ProcessChanged:
        was = row.shown
        row.facts, row.shown, row.at = facts, key, at
        newcomer = {} if was == key else {"was": was[0], "ns_pid": facts.ns_pid, "respawns": row.respawns}
        return ProcessChanged(**self._who, at=at, pid=key[0], start=key[1], **{**newcomer, **fields})

    def _went(self, at: datetime, *, all_of_them: bool) -> list[AnyEvent]:
        events: list[AnyEvent] = []
        for key, row in list(self._rows.items()):
            if row.missed_at is None:
                continue
            if all_of_them or (at - row.missed_at).total_seconds() >= HOLD_S:
                del self._rows[key]
                row.ended = row.ended or self._ended.pop(key[0], None)  # the look may have been before the word
                events.append(
                    ProcessGone(**self._who, at=row.missed_at, pid=row.shown[0], start=row.shown[1], ended=row.ended)
                )
        return events


def _mutable(facts: ProcessFacts) -> dict[str, Any]:
    """What of a process can change while it stays the same one."""
    return {
        "ppid": facts.ppid,
        "comm": facts.comm,
        "argv": facts.argv,
        "state": facts.state,
        "threads": facts.threads,
        "dispositions": None if facts.masks is None else Dispositions(**facts.masks.to_wire()),
        "is_init": facts.is_init,
        "traced": facts.traced,
        "frozen": bool(facts.frozen),
        "thread_masks": _threads(facts),
    }


def _threads(facts: ProcessFacts) -> tuple[ThreadMasks, ...]:
    """Only where they differ, or wait for signals."""
    if len({(each.blocked, each.waited) for each in facts.threads_of}) < 2 and not any(
        each.waited for each in facts.threads_of
    ):
        return ()
    return tuple(
        ThreadMasks(
            tid=each.tid, ns_tid=each.ns_tid, comm=each.comm, state=each.state,
            blocked=f"{each.blocked:016x}", pending=f"{each.pending:016x}", waited=f"{each.waited:016x}",
        )
        for each in facts.threads_of[:THREADS]
    )  # fmt: skip
