"""The part of the API that is about races: runs whose targets are stopped together, and guesses on how they end.

``guess`` is the one thing that viewers may write.  It takes a word for a target and nothing else.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Request
from pydantic import BaseModel, ConfigDict

from app.errors import TooLarge
from app.events.parts import Guess
from app.web.access import role
from app.web.facts import run_facts, time_before
from app.web.paths import RunId, TargetId
from app.web.services import Guarded, RoleHere, Served
from app.web.starting import OpenBets

router = APIRouter(prefix="/api/v1", route_class=Guarded)
MAX_GUESS = 200  # bytes


async def small(request: Request) -> None:
    """Raises TooLarge, also for a body that does not say how long it is."""
    length = request.headers.get("content-length", "")
    if not (length.isdecimal() and int(length) <= MAX_GUESS):
        raise TooLarge(f"a guess has at most {MAX_GUESS} bytes", hint='Send {"ends": "left"} or "killed".')


class PlaceGuess(BaseModel):
    model_config = ConfigDict(extra="forbid")

    ends: Guess
    before_s: int | None = None


@router.get("/runs/{run}/before")
@role("viewer")
async def run_before(run: RunId, served: Served) -> dict[str, object]:
    """The run before of the same experiment, or of the same targets: its number, and how long each stop took.

    ``number`` is null where there was none.  Errors: 404 not_found.
    """
    return await time_before(served.hub, await run_facts(served.hub, run))


@router.post("/runs/{run}/bets", status_code=201)
@role("driver")
async def open_bets(
    run: RunId, served: Served, who: RoleHere, body: Annotated[OpenBets | None, Body()] = None
) -> dict[str, object]:
    """Ask everybody to guess how each target will end, until the stop; of one target also how long that will take.

    ``timeout_s``: of the stop that is meant; absent, the target's own.  Errors: 404 not_found, 409 conflict.
    """
    return {"event_id": await served.bets.open(run, by=who, timeout_s=body.timeout_s if body else None)}


@router.delete("/runs/{run}/bets")
@role("driver")
async def close_bets(run: RunId, served: Served) -> dict[str, object]:
    """Take no more guesses.  Errors: 409 conflict."""
    return {"event_id": await served.bets.close(run)}


@router.get("/runs/{run}/bets/mine")
@role("viewer")
async def my_bets(run: RunId, request: Request, served: Served) -> dict[str, object]:
    """Under which name this browser's guesses on the run are recorded."""
    return {"who": served.access.pseudonym(request, served.cookie, run)}


@router.post("/targets/{target}/guess", status_code=202)
@role("viewer")
async def place_guess(
    target: TargetId, body: PlaceGuess, request: Request, served: Served, _: Annotated[None, Depends(small)]
) -> dict[str, object]:
    """Guess how a target will end; a later guess takes the place of the one before.  Viewers may do this, too.

    ``before_s``: it leaves sooner than that, one of the ``bounds_s`` of the bet; absent: not as soon as any of them.
    Errors: 404 not_found, 409 already_gone or conflict, 413 too_large, 422 bad_request, 429 too_many.
    """
    who = served.access.pseudonym(request, served.cookie, target.partition(".")[0])
    return {"event_id": await served.bets.place(target, body.ends, who=who, before_s=body.before_s)}
