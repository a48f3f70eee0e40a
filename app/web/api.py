"""The API, version 1: what a person or a program may ask.  Every call answers at once; what happens comes by events.

Longer than most files: a route is little more than its signature and its errors, and they are read side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.errors import BadRequest, NotFound
from app.hosts.base import ContainerOptions, ProcessOptions, Spec
from app.live import LiveRun
from app.targets import HostName
from app.web.access import role
from app.web.facts import run_facts, runs_facts
from app.web.services import RoleHere, Served
from app.web.stream import event_stream

router = APIRouter(prefix="/api/v1")

CATALOGUE_ONLY = {"tmpfs", "binds", "cgroupns", "cap_add"}
TimeoutS = Annotated[
    int | None, Field(ge=-1, le=3600, description="Whole seconds; −1 waits for ever; absent: the target's own.")
]
RunId = Annotated[str, Path(max_length=40)]
TargetId = Annotated[str, Path(max_length=80)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class StartRun(Body):
    """Either ``experiment``, or a command or image of one's own."""

    experiment: str | None = None
    host: HostName | None = None
    command: tuple[str, ...] = ()
    image: str | None = None
    options: dict[str, Any] = Field(default_factory=dict)

    def spec(self) -> Spec:
        """The one target of an ad-hoc run.  Raises BadRequest."""
        if self.host is None:
            raise BadRequest("say which experiment, or a host and a command")
        if forbidden := CATALOGUE_ONLY & set(self.options):
            raise BadRequest(f"these options are for the catalogue only: {', '.join(sorted(forbidden))}")
        if self.host == "container":
            return Spec(
                host=self.host,
                command=self.command,
                image=self.image or "base",
                container=ContainerOptions(**self.options),
            )
        if not self.command:
            raise BadRequest("a process needs a command, as a list of words")
        return Spec(host=self.host, command=self.command, process=ProcessOptions(**self.options))


class SendSignal(Body):
    signal: str | int = Field(description="TERM, SIGTERM, 15 or SIGRTMIN+3")
    pid: int | None = Field(None, ge=1, description="Inside the target's PID namespace; absent: its root process.")
    group: bool = Field(False, description="To the whole process group of that process.")
    origin: Literal["outside", "inside"] = Field("outside", alias="from")


class StopTarget(Body):
    timeout_s: TimeoutS = None
    signal: str | int | None = None


class Type(Body):
    data: str = Field(max_length=65536, description="UTF-8 text; \\u0003 is Ctrl-C.")


class WriteFile(Body):
    text: str = Field(max_length=16384)


class Resize(Body):
    cols: int = Field(ge=2, le=500)
    rows: int = Field(ge=2, le=300)


class NewLink(Body):
    role: Literal["driver", "viewer"] = "viewer"


class Accepted(BaseModel):
    """The number of the event that records the request; what comes of it arrives on ``/events``."""

    event_id: int | None


def _started(run: LiveRun) -> dict[str, object]:
    targets = [{"id": live.target.id, "name": live.target.name} for live in run.targets]
    return {"run": run.id, "targets": targets, "event_id": run.created}


@router.post("/runs", status_code=201)
@role("driver")
async def start_run(body: StartRun, served: Served) -> dict[str, object]:
    """Start an experiment, or a command or image of one's own.

    Errors: 404 not_found, 422 bad_request, 503 no_engine.
    """
    if body.experiment is not None:
        return _started(await served.runner.start(body.experiment))
    try:
        spec = body.spec()
    except ValueError as error:
        raise BadRequest(str(error)) from error
    title = spec.name if spec.image is None else spec.image
    return _started(await served.lab.start((spec,), experiment=None, title=title, question=" ".join(spec.command)))


@router.get("/runs")
@role("viewer")
async def list_runs(served: Served, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> dict[str, object]:
    """History, newest first."""
    return {"runs": (await runs_facts(served.hub))[:limit]}


@router.get("/runs/{run}")
@role("viewer")
async def get_run(run: RunId, served: Served) -> dict[str, object]:
    """One run's facts.  Errors: 404 not_found."""
    return await run_facts(served.hub, run)


@router.delete("/runs/{run}")
@role("driver")
async def remove_run(run: RunId, served: Served) -> dict[str, object]:
    """End a run and everything that belongs to it.  Its events stay in the journal."""
    await served.lab.remove(run)
    return {"ok": True}


@router.get("/runs/{run}/events.jsonl")
@role("viewer")
async def export_run(run: RunId, served: Served) -> Response:
    """All events of a run, one JSON object a line."""
    if not served.hub.journal.last_of_run(run):
        raise NotFound(f"there is no run {run}")

    async def lines() -> Any:
        async for event in served.hub.read_all(run=run):
            if event.run == run:
                yield event.json + b"\n"

    name = f'attachment; filename="signal-lab-{run}.jsonl"'
    return StreamingResponse(lines(), media_type="application/jsonl", headers={"content-disposition": name})


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
    return Accepted(event_id=await served.acts.write_file(run, name, body.text, by=who))


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
    return Accepted(event_id=await served.acts.pause(target, paused=True, by=who))


@router.post("/targets/{target}/unpause", status_code=202)
@role("driver")
async def unpause_target(target: TargetId, served: Served, who: RoleHere) -> Accepted:
    """Let it go on.  Errors: as those of pause."""
    return Accepted(event_id=await served.acts.pause(target, paused=False, by=who))


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

    Errors: 404 not_found, 409 already_gone, 422 unknown_signal.
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
    """Another size for the terminal: a real SIGWINCH.  Errors: 404 not_found, 409 already_gone, 422 not_applicable."""
    await served.lab.resize(target, body.cols, body.rows)
    return Accepted(event_id=None)


async def _each(run: str, served: Served, act: Callable[[str], Any]) -> dict[str, object]:
    live = served.lab.live_run(run)
    if live is None:
        raise NotFound(f"{run} is not running")
    return {"event_ids": [await act(each.target.id) for each in _alive(live)]}


def _alive(run: LiveRun) -> Iterable[Any]:
    return [live for live in run.targets if not live.ended]


@router.post("/runs/{run}/signals", status_code=202)
@role("driver")
async def send_signal_to_run(run: RunId, body: SendSignal, served: Served, who: RoleHere) -> dict[str, object]:
    """The same signal to the root process of every target of the run."""
    return await _each(run, served, lambda target: served.lab.send_signal(target, body.signal, by=who))


@router.post("/runs/{run}/stop", status_code=202)
@role("driver")
async def stop_run(run: RunId, body: StopTarget, served: Served, who: RoleHere) -> dict[str, object]:
    """Stop every target of the run."""
    return await _each(
        run, served, lambda target: served.lab.stop(target, timeout_s=body.timeout_s, signal=body.signal, by=who)
    )


@router.post("/links", status_code=201)
@role("driver")
async def new_link(body: NewLink, served: Served) -> dict[str, object]:
    """A link to give away: the viewers' can be shared, a driver's works once."""
    path = "watch" if body.role == "viewer" else "enter"
    return {"url": f"{served.url}/{path}/{served.access.new_link(body.role)}", "role": body.role}


@router.delete("/links")
@role("driver")
async def revoke_links(served: Served) -> dict[str, object]:
    """All viewers' links stop working, and the viewers who came by them are signed out."""
    served.access.revoke_viewers()
    return {"ok": True}


@router.get("/events")
@role("viewer")
async def events(
    request: Request,
    served: Served,
    who: RoleHere,
    run: Annotated[str | None, Query(max_length=40)] = None,
    after: Annotated[int, Query(ge=0)] = 0,
    kind: Annotated[list[str] | None, Query()] = None,
) -> Response:
    """Server-sent events: everything after a place, then what comes.  ``Last-Event-ID`` goes before ``after``."""
    return event_stream(
        served.hub,
        role=who,
        after=after,
        last_event_id=request.headers.get("last-event-id"),
        run=run,
        kinds=frozenset(kind or ()),
        heartbeat_s=served.settings.heartbeat_s,
    )
