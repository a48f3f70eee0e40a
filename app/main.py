"""Wiring: the only module that knows everything.

What is opened is closed in the opposite order: runs end and are recorded, then hosts and engine let go, then the hub
ends its readers, then the journal is closed.  ``Closing`` lets the server start that *before* it waits for its
connections: streams end by themselves once the hub has said its last word, and a server that waited for them first
would wait for ever.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import anyio
from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from app import __version__
from app.acts import Acts
from app.errors import BadRequest, LabError, NotFound
from app.events import LabStarted, RunFinished
from app.experiments.loading import load_catalogue
from app.experiments.runner import running_experiments
from app.hosts.base import Host
from app.hosts.containers import running_containers
from app.hosts.engine import Engine
from app.hosts.probe import kept_probe
from app.hosts.processes import running_processes
from app.hosts.sandboxes import SandboxesHost
from app.hub import Hub, running_hub
from app.journal import Journal
from app.lab import running_lab
from app.resources import resource
from app.settings import Settings
from app.sources.kernel_trace import running_kernel_trace
from app.targets import HostName
from app.web import api, api_facts, docs, pages
from app.web.access import Access
from app.web.services import Services, authorize
from app.web.shield import Shield, allowed_hosts

log = logging.getLogger("signal_lab")


async def close_open_runs(hub: Hub) -> None:
    """Runs of a server that was killed are said to be over; what became of their targets nobody saw."""
    open_runs: dict[str, None] = {}
    async for stored in hub.read_all(kinds=frozenset({"run_created", "run_finished"})):
        if stored.run is not None and stored.kind == "run_created":
            open_runs[stored.run] = None
        elif stored.run is not None:
            open_runs.pop(stored.run, None)
    for run in open_runs:
        await hub.record(RunFinished(run=run, reason="lab_was_gone"))


@asynccontextmanager
async def running_services(settings: Settings) -> AsyncIterator[Services]:
    """Everything that lives as long as the server."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    async with AsyncExitStack() as stack:
        journal = Journal(settings.data / "journal.db")
        stack.callback(journal.close)
        access = Access(settings.data, settings.token)
        stack.callback(access.close)
        hub = await stack.enter_async_context(running_hub(journal))
        await hub.record(LabStarted(version=__version__))
        await close_open_runs(hub)
        engine = await stack.enter_async_context(Engine(hub.record, lab=journal.id))
        kernel = await stack.enter_async_context(running_kernel_trace(hub.record, settings.kernel_trace))
        containers = await stack.enter_async_context(running_containers(engine, hub.record))
        if settings.kernel_trace == "probe":
            probe = await stack.enter_async_context(kept_probe(engine, containers.images, kernel))
            containers.look = probe.look
        hosts: dict[HostName, Host] = {
            "process": await stack.enter_async_context(running_processes(hub.record, kernel.expect)),
            "sandbox": await stack.enter_async_context(running_processes(hub.record, kernel.expect, SandboxesHost)),
            "container": containers,
        }
        lab = await stack.enter_async_context(running_lab(hub, hosts, kernel, settings.data / "scratch"))
        acts = Acts(lab)
        catalogue, faults = load_catalogue(settings.experiments)
        for fault in faults:
            log.warning("not in the catalogue: %s", fault)
        runner = await stack.enter_async_context(running_experiments(lab, acts, catalogue, faults))
        yield Services(settings, hub, lab, acts, runner, engine, kernel, hosts, access)


class Closing:
    """Lets whoever runs the server end the services before it waits for open connections."""

    def __init__(self) -> None:
        self._ask, self._done = anyio.Event(), anyio.Event()

    async def close(self) -> None:
        """Ends everything; returns when all is closed."""
        self._ask.set()
        await self._done.wait()

    @asynccontextmanager
    async def lifespan(self, app: FastAPI) -> AsyncIterator[None]:
        """Keeps the services in a task of their own, so that they can be ended from another one."""
        ready = anyio.Event()

        async def serve() -> None:
            try:
                async with running_services(app.state.settings) as services:
                    app.state.services = services
                    ready.set()
                    await self._ask.wait()
            finally:
                ready.set()
                self._done.set()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(serve)
            await ready.wait()
            yield
            await self.close()


def show_lab_error(request: Request, error: Exception) -> Response:
    """The one error shape; a page for a browser that asks for a page."""
    assert isinstance(error, LabError)
    if not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", ""):
        return pages.error_page(request, error)
    return JSONResponse(error.shape(), status_code=error.status)


def show_bad_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    where = " → ".join(str(part) for part in found[0]["loc"]) if found else "the request"
    text = f"{where}: {found[0]['msg']}" if found else "the request cannot be read"
    return show_lab_error(request, BadRequest(text))


def show_http_error(request: Request, error: Exception) -> Response:
    """Starlette's own errors (no such route, wrong method), in our shape."""
    assert isinstance(error, HTTPException)
    shaped = NotFound(f"there is nothing at {request.url.path}") if error.status_code == 404 else LabError(error.detail)
    shaped.status = error.status_code
    if error.status_code == 405:
        shaped.code, shaped.hint = "method_not_allowed", "See /docs for what this address takes."
    response = show_lab_error(request, shaped)
    response.headers.update(error.headers or {})
    return response


def show_defect(request: Request, error: Exception) -> Response:
    log.error("defect in %s %s", request.method, request.url.path, exc_info=error)
    return show_lab_error(request, LabError("the lab made a mistake: " + type(error).__name__))


class Static(StaticFiles):
    """Files that a browser asks for again each time: a new version of the lab must not meet an old script."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "no-cache"
        return response


def create_app(settings: Settings) -> FastAPI:
    """The application.  ``settings.port`` must be the real one: cookies, links and allowed hosts are made of it."""
    closing = Closing()
    app = FastAPI(
        title="Signal Lab",
        version=__version__,
        lifespan=closing.lifespan,
        dependencies=[Depends(authorize)],
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.settings, app.state.close = settings, closing.close
    for router in (api.router, api_facts.router, docs.router, pages.router):
        app.include_router(router)
    app.mount("/static", Static(directory=resource("static")))
    for kind, show in (
        (LabError, show_lab_error),
        (RequestValidationError, show_bad_request),
        (HTTPException, show_http_error),
        (Exception, show_defect),
    ):
        app.add_exception_handler(kind, show)
    return app


def shielded(app: FastAPI) -> ASGIApp:
    """The application behind its outermost layer."""
    settings: Settings = app.state.settings
    allowed = allowed_hosts(settings.host, settings.port, settings.public_url)
    return Shield(app, allowed, any_address=settings.host in ("0.0.0.0", "::"))  # noqa: S104 (compared, not bound)
