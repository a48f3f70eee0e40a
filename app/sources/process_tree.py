"""The process tree of one target: looks at /proc several times a second and reports only what changed.

Two things would flood a page and teach nothing: a ``sleep 1`` that a loop starts each second, and the state letter
that flips between R and S.  A process that goes while another with the same parent and command line comes keeps its
row (``process_changed`` with ``was`` and ``respawns``), and from the fourth time on that is recorded only when the
count has doubled; running, sleeping and waiting for the disk count as one state.  So a vanished process is held back
for a moment before it is said to be gone; ``at`` is still the moment when it was missed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import anyio

from app.events import AnyEvent, Dispositions, ProcessAppeared, ProcessChanged, ProcessGone, SourceLost, Truncated, now
from app.hosts.base import Record
from app.probe.procfs import ProcessFacts

EVERY_S = 0.2
HOLD_S = 0.45  # how long a row waits for a process like the one that went
SETTLE_S = 1.0  # masks and threads of one process are reported at most this often
LIMIT = 512  # rows per target
UNREMARKABLE = frozenset("RSDI")

Key = tuple[int, int]  # pid, start


@dataclass(slots=True)
class _Row:
    """``facts`` as they were recorded last; ``shown`` is the process that the journal knows this row by."""

    facts: ProcessFacts
    shown: Key
    at: datetime
    respawns: int = 0
    missed_at: datetime | None = None


class ProcessTree:
    """Turns one look after another into events.  Pure: the caller looks, and owns the clock."""

    def __init__(self, run: str, target: str) -> None:
        self._who = {"run": run, "target": target, "author": "kernel"}
        self._rows: dict[Key, _Row] = {}
        self._cut = False

    def look(self, seen: list[ProcessFacts], at: datetime) -> list[AnyEvent]:
        """What differs from the last look, in an order that names parents first.

        An empty ``seen`` means that the target has ended: nothing is held back then.
        """
        alive = {(facts.pid, facts.start): facts for facts in seen}
        for key, row in self._rows.items():
            if key not in alive and row.missed_at is None:
                row.missed_at = at
        events: list[AnyEvent] = []
        for key, facts in alive.items():
            known = self._rows.get(key)
            events += self._changed(known, facts, at) if known else self._came(key, facts, at)
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
        return [
            ProcessAppeared(
                **self._who, at=at, pid=facts.pid, start=facts.start, ns_pid=facts.ns_pid, ppid=facts.ppid,
                comm=facts.comm, argv=facts.argv, state=facts.state, threads=facts.threads, dispositions=_masks(facts),
            )
        ]  # fmt: skip

    def _changed(self, row: _Row, facts: ProcessFacts, at: datetime) -> list[AnyEvent]:
        old, fields = row.facts, _mutable(facts)
        differs = {name: value for name, value in fields.items() if value != _mutable(old)[name]}
        if "state" in differs and {old.state, facts.state} <= UNREMARKABLE:
            del differs["state"]
        quiet = set(differs) <= {"dispositions", "threads"}
        if not differs or (quiet and (at - row.at).total_seconds() < SETTLE_S):
            return []
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
                events.append(ProcessGone(**self._who, at=row.missed_at, pid=row.shown[0], start=row.shown[1]))
        return events


def _masks(facts: ProcessFacts) -> Dispositions | None:
    return None if facts.masks is None else Dispositions(**facts.masks.to_wire())


def _mutable(facts: ProcessFacts) -> dict[str, Any]:
    """What of a process can change while it stays the same one."""
    return {
        "ppid": facts.ppid,
        "comm": facts.comm,
        "argv": facts.argv,
        "state": facts.state,
        "threads": facts.threads,
        "dispositions": _masks(facts),
    }


async def watch_processes(
    look: Callable[[], Awaitable[list[ProcessFacts] | None]],
    record: Record,
    over: anyio.Event,
    *,
    run: str,
    target: str,
) -> None:
    """Look and record until ``over`` is set or the caller is cancelled; then all that was there is said to be gone.

    Says once that nothing can be seen (``source_lost`` with source "processes") where ``look`` gives None.
    """
    tree, blind = ProcessTree(run, target), False
    try:
        while not over.is_set():
            seen = await look()
            if seen is not None:
                for event in tree.look(seen, now()):
                    await record(event)
            elif not blind:
                blind = True
                reason = "the engine runs on another machine"
                await record(SourceLost(run=run, target=target, source="processes", reason=reason))
            with anyio.move_on_after(EVERY_S):
                await over.wait()
    finally:
        with anyio.CancelScope(shield=True):
            await over.wait()
            for event in tree.look([], now()):
                await record(event)
