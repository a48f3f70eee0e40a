"""The last events of one target whose server was killed.  Pure: what is known goes in, events come out.

A time or a SIGKILL is told only where a witness has it: the engine's own events, the wait status that the keeper saw,
or the container's state as the janitor read it before it removed it.  All else is told as unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.books.left import LeftTarget
from app.events import Clock, EngineEvent, StopFinished, TargetExited, now
from app.hosts.ends import End
from app.hosts.engine.remembered import read_afterwards
from app.signals import SIGKILL, exit_meaning, name_of

GONE = "the lab was gone"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one target beside the journal.  ``away``: why the engine could not be asked."""

    end: End | None = None
    said: Sequence[EngineEvent] = ()  # by the engine, and not recorded yet
    away: str = ""


@dataclass(frozen=True, slots=True)
class _Ended:
    """``cut``: who ended it because the server was gone; ``heard``: the engine told of it when it happened."""

    code: int | None
    at: datetime | None
    clock: Clock
    cut: str = ""
    why: str = ""
    heard: bool = False


def was_cut(target: LeftTarget, known: Known) -> bool:
    """Whether it went on until the keeper or the janitor ended it."""
    return bool(_ended(target, known).cut)


def last_events(run: str, target: LeftTarget, known: Known) -> list[EngineEvent | TargetExited | StopFinished]:
    """Those that are missing, in the order in which a server that lived would have recorded them."""
    if not target.open:
        return []
    where = {"run": run, "target": target.id}
    ended = _ended(target, known)
    found: list[EngineEvent | TargetExited | StopFinished] = list(known.said)
    if target.exited is None:
        found.append(_exited(where, target, known, ended))
    if target.stop is not None:
        found.append(_finished(where, target, known, ended))
    return found


def _ended(target: LeftTarget, known: Known) -> _Ended:
    end, is_container = known.end, target.started is not None and target.started.container_id is not None
    cut = end.by if end and end.by in ("keeper", "janitor") else ""
    why = f"{GONE}, and so it was ended" if cut else ""
    if die := next((each for each in reversed([*target.said, *known.said]) if each.action == "die"), None):
        return _Ended(die.exit_code, die.at, "engine", cut, why, heard=True)
    if end is None:
        if target.exited is not None:
            return _Ended(target.exited.exit_code, target.exited.at, target.exited.clock)
        return _Ended(None, None, "server", why=f"{GONE}{known.away}")
    at = datetime.fromtimestamp(end.at_ns / 1e9, UTC)
    if not is_container:
        code = end.exit_code if end.signal is None else 128 + end.signal
        return _Ended(code, at, "server", cut, why)
    code, read = (None, "") if end.exit_code is None else read_afterwards(end.exit_code)
    return _Ended(code, at, "engine", cut, why or read)


def _exited(where: dict[str, Any], target: LeftTarget, known: Known, ended: _Ended) -> TargetExited:
    local = known.end is not None and known.end.who == "keeper"
    signal = name_of(known.end.signal) if local and known.end and known.end.signal else None
    if ended.code is None:
        meaning = "nobody saw it end"
    else:
        meaning = f"killed by {signal}" if signal else exit_meaning(ended.code)
    killed = signal is not None or (ended.code == 137 and bool(ended.cut or _kills(target, known, "SIGKILL")))
    return TargetExited(
        **where,
        author="lab" if ended.at is None else "kernel" if local else "engine",
        at=ended.at or now(),
        clock=ended.clock,
        exit_code=ended.code,
        signal=signal,
        cause="unknown" if ended.code is None else "killed" if killed else "exited",
        meaning=f"{meaning}; {ended.why}" if ended.why else meaning,
    )


def _kills(target: LeftTarget, known: Known, signal: str = "", *, since: int = 0) -> list[EngineEvent]:
    said = [*target.said[since:], *known.said]
    return [each for each in said if each.action == "kill" and (not signal or each.signal == signal)]


def _finished(where: dict[str, Any], target: LeftTarget, known: Known, ended: _Ended) -> StopFinished:
    assert target.stop is not None
    number, asked = target.stop
    kills = _kills(target, known, since=target.said_before)
    took_s = None
    if ended.code is not None and ended.at is not None:
        began = asked.at if ended.clock == "server" else kills[0].at if kills else None
        took_s = None if began is None else (ended.at - began).total_seconds()
    error = None
    if ended.cut:
        error = f"{GONE} before the stop was over, and its {ended.cut} ended the target"
    elif ended.code is None:
        error = f"nobody saw its end; {ended.why or GONE}"
    return StopFinished(
        **where,
        stop=number,
        at=ended.at or now(),
        clock=ended.clock,
        took_s=took_s if took_s is None or took_s >= 0 else None,
        exit_code=ended.code,
        killed=_killed(target, known, ended, kills),
        meaning="" if ended.code is None else exit_meaning(ended.code),
        error=error,
    )


def _killed(target: LeftTarget, known: Known, ended: _Ended, kills: list[EngineEvent]) -> bool | None:
    """Whether SIGKILL was sent before it ended, where that is proven."""
    if ended.code is None:
        return None
    by_kill = ended.code == 128 + SIGKILL.number
    if ended.cut:
        return by_kill or None
    if any(each.signal == "SIGKILL" for each in kills):
        return True
    if ended.clock == "engine":  # that no SIGKILL was sent is known where the engine told all that it did
        return False if kills and not by_kill and ended.heard else None
    if by_kill:
        ordered = known.end is not None and known.end.by == "order"
        return True if ordered or target.escalated else None
    return False
