"""The pages: shells with no logic, and the two doors for people who have a link.

A page is first painted without any of the script's data, so a shell gets what it needs to say where one is.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.templating import Jinja2Templates
from starlette.responses import Response

from app import __version__
from app.errors import LabError, NotFound, Unauthenticated
from app.hub.audience import Role
from app.resources import resource
from app.signals import RESERVED, SIGNALS, parse_signal
from app.signals import UnknownSignal as NoSuchSignal
from app.web.access import role
from app.web.assets import ASSETS
from app.web.kept import kept_facts
from app.web.packed import pack
from app.web.services import Guarded, RoleHere, Served, Services

router = APIRouter(include_in_schema=False, route_class=Guarded)
templates = Jinja2Templates(directory=resource("templates"))

MONTH_S = 30 * 24 * 3600


def page(request: Request, name: str, status: int = 200, **context: Any) -> HTMLResponse:
    root: str = request.app.state.settings.root
    defaults = {
        "page": "error",
        "role": "viewer",
        "run": "",
        "experiment": "",
        "signal": "",
        "title": "",
        "question": "",
        "lanes": 1,
        "over": "",
        "replays": False,
        "asset": lambda name: root + ASSETS.address(name),
        "root": root,
    }
    response = templates.TemplateResponse(
        request, name, {**defaults, "version": __version__, **context}, status_code=status
    )
    response.headers["cache-control"] = "no-store"
    return pack(request, response)


def error_page(request: Request, error: LabError) -> HTMLResponse:
    """The one error shape, for people."""
    shape = {"status": error.status, **error.shape()}
    return page(request, "error.html", error.status, error=shape, title=str(error))


@router.get("/")
@role("viewer")
async def home(request: Request, who: RoleHere) -> HTMLResponse:
    return page(request, "home.html", page="home", role=who, title="Experiments")


@router.get("/race")
@role("viewer")
async def race(request: Request, who: RoleHere) -> HTMLResponse:
    """Choose what is to be started side by side."""
    return page(request, "race.html", page="race", role=who, title="Race")


@router.get("/experiments/{experiment}")
@role("viewer")
async def experiment(request: Request, experiment: str, served: Served, who: RoleHere) -> HTMLResponse:
    found = served.runner.experiment(experiment)
    return page(
        request,
        "stage.html",
        page="stage",
        role=who,
        experiment=found.id,
        title=found.title,
        question=found.question,
        lanes=len(found.target),
    )


@router.get("/runs")
@role("viewer")
async def runs(request: Request, who: RoleHere) -> HTMLResponse:
    return page(request, "runs.html", page="runs", role=who, title="Runs")


@router.get("/runs/{run}")
@role("viewer")
async def run(request: Request, run: str, served: Served, who: RoleHere) -> HTMLResponse:
    facts = await kept_facts(served, run)
    return page(
        request,
        "stage.html",
        page="stage",
        role=who,
        run=run,
        experiment=facts["experiment"] or "",
        title=facts["title"],
        question=facts["question"],
        lanes=len(facts["targets"]),
        imported=facts["imported"],
        replays=facts["imported"] or "replay" in request.query_params,
        over="end" if facts["status"] == "finished" else _going(served, run),
    )


def _going(served: Services, run: str) -> str:
    """What a page shows once it has the events: it keeps the room for that, so that nothing jumps."""
    state = served.lab.run_state(run)
    if state and any(each.stop is not None for each in state.targets):
        return "stop"
    # None: it was going on a moment ago.  All have ended: its last word is still being written.
    return "end" if state is None or all(each.ended for each in state.targets) else ""


@router.get("/doctor")
@role("viewer")
async def doctor(request: Request, who: RoleHere) -> HTMLResponse:
    """Why containers take their time to stop."""
    return page(request, "doctor.html", page="doctor", role=who, title="Doctor")


@router.get("/speaker")
@role("driver")
async def speaker(request: Request, who: RoleHere) -> HTMLResponse:
    """A second window of who drives, beside the page that the room sees."""
    return page(request, "speaker.html", page="speaker", role=who, title="Speaker")


@router.get("/signals")
@role("viewer")
async def signals(request: Request, who: RoleHere) -> HTMLResponse:
    return page(request, "signals.html", page="signals", role=who, title="Signals", count=len(SIGNALS))


@router.get("/signals/{name}")
@role("viewer")
async def signal(request: Request, name: str, who: RoleHere) -> HTMLResponse:
    """One of them, by any of its names: a reserved one too, for its row says why it is."""
    try:
        found = next((each for each in RESERVED if name in (each.name, each.short)), None) or parse_signal(name)
    except NoSuchSignal as error:
        raise NotFound(str(error), hint="All of them are at /signals.") from error
    title = f"{found.name}, signal {found.number}"
    return page(request, "signals.html", page="signals", role=who, title=title, signal=found.name, count=len(SIGNALS))


@router.get("/enter/{code}")
@role("anyone")
async def enter_door(request: Request, code: str) -> HTMLResponse:
    """Asks for a click: a preview of the link in a chat must not use it up."""
    return page(request, "enter.html", page="enter", title="Enter as the driver", code=code)


@router.post("/enter/{code}")
@role("anyone")
async def enter(code: str, served: Served) -> Response:
    return _sign_in(served, code, "driver")


@router.get("/watch/{code}")
@role("anyone")
async def watch(request: Request, code: str, served: Served) -> Response:
    """The viewers' link.  Who may already do more keeps that."""
    if served.access.role_of(request, served.cookie):
        return RedirectResponse(f"{served.settings.root}/", status_code=303)
    return _sign_in(served, code, "viewer")


def _sign_in(served: Services, code: str, role: Role) -> Response:
    session = served.access.redeem(code, role)
    if session is None:
        raise Unauthenticated("this link has been used, was revoked, or was never one of this lab's")
    response = RedirectResponse(f"{served.settings.root}/", status_code=303)
    response.set_cookie(
        served.cookie,
        session,
        max_age=MONTH_S,
        httponly=True,
        samesite="lax",  # with "strict" whoever comes by a link in a chat would not be known on the page it leads to
        secure=served.url.startswith("https:"),
        path=f"{served.settings.root}/",  # not for what else is on that host
    )
    return response
