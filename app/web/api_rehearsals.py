"""The part of the API that rehearses a stop: on a copy, as it is and with what would help."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field, model_validator

from app.errors import AlreadyGone, LabError, NotFound
from app.events.parts import Fence
from app.hosts.container.images import tag_of
from app.rehearsal.copying import Original, of_container, of_image
from app.rehearsal.rehearsing import How
from app.web.access import role
from app.web.adhoc import Body, Own
from app.web.services import Guarded, RoleHere, Served, Services

router = APIRouter(prefix="/api/v1", route_class=Guarded)


class Rehearse(Body):
    """Either ``container``, by name, id or the beginning of an id, running or not, or ``image``.

    ``fence``: of the copies. "fenced" has no network and no capabilities, "docker" the engine's usual ones.
    """

    container: Annotated[str, Field(min_length=1, max_length=256)] | None = None
    image: str | None = None
    fence: Fence = "fenced"
    settle_s: Annotated[float, Field(ge=0, le=120, description="How long a copy runs before it is stopped.")] = 2.0
    timeout_s: Annotated[int, Field(ge=0, le=3600, description="Absent: its own.")] | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Rehearse:
        if (self.container is None) == (self.image is None):
            raise ValueError("say which container, or which image")
        return self


@router.post("/rehearsals", status_code=202)
@role("driver")
async def rehearse(body: Rehearse, served: Served, who: RoleHere) -> dict[str, object]:
    """Start a copy, stop it, and stop a second one that has what would help: a run with two targets.

    The original is not touched: copies have its program, variables and stop settings, and neither its mounts, ports nor
    network; ``without`` names what they have not. The run ends with an event ``rehearsed``.

    Errors: 403 not_ours, 404 not_found, 409 not_possible, 422 bad_request, 502 host_failed, 503 no_engine.
    """
    original = await _original(body, served)
    run = await served.rehearsals.start(original, How(by=who, settle_s=body.settle_s, timeout_s=body.timeout_s))
    return {"run": run.id, "name": original.name, "without": original.without}


async def _original(body: Rehearse, served: Services) -> Original:
    if body.image is not None:
        image = Own(host="container", image=body.image).spec().image
        return of_image(image or body.image, body.fence)
    call, container = served.engine.call, body.container or ""
    try:
        facts: dict[str, Any] = await call(lambda client: client.inspect_container(container))
    except AlreadyGone as error:
        raise NotFound(f"there is no container {container}", hint="`docker ps -a` lists them.") from error
    return of_container(
        facts, await _image(served, facts["Image"]), await _tag(served, facts["Config"].get("Image"), facts["Image"]),
        body.fence,
    )  # fmt: skip


async def _image(served: Services, name: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = await served.engine.call(lambda client: client.inspect_image(name))
    except LabError:
        return None
    return found


async def _tag(served: Services, name: str | None, image: str) -> str | None:
    """The name under which it was started, where that still means the same image."""
    if not name or "@" in name or name.startswith("sha256:"):
        return None
    found = await _image(served, tag_of(name))
    return name if found and found["Id"] == image else None
