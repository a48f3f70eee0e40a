"""The part of the API that is about the room: who may watch, by which link, and what the presenter looks at."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field

from app.events import now
from app.hub.audience import Focus
from app.web.access import role
from app.web.adhoc import Body
from app.web.qr import qr_code
from app.web.services import Guarded, Served

router = APIRouter(prefix="/api/v1", route_class=Guarded)


class NewLink(Body):
    role: Literal["driver", "viewer"] = "viewer"


Id = Annotated[str | None, Field(max_length=80)]


class LookAt(Body):
    """All of it is another page's to interpret: a viewer's page goes to what it knows, and leaves the rest."""

    experiment: Id = None
    run: Id = None
    target: Id = None
    row: Id = Field(None, description="Of a process, as the page names rows: its pid and start.")
    present: bool = False
    whole: bool = Field(False, description="Of several targets: the chosen one's whole fall.")


@router.post("/focus", status_code=202)
@role("driver")
async def look_at(body: LookAt, served: Served) -> dict[str, object]:
    """What the presenter looks at: viewers who follow look at the same, with the next message of their stream.

    It is no fact of a run, so no journal has it; it is forgotten when the lab ends.
    """
    served.hub.audience.look_at(Focus(**body.model_dump(), at=now().isoformat()))
    return {"ok": True}


@router.post("/links", status_code=201)
@role("driver")
async def new_link(body: NewLink, served: Served) -> dict[str, object]:
    """A link to give away: the viewers' can be shared, a driver's works once.

    ``qr`` is the viewers' link as a QR code, an SVG path of ``size`` modules a side.  Where nobody else can open it,
    ``out_of_reach`` says why, and there is no code: what a telephone reads must work on it.
    """
    if body.role == "driver":
        return {"url": f"{served.url}/enter/{served.access.new_link('driver')}", "role": "driver"}
    url, why = f"{served.url}/watch/{served.access.new_link('viewer')}", served.out_of_reach
    code = None if why else qr_code(url)
    return {"url": url, "role": "viewer", "qr": code, "out_of_reach": why}


@router.delete("/links")
@role("driver")
async def revoke_links(served: Served) -> dict[str, object]:
    """All viewers' links stop working, and the viewers who came by them are signed out, at once.

    Gives how many were watching.
    """
    watching = served.hub.audience.viewers
    served.access.revoke_viewers()
    served.hub.audience.evict()
    return {"ok": True, "watching": watching}
