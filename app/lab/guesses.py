"""Guesses: who may place one and when, and that they are closed once there is something to see.

What is held here is a fold of the journal, so a server that finds a run of a killed one can close its guesses.  A guess
counts for one browser (``who``) and one target; the last one counts.  Viewers may place them, so there are limits: for
one browser, for how fast, and for all of them.

While guesses are taken, nobody who watches can read those of others, on the page or in the stream: ``sealed`` leaves
of each that it was placed, and that of one's own.  What was said is told to all with the event that closes them.
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream

from app.errors import AlreadyGone, BadRequest, Conflict, NotFound, TooMany
from app.events import AnyEvent
from app.events.base import one_line
from app.events.guesses import BetClosed, BetOpened, BetPlaced
from app.events.parts import Guess, PlacedGuess
from app.jobs import running_jobs
from app.journal import Stored
from app.lab.lab import STARTING_S, Lab

KINDS = frozenset({"bet_opened", "bet_placed", "bet_closed", "stop_requested", "target_exited", "run_finished"})
PER_PERSON = 64  # guesses, those that were thought better of included
PER_BET = 4000
GUESSES_AT_ONCE, AT_ONCE_S = 16, 2.0  # one browser's, however fast it taps

Choice = tuple[Guess, int | None]


def bounds_of(timeout_s: int) -> tuple[int, ...]:
    """Where the choices in seconds end, so that there are four at most: at once, soon, later, and killed."""
    if timeout_s < 0:
        return (1, 10)
    return (1, 3) if timeout_s > 3 else (1,) if timeout_s > 1 else ()


@dataclass(slots=True)
class Bet:
    """What a run's guesses are about now."""

    id: int
    open: bool = True
    bounds_s: tuple[int, ...] = ()
    guesses: dict[tuple[str, str], Choice] = field(default_factory=dict)  # by who and target
    heard: dict[tuple[str, str], Choice] = field(default_factory=dict)  # those whose event came before the end
    placed: Counter[str] = field(default_factory=Counter)
    lately: defaultdict[str, deque[float]] = field(
        default_factory=lambda: defaultdict(lambda: deque(maxlen=GUESSES_AT_ONCE))
    )


class Folded:
    """What the journal says of guesses, and what has to be said for it."""

    def __init__(self) -> None:
        self._bets: dict[str, Bet] = {}

    def heard(self, number: int, event: AnyEvent) -> BetClosed | None:
        """Fold one event; gives what has to be recorded for it."""
        if event.run is None or event.kind not in KINDS:
            return None
        if event.kind == "bet_opened":
            self._bets[event.run] = Bet(number, bounds_s=event.bounds_s)
            return None
        bet = self._bets.get(event.run)
        if bet is None:
            return None
        if event.kind == "bet_placed":
            bet.guesses[event.who, event.target or ""] = event.ends, event.before_s
            if bet.open and bet.id == event.bet:
                bet.heard[event.who, event.target or ""] = event.ends, event.before_s
            return None
        was_open, bet.open = bet.open, False
        if event.kind == "run_finished":
            del self._bets[event.run]
        if not was_open or event.kind == "bet_closed":
            return None
        reason: str = "stop" if event.kind == "stop_requested" else "ended"
        said = _placed(bet.heard)
        return BetClosed.model_validate({"run": event.run, "bet": bet.id, "reason": reason, "guesses": said})

    def end(self) -> Iterator[BetClosed]:
        """No more guesses on anything: runs end with the lab, and nobody hears it then."""
        for run, bet in self._bets.items():
            if bet.open:
                bet.open = False
                yield BetClosed(run=run, bet=bet.id, reason="ended", guesses=_placed(bet.heard))


class Bets(Folded):
    """Use as ``async with running_bets(lab) as bets``."""

    def __init__(self, lab: Lab) -> None:
        super().__init__()
        self._lab, self._hub = lab, lab.hub

    async def open(self, run: str, *, by: str, timeout_s: int | None = None, early: bool = False) -> int:
        """Ask the room.  ``timeout_s``: of the stop that is meant; None: the target's own.

        ``early``: with the start, so that nothing is foretold before it; how long its own timeout is nobody knows then.

        Raises NotFound, and Conflict where it is asked already or a stop is under way.
        """
        state = self._lab.run_state(run)
        if state is None:
            raise NotFound(f"{run} is not running")
        # What it prints can be seen a moment before its start is recorded.
        with anyio.move_on_after(0 if early else STARTING_S):
            for each in state.targets:
                if not each.spec.later:
                    await each.started.wait()
        if any(each.stop is not None for each in state.targets):
            raise Conflict(f"{run} is being stopped already")
        if not early and not any(each.handle is not None and not each.ended for each in state.targets):
            raise Conflict(f"nothing of {run} is running yet", hint="Wait until it is.")
        if run in self._bets and self._bets[run].open:
            raise Conflict(f"guesses on {run} are open already")
        about: dict[str, object] = {}
        if len(state.targets) == 1:
            handle = state.targets[0].handle
            wait_s = handle.stop_defaults.timeout_s if handle is not None and timeout_s is None else timeout_s
            about = {} if wait_s is None else {"timeout_s": wait_s, "bounds_s": bounds_of(wait_s)}
        return await self._hub.record(BetOpened.model_validate({"run": run, "author": "person", "by": by, **about}))

    async def close(self, run: str) -> int:
        """Nobody may guess any more.  Raises Conflict where nobody may."""
        bet = self._open(run)
        bet.open = False
        said = _placed(bet.guesses)
        return await self._hub.record(BetClosed(run=run, author="person", bet=bet.id, reason="person", guesses=said))

    async def place(self, target: str, ends: Guess, *, who: str, before_s: int | None = None) -> int | None:
        """One guess; None: it is the one that stands.

        Raises NotFound (target), AlreadyGone, BadRequest (no such choice), Conflict (guesses are not open), TooMany.
        """
        run = target.partition(".")[0]
        state = self._lab.run_state(run)
        lane = next((each for each in state.targets if each.target.id == target), None) if state else None
        if lane is None:
            raise NotFound(f"there is no target {target} that runs")
        if lane.ended:
            raise AlreadyGone(f"{target} has ended")
        bet = self._open(run)
        if before_s is not None and (ends != "left" or before_s not in bet.bounds_s):
            raise BadRequest("there is no such choice", hint="`bounds_s` of the bet says which there are.")
        if bet.guesses.get((who, target)) == (ends, before_s):
            return None
        lately, moment = bet.lately[who], anyio.current_time()
        if len(lately) == GUESSES_AT_ONCE and moment - lately[0] < AT_ONCE_S:
            raise TooMany("so many guesses at once are not taken")
        if bet.placed[who] >= PER_PERSON or bet.placed.total() >= PER_BET:
            raise TooMany("no more guesses are taken")
        lately.append(moment)
        bet.placed[who] += 1
        bet.guesses[who, target] = ends, before_s
        return await self._hub.record(
            BetPlaced(
                **{"run": run, "target": target, "author": "person"},
                **{"bet": bet.id, "who": who, "ends": ends, "before_s": before_s, "people": len(bet.placed)},
            )
        )

    def sealed(self, stored: Stored, name: Callable[[str], str]) -> Stored:
        """The event as somebody who watches may read it now.  ``name``: theirs in a run."""
        bet = self._bets.get(stored.run or "") if stored.kind == "bet_placed" else None
        if bet is None or not bet.open:
            return stored
        told = json.loads(stored.json)
        if told["bet"] != bet.id or told["who"] == name(stored.run or ""):
            return stored
        kept = {key: value for key, value in told.items() if key not in ("who", "ends", "before_s")}
        begin = stored.frame[: stored.frame.index(b"{")]
        frame = begin + one_line(json.dumps(kept, ensure_ascii=False, separators=(",", ":"))).encode() + b"\n\n"
        return replace(stored, frame=frame)

    def _open(self, run: str) -> Bet:
        bet = self._bets.get(run)
        if bet is None or not bet.open:
            raise Conflict(
                f"nobody is asked for guesses on {run}", hint="They are taken from “Guess first” to the stop."
            )
        return bet

    async def record_until_closed(self, closed: MemoryObjectReceiveStream[BetClosed]) -> None:
        async for event in closed:
            await self._hub.record(event)


def _placed(guesses: dict[tuple[str, str], Choice]) -> tuple[PlacedGuess, ...]:
    return tuple(
        PlacedGuess(target=target, who=who, ends=ends, before_s=before_s)
        for (who, target), (ends, before_s) in guesses.items()
    )


def unsaid(events: Iterable[tuple[int, AnyEvent]]) -> BetClosed | None:
    """What a server that was killed had no time to say of one run's guesses: that they are closed."""
    fold, said = Folded(), None
    for number, event in events:
        closed = fold.heard(number, event)
        said = None if event.kind == "bet_closed" else closed or said
    return said or next(fold.end(), None)


@asynccontextmanager
async def running_bets(lab: Lab) -> AsyncIterator[Bets]:
    bets = Bets(lab)
    send, receive = anyio.create_memory_object_stream[BetClosed](math.inf)

    def hear(number: int, event: AnyEvent) -> None:
        if closed := bets.heard(number, event):
            send.send_nowait(closed)

    with receive:
        async with running_jobs() as tasks:
            tasks.keep(lambda: bets.record_until_closed(receive))
            with send:
                with lab.hub.listening(hear):
                    yield bets
                for closed in bets.end():
                    send.send_nowait(closed)
