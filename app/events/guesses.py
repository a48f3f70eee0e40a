"""Events of guesses: the room says how each target will end, before the stop.

Part of the union in ``app/events/__init__.py``.

The tally is a fold of them, and what settles it is the end of the stop that follows.  Of ``bet_placed`` those who watch
are told neither ``who`` nor ``ends`` while guesses are taken, only that there is one more; see ``app/lab/guesses.py``.
"""

from __future__ import annotations

from typing import Literal

from app.events.base import LabEvent
from app.events.parts import Guess, PlacedGuess


class BetOpened(LabEvent):
    """From now on everybody may guess, until a stop is asked for.  Earlier guesses of the run do not count any more.

    Of one target also how long its stop will take: ``bounds_s`` are the ends of the choices in seconds, the first
    first; one more is "later", and one "killed".  ``timeout_s``: the stop that they are about, -1 without a limit.
    """

    kind: Literal["bet_opened"] = "bet_opened"
    by: str
    timeout_s: int | None = None
    bounds_s: tuple[int, ...] = ()


class BetPlaced(LabEvent):
    """Somebody guesses how the target will end, or thinks better of it: the last one counts.

    ``who`` is the same for one browser in one run; it is no session id, and nobody else can make one of it.
    """

    kind: Literal["bet_placed"] = "bet_placed"
    bet: int  # id of the bet_opened
    who: str
    ends: Guess
    before_s: int | None = None  # of bounds_s; None: not as soon as any of them, or killed
    people: int = 0  # who have guessed so far, this one included


class BetClosed(LabEvent):
    """Nobody may guess any more.  "ended": a target has ended without a stop, or the run has.

    ``guesses``: those that count, for everybody who was not told them before.
    """

    kind: Literal["bet_closed"] = "bet_closed"
    bet: int
    reason: Literal["stop", "person", "ended"]
    guesses: tuple[PlacedGuess, ...] = ()
