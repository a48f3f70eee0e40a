"""The API, version 1: what a person or a program may ask.  Every call answers at once; what happens comes by events.

Longer than most files: a route is little more than its signature and its errors, and they are read side by side.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, BeforeValidator, Field, StrictInt
from starlette.responses import Response

from app.events.parts import Origin
from app.lab.state import RunState
from app.web.access import role
from app.web.adhoc import Body, StartRun, no_truth
from app.web.paths import RunId, TargetId
from app.web.services import Guarded, RoleHere, Seen, Served
from app.web.starting import Start
from app.web.stream import event_stream, past_page
from app.web.together import each_of

router = APIRouter(prefix="/api/v1", route_class=Guarded)

TimeoutS = Annotated[
    Annotated[int, BeforeValidator(no_truth), Field(ge=-1, le=3600)] | None,
    Field(description="Whole seconds; −1 waits for ever; absent: the target's own."),
]


class SendSignal(Body):
    signal: str | StrictInt = Field(description="TERM, SIGTERM, 15 or SIGRTMIN+3")
    pid: StrictInt | None = Field(
        None, ge=1, description="Inside the target's PID namespace; absent: its root process."
    )
    group: bool = Field(False, description="To the whole process group of that process.")
    origin: Origin = Field("outside", alias="from")


class StopTarget(Body):
    timeout_s: TimeoutS = None
    signal: str | StrictInt | None = None


class Type(Body):
    data: str = Field(max_length=65536, description="UTF-8 text; \\u0003 is Ctrl-C.")


class WriteFile(Body):
    text: str = Field(max_length=16384)


class Resize(Body):
    cols: int = Field(ge=2, le=500)
    rows: int = Field(ge=2, le=300)


class Accepted(BaseModel):
    """The number of the event that records the request; what comes of it arrives on ``/events``."""

    event_id: int | None


def _started(run: RunState) -> dict[str, object]:
    targets = [{"id": state.target.id, "name": state.target.name} for state in run.targets]
    return {"run": run.id, "targets": targets, "event_id": run.created}


@router.post("/runs", status_code=201)
@role("driver")
async def start_run(body: Start, served: Served, who: RoleHere) -> dict[str, object]:
    """Start an experiment, a command or image of one's own, or a race: two to eight of these side by side, as one run.

    Errors: 404 not_found, 409 not_possible, 422 bad_request, 503 no_engine.
    """
    run = await body.start(served)
    if body.guess is not None:
        await served.bets.open(run.id, by=who, timeout_s=body.guess.timeout_s, early=True)
    return _started(run)


@router.post("/equivalent")
@role("driver")
async def equivalent(body: StartRun, served: Served) -> dict[str, object]:
    """The command line that a person would type for this; nothing is started.  Errors: 404 not_found, 422."""
    own = body.experiment is None
    specs = (body.spec(),) if own else served.runner.experiment(body.experiment or "").target
    return {"equivalent": [served.hosts[spec.host].equivalent(spec, spec.name) for spec in specs]}


@router.post("/runs/{run}/steps/{step}", status_code=202)
@role("driver")
async def do_step(run: RunId, step: int, served: Served, who: RoleHere) -> Accepted:
    """Do what a step of the lesson says.  Errors: 404, 409 conflict, 422 bad_request, and those of what it does."""
    return Accepted(event_id=await served.runner.do_step(run, step, by=who))


@router.put("/runs/{run}/files/{name}", status_code=202)
@role("driver")
async def write_file(
    run: RunId, name: Annotated[str, Path(max_length=80)], body: WriteFile, served: Served, who: RoleHere
) -> Accepted:
    """Give a scratch file of the run a new text.  Errors: 404 not_found, 409 already_gone, 422 bad_request."""
    return Accepted(event_id=await served.actions.write_file(run, name, body.text, by=who))


@router.post("/targets/{target}/start", status_code=202)
@role("driver")
async def start_target(target: TargetId, served: Served) -> Accepted:
    """Start a target that waits for that.  Errors: 404 not_found, 409 already_gone or conflict, 503 no_engine."""
    await served.lab.start_later(target)
    return Accepted(event_id=None)


@router.post("/targets/{target}/pause", status_code=202)
@role("driver")
async def pause_target(target: TargetId, served: Served, who: RoleHere) -> Accepted:
    """Freeze a container, as ``docker pause``.  Errors: 404, 409 already_gone, 422 not_applicable, 502 host_failed."""
    return Accepted(event_id=await served.actions.pause(target, paused=True, by=who))


@router.post("/targets/{target}/unpause", status_code=202)
@role("driver")
async def unpause_target(target: TargetId, served: Served, who: RoleHere) -> Accepted:
    """Let it go on.  Errors: as those of pause."""
    return Accepted(event_id=await served.actions.pause(target, paused=False, by=who))


@router.post("/targets/{target}/signals", status_code=202)
@role("driver")
async def send_signal(target: TargetId, body: SendSignal, served: Served, who: RoleHere) -> Accepted:
    """Send one signal to a process of a target.

    Errors: 403 not_ours, 404 not_found, 409 already_gone, 422 unknown_signal, 502 host_failed, 503 no_engine.
    """
    number = await served.lab.send_signal(
        target, body.signal, pid=body.pid, group=body.group, origin=body.origin, by=who
    )
    return Accepted(event_id=number)


@router.get("/targets/{target}/forecast")
@role("viewer")
async def forecast(
    target: TargetId,
    served: Served,
    signal: Annotated[str | None, Query(max_length=40, description="Absent: the target's own stop signal.")] = None,
    timeout_s: Annotated[
        int | None, Query(ge=-1, le=3600, description="Of the stop; absent: the target's own.")
    ] = None,
) -> dict[str, object]:
    """What this signal would do to each of its processes, and what a stop would come to.  Nothing is sent.

    Of a target that has ended: no processes, and null for the stop.  Errors: 404 not_found, 422 unknown_signal.
    """
    return await served.lab.forecast(target, signal, timeout_s)


@router.post("/targets/{target}/stop", status_code=202)
@role("driver")
async def stop_target(target: TargetId, body: StopTarget, served: Served, who: RoleHere) -> Accepted:
    """Stop a target as ``docker stop`` does; the stop goes on whatever becomes of this request.

    Errors: 404 not_found, 409 already_gone or conflict, 422 unknown_signal.
    """
    return Accepted(event_id=await served.lab.stop(target, timeout_s=body.timeout_s, signal=body.signal, by=who))


@router.post("/targets/{target}/kill", status_code=202)
@role("driver")
async def kill_target(target: TargetId, served: Served, who: RoleHere) -> Accepted:
    """ "Kill now" while a stop is under way.  Errors: 404 not_found, 409 already_gone or conflict."""
    return Accepted(event_id=await served.lab.kill(target, by=who))


@router.post("/targets/{target}/input", status_code=202)
@role("driver")
async def type_into(target: TargetId, body: Type, served: Served) -> Accepted:
    """Keys for the terminal.  Errors: 404 not_found, 409 already_gone, 422 not_applicable."""
    await served.lab.type(target, body.data)
    return Accepted(event_id=None)


@router.post("/targets/{target}/resize", status_code=202)
@role("driver")
async def resize(target: TargetId, body: Resize, served: Served) -> Accepted:
    """Another size for the terminal: a real SIGWINCH, or nothing where the target has ended.

    Errors: 404 not_found, 422 not_applicable.
    """
    await served.lab.resize(target, body.cols, body.rows)
    return Accepted(event_id=None)


@router.post("/runs/{run}/signals", status_code=202)
@role("driver")
async def send_signal_to_run(run: RunId, body: SendSignal, served: Served, who: RoleHere) -> dict[str, object]:
    """The same signal to the root process of every target of the run; ``targets`` says what came of it for each.

    Errors: 404 not_found, and those of a single target where no target could be asked.
    """
    return await each_of(run, served, lambda target: served.lab.send_signal(target, body.signal, by=who))


@router.post("/runs/{run}/stop", status_code=202)
@role("driver")
async def stop_run(run: RunId, body: StopTarget, served: Served, who: RoleHere) -> dict[str, object]:
    """Stop every target of the run; one that waits to be started never will be.  Answer and errors: as for signals."""
    told = await each_of(
        run, served, lambda target: served.lab.stop(target, timeout_s=body.timeout_s, signal=body.signal, by=who)
    )
    served.lab.release(run)
    return told


@router.get("/events/past")
@role("viewer")
async def past_events(
    served: Served,
    seen: Seen,
    run: Annotated[str | None, Query(max_length=40)] = None,
    after: Annotated[int, Query(ge=0, lt=2**63)] = 0,
    kind: Annotated[list[str] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 500,
) -> Response:
    """Events after a place as JSON, oldest first; go on at ``place`` until it is no more behind the stream."""
    return await past_page(served.hub, seen, after=after, run=run, kinds=frozenset(kind or ()), limit=limit)


@router.get("/events")
@role("viewer")
async def events(
    request: Request,
    served: Served,
    who: RoleHere,
    seen: Seen,
    run: Annotated[str | None, Query(max_length=40)] = None,
    after: Annotated[int, Query(ge=0, lt=2**63)] = 0,
    kind: Annotated[list[str] | None, Query()] = None,
    live: bool = False,
) -> Response:
    """Server-sent events: everything after a place, then what comes.  ``Last-Event-ID`` goes before ``after``.

    ``live``: only what comes, after the event that the first heartbeat names (``last``).
    """
    return event_stream(
        served.hub,
        seen,
        role=who,
        who=served.access.session_of(request, served.cookie),
        after=None if live else after,
        last_event_id=request.headers.get("last-event-id"),
        run=run,
        kinds=frozenset(kind or ()),
        heartbeat_s=served.settings.heartbeat_s,
        still=lambda: served.access.role_of(request, served.cookie) is not None,
    )
