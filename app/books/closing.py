"""The next start closes the books: what a killed server left open gets its end, from those who saw it.

Keepers and the janitor have put down what they saw (``app/hosts/ends.py``); what the engine still has of the lab's
containers is ended here as the janitor would, and the engine is asked for what it remembers.  An engine that is away,
or hangs, is not waited for: what it alone could tell is told as unknown.  Nothing is taken over.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import anyio
from anyio import to_thread

from app.books.ending import Known, last_events, was_cut
from app.books.left import LeftRun, LeftTarget
from app.errors import LabError
from app.events import EngineEvent, RunFinished, SourceLost
from app.hosts.ends import End, all_have_written, forget_ends, read_ends
from app.hosts.engine.engine import Engine
from app.hosts.engine.leftover import end_left
from app.hosts.engine.remembered import remembered
from app.hub import Hub
from app.lab.guesses import unsaid
from app.lab.judge import Judge
from app.targets import LAB, Target

log = logging.getLogger("signal_lab")
ASK_S = 5.0  # how long a start waits for an engine that is there
KEEPERS_S, EVERY_S = 5.0, 0.05
EVER = 1  # seconds since 1970: it remembers no more than 256
AWAY = ", and the engine cannot be asked"


async def close_books(hub: Hub, engine: Engine, data: Path, left: list[LeftRun]) -> None:
    """Every target, stop and run of these gets its end.  Raises DataFolder."""
    said, away = await _ask(engine, data) if left else ({}, "")
    if left:
        await _keepers_gone(data)
    ends, bad = await to_thread.run_sync(read_ends, data)
    if bad:
        log.warning("%d lines in ends.jsonl cannot be read, and count for nothing", bad)
    seen = {_key(end): end for end in reversed(ends)}  # of two the first: the second one's was ended by the first
    for run in left:
        await _close(hub, run, seen, said, away)
    if not hub.lost:
        await to_thread.run_sync(forget_ends, data)


async def _keepers_gone(data: Path) -> None:
    """They end with their server, and as soon; one that cannot is not waited for."""
    with anyio.move_on_after(KEEPERS_S):
        while not await to_thread.run_sync(all_have_written, data):  # noqa: ASYNC110 (other processes)
            await anyio.sleep(EVERY_S)


async def _ask(engine: Engine, data: Path) -> tuple[dict[str, list[EngineEvent]], str]:
    """What the engine remembers, by target; and why it cannot be asked."""
    given_up = threading.Event()
    told: dict[str, list[EngineEvent]] = {}
    away = AWAY
    with anyio.move_on_after(ASK_S), suppress(LabError):
        try:
            await engine.call(
                lambda client: end_left(client, engine.lab, data, lambda: not given_up.is_set()),
                what="ending what was left",
            )
        finally:
            given_up.set()  # a call that hangs must not find the containers of this server
    with anyio.move_on_after(ASK_S), suppress(LabError):
        for _, event in await remembered(engine, EVER, {"label": f"{LAB}={engine.lab}"}):
            told.setdefault(event.target or "", []).append(event)
        away = ""
    return told, away


def _key(end: End) -> object:
    return end.container if end.container else (end.pid, end.start)


async def _close(
    hub: Hub, run: LeftRun, seen: dict[object, End], said: dict[str, list[EngineEvent]], away: str
) -> None:
    unwatched = [target for target in run.targets.values() if target.started and not target.exited]
    since = await hub.ask(lambda: hub.journal.last_of_run(run.id))
    (newest,) = await hub.read(after=since - 1, run=run.id, limit=1)
    watched_until = json.loads(newest.json)["seen_at"]
    if closed := unsaid(run.events):
        await hub.record(closed)
    for target in run.targets.values():
        if target.started is not None and target.open:
            key = target.started.container_id or (target.started.pid, target.started.start)
            is_local = target.started.container_id is None
            known = Known(seen.get(key), _new(target, said.get(target.id, ())), "" if is_local else away)
            await _end(hub, run, target, known)
    for target in unwatched:
        reason = "it was gone; what happened from then on may be missing"
        await hub.record(SourceLost(run=run.id, target=target.id, source="lab", at=watched_until, reason=reason))
    await hub.record(RunFinished(run=run.id, reason="lab_was_gone"))


def _new(target: LeftTarget, said: Iterable[EngineEvent]) -> list[EngineEvent]:
    """What was not recorded."""
    known = {(each.action, each.signal, each.at) for each in target.said}
    return [each for each in said if (each.action, each.signal, each.at) not in known]


async def _end(hub: Hub, run: LeftRun, target: LeftTarget, known: Known) -> None:
    judge = Judge(hub, Target(run.id, target.id.partition(".")[2], "process"))
    for number, event in run.events:
        if event.kind in ("signal_requested", "stop_requested") and number not in target.judged:
            judge.heard(number, event)
    if was_cut(target, known) and target.stop is None:
        judge.cut(gone=True)
    for event in last_events(run.id, target, known):
        judge.heard(await hub.record(event), event)
    if not hub.lost:
        await judge.finish()
