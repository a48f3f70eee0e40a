"""Builds of lab images and pulls of others: how far they are, and to start and to end one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi import Path as InPath

from app.errors import NotFound
from app.hosts.container.images import is_ours
from app.web.access import role
from app.web.services import Guarded, RoleHere, Served

router = APIRouter(prefix="/api/v1", route_class=Guarded)
Image = Annotated[str, InPath(max_length=64, pattern=r"^[a-z0-9][a-z0-9-]*$")]


@router.get("/builds")
@role("viewer")
async def builds(served: Served) -> dict[str, object]:
    """The latest build of each image since the lab was started: state, step, the end of its log."""
    return {"builds": served.images.builds.facts()}


@router.post("/builds/{image}", status_code=202)
@role("driver")
async def build(image: Image, served: Served) -> dict[str, object]:
    """Build an image of the lab that is not there, or join its build; `ready`: there is nothing to build."""
    if not is_ours(image):
        raise NotFound(f"the lab has no image {image}", hint="`signal-lab images list` names them.")
    return {"image": image, "ready": await served.images.begin(image) is None}


@router.delete("/builds/{image:path}", status_code=202)
@role("driver")
async def cancel_build(
    image: Annotated[str, InPath(max_length=300)], served: Served, who: RoleHere
) -> dict[str, object]:
    """End a build or a pull that is under way.  All runs that wait for it fail with `build_cancelled`."""
    served.images.builds.cancel(image, who)
    return {"image": image}
