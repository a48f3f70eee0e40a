"""What the next start says of a target whose server was killed: what is proven, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.books.ending import Known, last_events
from app.books.left import LeftTarget
from app.events import EngineEvent, StopFinished, StopRequested, TargetExited, TargetStarted
from app.hosts.ends import End

ASKED = datetime(2026, 1, 1, tzinfo=UTC)
WHERE = {"run": "r1", "target": "r1.main"}


def at(seconds: float) -> datetime:
    return ASKED + timedelta(seconds=seconds)


def ns(seconds: float) -> int:
    return int(at(seconds).timestamp() * 1e9)


def said(action: str, seconds: float, **more: Any) -> EngineEvent:
    return EngineEvent(**WHERE, at=at(seconds), clock="engine", author="engine", action=action, **more)


def kill(signal: str, seconds: float) -> EngineEvent:
    return said("kill", seconds, signal=signal)


def left(*heard: EngineEvent, container: bool = True, escalated: bool = False) -> LeftTarget:
    started = TargetStarted.model_validate(
        {**WHERE, "pid": 40, "start": 4, "container_id": "c" * 64 if container else None, "command": ["x"]}
        | {"equivalent": "x", "tty": False, "stdin": False, "stop_signal": "SIGTERM", "stop_timeout_s": 10}
    )
    asked = StopRequested(**WHERE, at=ASKED, signal="SIGTERM", timeout_s=10, deadline=at(10), by="driver")
    return LeftTarget("r1.main", started, said=list(heard), stop=(7, asked), escalated=escalated)


def janitor(code: int, by: str, seconds: float = 2) -> End:
    return End.model_validate(
        {"who": "janitor", "target": "r1.main", "container": "c" * 64, "exit_code": code}
        | {"at_ns": ns(seconds), "by": by}
    )


def keeper(by: str, *, exit_code: int | None = None, signal: int | None = None) -> End:
    return End.model_validate(
        {"who": "keeper", "target": "r1.main", "pid": 40, "start": 4, "exit_code": exit_code}
        | {"signal": signal, "at_ns": ns(2), "by": by}
    )


TERM, DIE7, DIE137 = kill("SIGTERM", 0.5), said("die", 2, exit_code=7), said("die", 2, exit_code=137)
SIGKILL = kill("SIGKILL", 1.5)


@pytest.mark.parametrize(
    ("target", "known", "code", "cause", "took_s", "killed", "error"),
    [
        (left(TERM), Known(said=[DIE7]), 7, "exited", 1.5, False, ""),
        (left(TERM), Known(said=[SIGKILL, DIE137]), 137, "killed", 1.5, True, ""),
        (left(TERM), Known(said=[DIE137]), 137, "exited", 1.5, None, ""),
        (left(), Known(said=[DIE7]), 7, "exited", None, None, ""),
        (left(TERM), Known(janitor(7, "itself")), 7, "exited", 1.5, None, ""),
        (left(TERM), Known(janitor(137, "janitor")), 137, "killed", 1.5, True, "its janitor ended"),
        (left(TERM), Known(janitor(137, "janitor"), [SIGKILL, DIE137]), 137, "killed", 1.5, True, "its janitor ended"),
        (left(TERM), Known(janitor(255, "itself")), None, "unknown", None, None, "cannot say"),
        (left(TERM), Known(away=", away"), None, "unknown", None, None, "the lab was gone, away"),
        (left(container=False), Known(keeper("itself", exit_code=7)), 7, "exited", 2, False, ""),
        (left(container=False), Known(keeper("itself", signal=15)), 143, "killed", 2, False, ""),
        (left(container=False), Known(keeper("itself", signal=9)), 137, "killed", 2, None, ""),
        (left(container=False, escalated=True), Known(keeper("itself", signal=9)), 137, "killed", 2, True, ""),
        (left(container=False), Known(keeper("order", signal=9)), 137, "killed", 2, True, ""),
        (left(container=False), Known(keeper("keeper", signal=9)), 137, "killed", 2, True, "its keeper ended"),
        (left(container=False), Known(keeper("keeper", signal=1)), 129, "killed", 2, None, "its keeper ended"),
        (left(container=False), Known(), None, "unknown", None, None, "nobody saw its end"),
    ],
)
def test_a_stop_is_told_as_far_as_it_is_proven(
    target: LeftTarget,
    known: Known,
    code: int | None,
    cause: str,
    took_s: float | None,
    killed: bool | None,
    error: str,
) -> None:
    *heard, exited, over = last_events("r1", target, known)
    assert heard == list(known.said)
    assert isinstance(exited, TargetExited)
    assert (exited.exit_code, exited.cause) == (code, cause)
    assert isinstance(over, StopFinished)
    assert (over.stop, over.took_s, over.exit_code, over.killed) == (7, took_s, code, killed)
    assert (error in (over.error or "")) if error else over.error is None


def test_what_has_its_end_gets_no_other() -> None:
    target = left(TERM, DIE7)
    target.exited = TargetExited(**WHERE, at=at(2), clock="engine", exit_code=7, cause="exited", meaning="")
    (over,) = last_events("r1", target, Known())
    assert isinstance(over, StopFinished)
    assert (over.exit_code, over.took_s, over.killed) == (7, 1.5, False)
    target.stop = None
    assert last_events("r1", target, Known(janitor(7, "itself"))) == []


def test_without_a_start_there_is_no_end() -> None:
    assert last_events("r1", LeftTarget("r1.main"), Known(away="x", said=[DIE7])) == []


def test_a_duration_by_two_clocks_that_differ_is_none() -> None:
    early = End.model_validate({**keeper("itself", exit_code=0).model_dump(), "at_ns": ns(-5)})
    *_, over = last_events("r1", left(container=False), Known(early))
    assert isinstance(over, StopFinished)
    assert over.took_s is None
