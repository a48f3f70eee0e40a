"""Wiring: the only module that knows everything.

What is opened is closed in the opposite order: runs end and are recorded, then hosts and engine let go, then the hub
ends its readers, then the journal is closed.  ``Closing`` lets the server start that *before* it waits for its
connections: streams end by themselves once the hub has said its last word, and a server that waited for them first
would wait for ever.
"""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import anyio
from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from app import __version__
from app.books.closing import close_books
from app.books.foreign import close_foreign
from app.books.left import end_builds_left, runs_left
from app.doctor.examination import Doctor
from app.doctor.foreign import running_foreign
from app.doctor.ward import Ward
from app.doctor.watching import watching_stops
from app.doctor.webhook import running_webhook
from app.errors import BadRequest, DataFolder, Died, LabError, NotFound, leaves
from app.events import LabStarted
from app.experiments.loading import load_catalogue
from app.experiments.runner import running_experiments
from app.folder.checking import checking
from app.folder.ownership import owning
from app.hosts.base import Host
from app.hosts.container.host import running_containers
from app.hosts.container.images import tag_of
from app.hosts.ends import share_ends
from app.hosts.engine.engine import Engine
from app.hosts.engine.janitor_client import Janitor
from app.hosts.engine.kernel_trial import EngineKernel
from app.hosts.engine.probe import kept_probe
from app.hosts.local.fence import find_fences
from app.hosts.local.host import running_processes
from app.hosts.local.kernel_trial import boot, try_here
from app.hosts.local.sandbox import SandboxesHost
from app.hub import running_hub
from app.hub.retention import keeping_newest
from app.imports.shelf import Imported
from app.jobs import in_words
from app.journal import Journal
from app.lab.actions import Actions
from app.lab.guesses import running_bets
from app.lab.kernels import trying_kernels
from app.lab.lab import running_lab
from app.lab.loads import Loads
from app.lab.scratch import clear
from app.rehearsal.rehearsing import Rehearsals
from app.settings import Settings
from app.sources.kernel_trace import running_kernel_trace
from app.targets import HostName
from app.web import (
    api,
    api_builds,
    api_doctor,
    api_facts,
    api_metrics,
    api_races,
    api_rehearsals,
    api_room,
    api_runs,
    docs,
    pages,
)
from app.web.access import Access, token_in
from app.web.below import Below
from app.web.ledger import Ledger
from app.web.metrics import Metrics
from app.web.once import Once
from app.web.services import Services, authorized
from app.web.shield import MAX_BODY, Shield, allowed_hosts
from app.web.static import Static

log = logging.getLogger("signal_lab")


@asynccontextmanager
async def running_services(settings: Settings) -> AsyncIterator[Services]:
    """Everything that lives as long as the server."""
    try:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise DataFolder(f"{settings.data}: {error.strerror}") from error
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(owning(settings.data))
        journal = Journal(settings.data / "journal.db")
        stack.callback(journal.close)
        await stack.enter_async_context(checking(journal.path))
        imported = Imported(settings.data / "imported.db", settings.keep_runs)
        stack.callback(imported.close)
        given = token_in(settings.token_file) if settings.token_file else settings.token
        access = Access(settings.data, given)
        stack.callback(access.close)
        hub = await stack.enter_async_context(running_hub(journal))
        await stack.enter_async_context(keeping_newest(hub, settings.keep_runs))
        left = await runs_left(hub)
        await hub.record(LabStarted(version=__version__))
        await end_builds_left(hub)
        engine = await stack.enter_async_context(Engine(hub.record, lab=journal.id, data=settings.data))
        kernels = await stack.enter_async_context(trying_kernels(hub, boot(), try_here, EngineKernel(engine)))
        kernel = await stack.enter_async_context(running_kernel_trace(hub.record, settings.kernel_trace))
        await close_books(hub, engine, settings.data, left)
        await close_foreign(hub)
        janitor = Janitor(journal.id, settings.data)
        containers = await stack.enter_async_context(running_containers(engine, hub.record, janitor))
        containers.kernel_killed = kernel.killed
        if settings.kernel_trace == "probe":
            probe = await stack.enter_async_context(kept_probe(engine, containers.images, kernel))
            containers.look = probe.look
        ends = share_ends(settings.data)
        stack.callback(os.close, ends)
        fences = find_fences()
        hosts: dict[HostName, Host] = {
            "process": await stack.enter_async_context(
                running_processes(hub.record, kernel.expect_children_of, ends=ends, fences=fences)
            ),
            "sandbox": await stack.enter_async_context(
                running_processes(hub.record, kernel.expect_children_of, SandboxesHost, ends, fences)
            ),
            "container": containers,
        }
        scratch = settings.data / "scratch"
        clear(scratch)
        lab = await stack.enter_async_context(running_lab(hub, hosts, kernel, kernels, scratch))
        actions = Actions(lab)
        bets = await stack.enter_async_context(running_bets(lab))
        catalogue, faults = load_catalogue(settings.experiments)
        for fault in faults:
            log.warning("not in the catalogue: %s", fault)
        runner = await stack.enter_async_context(running_experiments(lab, actions, catalogue, faults))
        ward = Ward(lambda: Doctor(engine.call, engine.url_now(), containers.look))

        async def image_id(image: str) -> str | None:
            with suppress(LabError):
                return str((await engine.call(lambda client: client.inspect_image(tag_of(image))))["Id"])
            return None

        foreign = await stack.enter_async_context(running_foreign(engine.call, hub.record))
        metrics = Metrics() if settings.metrics else None
        hooks = await stack.enter_async_context(running_webhook(settings.webhook))
        told = [each.tell for each in (*hooks, *((metrics,) if metrics else ()))]
        await stack.enter_async_context(watching_stops(engine, told))
        yield Services(
            *(settings, hub, lab, actions, bets, Loads(lab), runner, engine, containers.images, kernel, hosts),
            *(access, imported, ward, Rehearsals(lab, image_id), foreign, Ledger(hub, imported), metrics),
        )


class Closing:
    """Lets whoever runs the server end the services before it waits for open connections."""

    def __init__(self) -> None:
        self._ask, self._done = anyio.Event(), anyio.Event()
        self.failed: LabError | None = None  # why there are no services
        self.gone: Callable[[], None] = lambda: None  # called when they ended unasked: nobody is served any more

    async def close(self) -> None:
        """Ends everything; returns when all is closed."""
        self._ask.set()
        await self._done.wait()

    @asynccontextmanager
    async def lifespan(self, app: FastAPI) -> AsyncIterator[None]:
        """Keeps the services in a task of their own, so that they can be ended from another one.

        Why they did not begin, or ended unasked, is in ``failed``, for whoever runs the server.  What a person can mend
        is no failure of the application, which would be told with a traceback.
        """
        ready = anyio.Event()

        async def serve() -> None:
            try:
                async with running_services(app.state.settings) as services:
                    app.state.services = services
                    ready.set()
                    await self._ask.wait()
            except Exception as error:  # noqa: BLE001 (told by whoever runs the server)
                self.failed = _why(error)
            finally:
                ready.set()
                self._done.set()
                if self.failed:
                    self.gone()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(serve)
            await ready.wait()
            yield
            await self.close()


def _why(error: Exception) -> LabError:
    found = leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    if all(isinstance(each, LabError) for each in found):
        return next(each for each in found if isinstance(each, LabError))
    log.error("defect of the services", exc_info=error)
    return Died(f"the lab ended: {in_words(error)}")


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
    shaped: LabError
    if error.status_code == 400:  # bytes that are no text, a number without end, a nesting too deep
        return show_lab_error(request, BadRequest("the body of this request is no JSON that can be read"))
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


def create_app(settings: Settings) -> FastAPI:
    """The application.  ``settings.port`` must be the real one: cookies, links and allowed hosts are made of it."""
    closing = Closing()
    app = FastAPI(
        title="Signal Lab",
        version=__version__,
        lifespan=closing.lifespan,
        dependencies=[Depends(authorized)],
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        max_body_size=MAX_BODY,
    )
    app.state.settings, app.state.closing = settings, closing
    routers = (
        *(api, api_runs, api_facts, api_builds, api_races, api_room, api_doctor, api_rehearsals, api_metrics),
        *(docs, pages),
    )
    for router in (each.router for each in routers):
        app.include_router(router)
    app.mount("/static", Static())
    for kind, show in (
        (LabError, show_lab_error),
        (RequestValidationError, show_bad_request),
        (HTTPException, show_http_error),
        (Exception, show_defect),
    ):
        app.add_exception_handler(kind, show)
    return app


def shielded(app: FastAPI, inner: ASGIApp | None = None) -> ASGIApp:
    """The application behind its outer layers.  ``inner``: what stands between it and them."""
    settings: Settings = app.state.settings

    def access() -> tuple[Access, str]:
        services: Services = app.state.services
        return services.access, services.cookie

    allowed = allowed_hosts(settings.host, settings.port, settings.public_url)
    once = Once(inner or app, access, settings.public_url)
    shield = Shield(once, allowed, any_address=settings.host in ("0.0.0.0", "::"))  # noqa: S104 (compared, not bound)
    return Below(shield, settings.root)
