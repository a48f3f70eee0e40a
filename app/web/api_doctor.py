"""The doctor over HTTP: what ``docker stop`` would come to for every container of the engine.

A container that is not this lab's is there to be looked at.  What would signal or stop one is refused here, too, and
not only by a page without buttons, unless whoever started the lab has allowed it; and then it has to be confirmed.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import StrictInt

from app.errors import Conflict, NotConfirmed, NotFound, NotOurs
from app.lab.lab import parse
from app.web.access import role
from app.web.adhoc import Body
from app.web.api import Accepted, TimeoutS
from app.web.services import Guarded, RoleHere, Served, Services

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


class SignalForeign(Body):
    """``confirm``: the signal's name and the container's: "SIGTERM web"."""

    signal: str | StrictInt
    confirm: str | None = None


class StopForeign(Body):
    """``confirm``: its stop signal and its name: "SIGTERM web".  ``timeout_s``: absent, its own."""

    timeout_s: TimeoutS = None
    confirm: str | None = None


@router.post("/{container}/signals", status_code=202)
@role("driver")
async def signal_it(container: ContainerName, body: SignalForeign, served: Served, who: RoleHere) -> Accepted:
    """A signal to the first process of a container that is not the lab's, by way of the engine.

    Refused unless the lab was started with --allow-foreign; always for the lab's own container and for one with the
    label dev.signal-lab.protect.  Errors: 403 not_ours, 404 not_found, 409 conflict, not_confirmed or already_gone,
    422 unknown_signal, 502 host_failed, 503 no_engine.
    """
    found, signal = await _found(container, served), parse(body.signal)
    _check_allowed(found, served, body.confirm, signal.name)
    return Accepted(event_id=await served.foreign.signal(found["id"], found["name"], signal, by=who))


@router.post("/{container}/stop", status_code=202)
@role("driver")
async def stop_it(container: ContainerName, body: StopForeign, served: Served, who: RoleHere) -> Accepted:
    """The engine's own stop of a container that is not the lab's, with its own stop signal.  What came of it is told by
    ``foreign_done``.

    Refused as a signal is.  Errors: 403 not_ours, 404 not_found, 409 conflict or not_confirmed, 503 no_engine.
    """
    found = await _found(container, served)
    stop = found["stop"]
    _check_allowed(found, served, body.confirm, stop["signal"])
    signal, wait_s = parse(stop["signal"]), stop["timeout_s"] if body.timeout_s is None else body.timeout_s
    return Accepted(event_id=await served.foreign.stop(found["id"], found["name"], signal, wait_s, by=who))


async def _found(container: str, served: Services) -> dict[str, Any]:
    report = await served.ward.one(container)
    if not report.containers:
        hint = "`docker ps` lists those that run; so does /doctor."
        raise NotFound(f"there is no container {container}", hint=hint)
    return report.containers[0]


async def _shown(container: dict[str, Any], served: Services) -> dict[str, Any]:
    """``ours``: this lab made it, and ``target`` can be signalled as one of its run.

    ``rehearsed``: what the newest rehearsal of its image came to, also when its ``run`` is forgotten (null).
    """
    rehearsed = await served.rehearsals.shown(container["image_id"])
    run = rehearsed.run if rehearsed else None
    told = rehearsed and {
        "run": run if run and await served.hub.has_run(run) else None,
        "at": rehearsed.at.isoformat(),
        "text": rehearsed.text,
    }
    return {**container, "ours": _is_ours(container, served), "rehearsed": told}


def _is_ours(container: dict[str, Any], served: Services) -> bool:
    protected = container["protected"] or container["is_lab"]
    return bool(container["lab"] == served.engine.lab and container["target"] and not protected)


def _check_allowed(container: dict[str, Any], served: Services, confirm: str | None, signal: str) -> None:
    """Raises NotOurs, Conflict, NotConfirmed."""
    name, target = container["name"], container["target"]
    if container["is_lab"]:
        raise NotOurs(f"the lab itself runs in {name}")
    if container["protected"]:
        raise NotOurs(f"{name} is protected by its label dev.signal-lab.protect")
    if _is_ours(container, served):
        raise Conflict(f"{name} is {target} of this lab", hint=f"Ask /api/v1/targets/{target} instead.")
    if container["lab"] == served.engine.lab:  # no target: it reads the kernel's trace for the lab, or tries a rule
        raise NotOurs(f"{name} serves the lab itself", hint="It ends with the lab.")
    if not served.settings.allow_foreign:
        hint = f"The lab only looks at it, unless it is started with --allow-foreign. In a terminal: docker stop {name}"
        raise NotOurs(f"{name} is not a container of this lab", hint=hint)
    if confirm != (meant := f"{signal} {name}"):
        raise NotConfirmed(f"{name} is not a container of this lab: say that it is meant", hint=f'"confirm": "{meant}"')
