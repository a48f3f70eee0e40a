"""The doctor over HTTP: what ``docker stop`` would come to for every container of the engine, and nothing that acts.

A container that is not this lab's is there to be looked at.  What would signal or stop one is refused here, too, and
not only by a page without buttons.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path

from app.errors import Conflict, NotFound, NotOurs
from app.web.access import role
from app.web.api import Accepted, SendSignal, StopTarget
from app.web.services import Guarded, Served, Services

router = APIRouter(prefix="/api/v1/doctor", route_class=Guarded)
ContainerName = Annotated[str, Path(max_length=256, description="Name, id, or the beginning of an id.")]


@router.get("")
@role("viewer")
async def all_of_them(served: Served) -> dict[str, object]:
    """Every container that runs: the forecast of its stop with the reason, its facts, findings and advice.

    Read only, and read anew at most every two seconds.  Errors: 502 host_failed, 503 no_engine.
    """
    report = await served.ward.report()
    return {"holds": report.holds, "containers": [await _shown(each, served) for each in report.containers]}


@router.get("/{container}")
@role("viewer")
async def one_of_them(container: ContainerName, served: Served) -> dict[str, object]:
    """One container, running or not.  Errors: 404 not_found, 502 host_failed, 503 no_engine."""
    return await _shown(await _found(container, served), served)


@router.post("/{container}/signals", status_code=202)
@role("driver")
async def signal_it(container: ContainerName, body: SendSignal, served: Served) -> Accepted:  # noqa: ARG001
    """Always refused: the lab signals its own targets only.  Errors: 403 not_ours, 404 not_found, 409 conflict."""
    raise _refusal(await _found(container, served), served)


@router.post("/{container}/stop", status_code=202)
@role("driver")
async def stop_it(container: ContainerName, body: StopTarget, served: Served) -> Accepted:  # noqa: ARG001
    """Always refused: the lab stops its own targets only.  Errors: 403 not_ours, 404 not_found, 409 conflict."""
    raise _refusal(await _found(container, served), served)


async def _found(container: str, served: Services) -> dict[str, Any]:
    report = await served.ward.one(container)
    if not report.containers:
        hint = "`docker ps` lists those that run; so does /doctor."
        raise NotFound(f"there is no container {container}", hint=hint)
    return report.containers[0]


async def _shown(container: dict[str, Any], served: Services) -> dict[str, Any]:
    """``ours``: this lab made it, and ``target`` can be signalled as one of its run.

    ``rehearsed``: what the newest rehearsal of its image came to; null: there is none that is kept.
    """
    rehearsed = await served.rehearsals.shown(container["image_id"])
    told = rehearsed and {"run": rehearsed.run, "at": rehearsed.at.isoformat(), "text": rehearsed.text}
    return {**container, "ours": _is_ours(container, served), "rehearsed": told}


def _is_ours(container: dict[str, Any], served: Services) -> bool:
    protected = container["protected"] or container["is_lab"]
    return bool(container["lab"] == served.engine.lab and container["target"] and not protected)


def _refusal(container: dict[str, Any], served: Services) -> NotOurs | Conflict:
    name, target = container["name"], container["target"]
    if container["is_lab"]:
        return NotOurs(f"the lab itself runs in {name}")
    if container["protected"]:
        return NotOurs(f"{name} is protected by its label dev.signal-lab.protect")
    if _is_ours(container, served):
        return Conflict(f"{name} is {target} of this lab", hint=f"Ask /api/v1/targets/{target} instead.")
    hint = f"The lab only looks at it. In a terminal: docker stop {name}"
    return NotOurs(f"{name} is not a container of this lab", hint=hint)
