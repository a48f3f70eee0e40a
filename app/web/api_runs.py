"""The part of the API about runs that are kept: history, facts, export, and the end of both run and record."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import StreamingResponse
from starlette.responses import Response

from app.errors import Conflict, TooLarge
from app.imports.reading import MAX_BYTES
from app.web import kept
from app.web.access import role
from app.web.api_facts import experiment_facts, signal_table
from app.web.history import Outcome, page_of
from app.web.kept import all_facts, kept_facts, kept_recording
from app.web.pieces import InPieces, in_file
from app.web.report import report
from app.web.services import Guarded, Seen, Served

router = APIRouter(prefix="/api/v1", route_class=Guarded)
RunId = Annotated[str, Path(max_length=40)]


@router.get("/runs")
@role("viewer")
async def list_runs(
    served: Served,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    q: Annotated[str, Query(max_length=200)] = "",
    outcome: Outcome | None = None,
    experiment: Annotated[str | None, Query(max_length=80)] = None,
    before: Annotated[str | None, Query(max_length=60)] = None,
) -> dict[str, object]:
    """History, newest first.  ``q``: words, or "words together", that all must be in its number, title, experiment,
    question, command, outcome or verdict.  ``total``: how many match; ``next``: give it as ``before`` for the next
    page; null: there are no more.

    Errors: 422 bad_request.
    """
    runs = await all_facts(served)
    return page_of(runs, q=q, outcome=outcome, experiment=experiment, before=before, limit=limit)


@router.get("/runs/{run}")
@role("viewer")
async def get_run(run: RunId, served: Served) -> dict[str, object]:
    """One run's facts; ``again``: it is one's own, and can be started once more.  Errors: 404 not_found."""
    return {**await kept_facts(served, run), "again": run in served.lab.made}


@router.get("/runs/{run}/load")
@role("viewer")
async def run_load(run: RunId, served: Served) -> dict[str, object]:
    """What its processes cost now: CPU in per cent of one processor (null: not known yet) and resident memory.

    Only of processes on the lab's own machine, and as long as the run is alive; it is in no journal.  Measured twice
    a second at most.  Errors: 404 not_found.
    """
    if (loads := await served.loads.of_run(run)) or served.lab.run_state(run):
        return {"processes": [asdict(each) for each in loads]}
    await kept_facts(served, run)
    return {"processes": []}


@router.delete("/runs/{run}")
@role("driver")
async def remove_run(run: RunId, served: Served, forget: bool = False) -> dict[str, object]:
    """End a run and everything that belongs to it.  Its events stay in the journal.

    With ``forget`` a run that has ended is forgotten: its events are removed.  Errors: 404 not_found, 409 conflict.
    """
    if not forget:
        await served.lab.remove(run)
        return {"ok": True}
    if (await kept_facts(served, run))["status"] != "finished":
        raise Conflict(f"run {run} has not ended", hint="End it first; then it can be forgotten.")
    await kept.forget(served, run)
    return {"ok": True}


@router.get(
    "/runs/{run}/events.jsonl",
    response_class=Response,
    responses={200: {"content": {"application/jsonl": {}}, "description": "One event a line."}},
)
@role("viewer")
async def export_run(
    run: RunId,
    served: Served,
    seen: Seen,
    lab: Annotated[bool, Query(description="Also what the lab said of itself and its witnesses meanwhile.")] = False,
) -> Response:
    """All events of a run, one JSON object a line.  Errors: 404 not_found."""
    recorded = await kept_recording(served, run, lab=lab)

    async def lines() -> AsyncIterator[bytes]:
        async for event in recorded:
            if seen(event) is event:  # else it is a guess that nobody may read yet
                yield event.json + b"\n"

    name = f'attachment; filename="signal-lab-{run}.jsonl"'
    return StreamingResponse(lines(), media_type="application/jsonl", headers={"content-disposition": name})


@router.get("/runs/{run}/report")
@role("viewer")
async def report_run(run: RunId, served: Served) -> Response:
    """One HTML file that shows and replays the run without a lab or a network.

    Errors: 404 not_found, 409 conflict while it goes on.
    """
    facts = await kept_facts(served, run)
    if facts["status"] != "finished":
        raise Conflict(f"run {run} has not ended", hint="A report is made of a run that is over.")
    mine = served.runner.catalogue.get(facts["experiment"] or "")
    known = {"experiments": [await experiment_facts(served, mine)] if mine else [], "table": signal_table()}
    async with served.one_report:
        lines = [event.json async for event in await kept_recording(served, run, lab=True)]
        made = await to_thread.run_sync(lambda: in_file(report(facts, lines, known)))
    name = f'attachment; filename="signal-lab-{run}.html"'
    return InPieces(made, "text/html", {"content-disposition": name})


@router.post("/imports", status_code=201, max_body_size=MAX_BYTES)
@role("driver")
async def import_run(request: Request, served: Served) -> dict[str, object]:
    """Keep the recording of a run from somewhere else.  The body is the file: an export (JSON Lines) or a report.

    It is a run of its own that is over: it can be looked at and replayed, and nothing in it can be signalled.

    Errors: 413 too_large, 422 bad_line with the number of the line, 422 bad_request.
    """
    file = bytearray()
    async for part in request.stream():
        file += part
        if len(file) > MAX_BYTES:
            raise TooLarge(f"the file is larger than {MAX_BYTES} bytes")
    run, events = await to_thread.run_sync(served.imported.take, bytes(file))
    return {"run": run, "events": events}
