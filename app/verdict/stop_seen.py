"""One stop with all that belongs to it: what was asked and forecast, what kernel and engine said, how it ended."""

from __future__ import annotations

from dataclasses import dataclass

from app.events import EngineEvent, StopEscalated, StopFinished, StopForecast, StopRequested
from app.verdict.came import as_named
from app.verdict.exit_code import root_of
from app.verdict.memory import root_chosen
from app.verdict.passed_on import Hop, Swept, hops, swept
from app.verdict.scene import Row, Scene, Word

BY_HAND = 40  # events: how far before the engine's word of it a stop by hand may have begun


@dataclass(frozen=True, slots=True)
class Stop:
    """What belongs to one stop."""

    id: int
    asked: StopRequested
    last: int  # the newest event that may count
    by_hand: bool  # by somebody else, and ``id`` is the engine's word of it
    finished: tuple[int, StopFinished] | None
    escalated: tuple[int, StopEscalated] | None
    forecast: tuple[int, StopForecast] | None
    root: Row | None  # as it was when it was asked for
    word: Word | None  # the kernel's, of the stop signal for the root
    kills: tuple[Word, ...]  # SIGKILLs from outside for the root
    engine: tuple[tuple[int, EngineEvent], ...]
    hops: tuple[Hop, ...]
    swept: tuple[Swept, ...]
    chosen: bool = False  # the root process by the kernel, since memory ran out

    @property
    def oom(self) -> int | None:
        return next((number for number, event in self.engine if event.action == "oom"), None)

    def engine_sent(self, signal: str) -> tuple[int, EngineEvent] | None:
        return next((each for each in self.engine if each[1].action == "kill" and each[1].signal == signal), None)


def asked_stop(scene: Scene, request: int) -> Stop:
    """One that somebody asked the lab for."""
    asked = next(event for number, event in scene.events if number == request)
    assert isinstance(asked, StopRequested)
    finished = escalated = forecast = None
    for number, event in scene.events:
        match event:
            case StopFinished() if event.stop == request:
                finished = (number, event)
            case StopEscalated() if event.stop == request:
                escalated = (number, event)
            case StopForecast() if number < request:
                same = (event.signal, event.timeout_s) == (asked.signal, asked.timeout_s)
                forecast = (number, event) if same else forecast
    return _stop_of(scene, request, asked, finished, escalated, forecast)


def stop_by_hand(scene: Scene, after: int) -> Stop | None:
    """One that nobody asked the lab for, as the engine told it: ``docker stop`` in a terminal.  None: none was."""
    if scene.started is None or scene.exited is None:
        return None
    engine = [each for each in scene.engine if each[0] > after]
    kills = [each for each in engine if each[1].action == "kill"]
    first = next((each for each in kills if each[1].signal == scene.started.stop_signal), None)
    die = next((each for each in engine if each[1].action == "die"), None)
    if first is None or die is None or die[1].at < first[1].at:
        return None
    last = next((each for each in kills if each[1].signal == "SIGKILL" and each[0] > first[0]), None)
    waited = round((last[1].at - first[1].at).total_seconds()) if last else None
    asked = StopRequested(
        at=first[1].at,
        signal=scene.started.stop_signal,
        timeout_s=-1 if waited is None else waited,
        deadline=None,
        by="somebody",
    )
    finished = StopFinished(
        at=die[1].at,
        stop=first[0],
        took_s=max(0.0, (die[1].at - first[1].at).total_seconds()),
        exit_code=scene.exited[1].exit_code,
        killed=last is not None,
        meaning="",
    )
    forecast = next(
        (
            (number, event)
            for number, event in reversed(scene.events)
            if isinstance(event, StopForecast) and number < first[0] and event.signal == asked.signal
        ),
        None,
    )
    return _stop_of(scene, first[0], asked, (die[0], finished), None, forecast, by_hand=True)


def _stop_of(
    scene: Scene,
    request: int,
    asked: StopRequested,
    finished: tuple[int, StopFinished] | None,
    escalated: tuple[int, StopEscalated] | None,
    forecast: tuple[int, StopForecast] | None,
    *,
    by_hand: bool = False,
) -> Stop:
    last = scene.events[-1][0]
    last_known = root_of(scene)
    root = (scene.row(last_known.pid, request) or last_known) if last_known else None
    first = request - BY_HAND if by_hand else request  # the engine tells of its kill after the kernel has
    mine = [word for word in scene.words_in(first, last) if root and word.pid == root.pid and scene.from_outside(word)]
    word = next((word for word in mine if word.signal == asked.signal and word.generated), None)
    return Stop(
        id=request,
        asked=asked,
        last=last,
        by_hand=by_hand,
        finished=finished,
        escalated=escalated,
        forecast=forecast,
        root=as_named(root, word) if root and word else root,
        word=word,
        kills=tuple(word for word in mine if word.signal == "SIGKILL" and not word.teardown),
        engine=tuple(each for each in scene.engine if each[0] >= request),
        hops=tuple(hops(scene, first, last)),
        swept=tuple(swept(scene, first, last, asked.signal)),
        chosen=root_chosen(scene, first) is not None,
    )
