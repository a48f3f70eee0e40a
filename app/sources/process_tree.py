"""The process tree of one target: looks at /proc when something moved, and reports only what changed.

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

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from app.event_parts import Dispositions, ForecastGroup, ThreadMasks
from app.events import AnyEvent, Forecast, ProcessAppeared, ProcessChanged, ProcessGone, Truncated
from app.probe.procfs import ProcessFacts

EVERY_S = 0.2  # without the kernel's trace
SLOWLY_S = 3.0  # with it, while nothing moves
AFTER_S = (0.06, 0.3, 1.0)  # looks after something moved: a program sets its handlers a moment after its start
GATHER_S = 0.005  # what moves together is looked at together
HOLD_S = 0.45  # how long a row waits for a process like the one that went
SETTLE_S, SETTLE = 3.0, 3  # masks and threads of one process are reported at most this often: times in seconds
LIMIT = 512  # rows per target
STUCK = 3  # looks: then it is no short call
THREADS = 64  # of one process that are told one by one
UNREMARKABLE = frozenset("RSDI")

Key = tuple[int, int]  # pid, start
Foretold = tuple[
    tuple[ForecastGroup, ...], tuple[ForecastGroup, ...] | None
]  # from outside, from inside if that differs
Foresee = Callable[[ProcessFacts], Foretold]
Ended = Literal["exited", "killed", "dumped_core"]


@dataclass(slots=True)
class _Row:
    """``facts`` as they were recorded last; ``shown`` is the process that the journal knows this row by."""

    facts: ProcessFacts
    shown: Key
    at: datetime
    respawns: int = 0
    missed_at: datetime | None = None
    quiet: list[datetime] = field(default_factory=list)  # when masks or threads were reported last
    foretold: Foretold | None = None
    restless: bool = False  # that was told of a process that ran, or was in a short call, while it was looked at
    stuck: int = 0  # looks in a row that found it in an uninterruptible call
    ended: Ended | None = None


class ProcessTree:
    """Turns one look after another into events.  Pure: the caller looks, and owns the clock."""

    def __init__(self, run: str, target: str, foresee: Foresee | None = None) -> None:
        self._who = {"run": run, "target": target, "author": "kernel"}
        self._rows: dict[Key, _Row] = {}
        self._foresee = foresee
        self._ended: dict[int, Ended] = {}
        self._cut = False

    def ended(self, pid: int, how: Ended) -> None:
        """How a process ended, as the kernel told its parent; it is looked for when the process is missed."""
        self._ended[pid] = how
        if len(self._ended) > LIMIT:
            del self._ended[next(iter(self._ended))]

    @property
    def due(self) -> datetime | None:
        """When the next row that is missed is to be said gone."""
        missed = [row.missed_at for row in self._rows.values() if row.missed_at is not None]
        return min(missed) + timedelta(seconds=HOLD_S) if missed else None

    def look(self, seen: list[ProcessFacts], at: datetime) -> list[AnyEvent]:
        """What differs from the last look, in an order that names parents first.

        An empty ``seen`` means that the target has ended: nothing is held back then.
        """
        alive = {(facts.pid, facts.start): facts for facts in seen}
        for key, row in self._rows.items():
            if key not in alive and row.missed_at is None:
                row.missed_at = at
                row.ended = self._ended.pop(key[0], None)
        events: list[AnyEvent] = []
        for key, facts in alive.items():
            known = self._rows.get(key)
            told = self._changed(known, facts, at) if known else self._came(key, facts, at)
            events += told
            if shown := self._rows.get(key):
                shown.stuck = shown.stuck + 1 if facts.state == "D" else 0
                if told or (
                    shown.restless and _mutable(facts)["dispositions"] == _mutable(shown.facts)["dispositions"]
                ):
                    events += self._foretold(shown, facts)
        return events + self._went(at, all_of_them=not seen)

    def _came(self, key: Key, facts: ProcessFacts, at: datetime) -> list[AnyEvent]:
        for old, row in self._rows.items():
            if row.missed_at is not None and (row.facts.ppid, row.facts.argv) == (facts.ppid, facts.argv):
                del self._rows[old]
                self._rows[key] = row
                row.missed_at, row.respawns = None, row.respawns + 1
                doubled = row.respawns & (row.respawns - 1) == 0
                if row.respawns > 3 and not doubled:
                    return []
                return [self._change(row, key, facts, at, {"respawns": row.respawns, **_mutable(facts)})]
        if len(self._rows) >= LIMIT:
            cut, self._cut = self._cut, True
            return [] if cut else [Truncated(**self._who, what="processes", limit=f"{LIMIT} processes at once")]
        self._rows[key] = _Row(facts, key, at)
        who: dict[str, Any] = {**self._who, "at": at, "pid": facts.pid, "start": facts.start, "ns_pid": facts.ns_pid}
        return [ProcessAppeared(**who, **_mutable(facts))]

    def _foretold(self, row: _Row, facts: ProcessFacts) -> list[AnyEvent]:
        """What signals would do to it now, if that differs from what was said last.

        Of a process that runs, or is in a short call, little is sure: once something was said, it is left at that
        until the process is seen at rest.
        """
        restless = not facts.steady or (0 < row.stuck < STUCK and not facts.frozen)
        if self._foresee is None or (row.foretold and restless):
            return []
        row.restless = restless
        if (found := self._foresee(facts)) == row.foretold:
            return []
        row.foretold = found
        pid, start = row.shown
        return [Forecast(**self._who, at=row.at, pid=pid, start=start, outside=found[0], inside=found[1])]

    def _changed(self, row: _Row, facts: ProcessFacts, at: datetime) -> list[AnyEvent]:
        old, fields = row.facts, _mutable(facts)
        differs = {name: value for name, value in fields.items() if value != _mutable(old)[name]}
        if "state" in differs and {old.state, facts.state} <= UNREMARKABLE:
            del differs["state"]
        if not differs:
            return []
        if set(differs) <= {"dispositions", "threads", "thread_masks"}:
            row.quiet = [each for each in row.quiet if (at - each).total_seconds() < SETTLE_S]
            if len(row.quiet) >= SETTLE:
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
