"""What the routes work with: made once by ``main``, found in the application's state."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import urlsplit

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from app.doctor.foreign import Foreign
from app.doctor.ward import Ward
from app.experiments.runner import Runner
from app.hosts.base import Host
from app.hosts.container.images import Images
from app.hosts.engine.engine import Engine
from app.hub import Hub
from app.hub.audience import Role
from app.imports.shelf import Imported
from app.journal import Stored
from app.lab.actions import Actions
from app.lab.guesses import Bets
from app.lab.lab import Lab
from app.lab.loads import Loads
from app.rehearsal.rehearsing import Rehearsals
from app.settings import Settings
from app.sources.kernel_trace import KernelTrace
from app.targets import HostName
from app.web.access import Access, check_origin, check_role, cookie_name
from app.web.ledger import Ledger
from app.web.metrics import Metrics

Eyes = Callable[[Stored], Stored]


@dataclass(frozen=True, slots=True)
class Services:
    settings: Settings
    hub: Hub
    lab: Lab
    actions: Actions
    bets: Bets
    loads: Loads
    runner: Runner
    engine: Engine
    images: Images
    kernel: KernelTrace
    hosts: dict[HostName, Host]
    access: Access
    imported: Imported
    ward: Ward
    rehearsals: Rehearsals
    foreign: Foreign
    ledger: Ledger
    metrics: Metrics | None
    one_report: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(1))  # it takes the memory of its run

    @property
    def url(self) -> str:
        """Where people reach this lab, without a slash at the end."""
        if self.settings.public_url:
            scheme, host, *_ = urlsplit(self.settings.public_url)
            return f"{scheme}://{host}{self.settings.root}"
        host = "127.0.0.1" if self.settings.everywhere else self.settings.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.settings.port}{self.settings.root}"

    @property
    def out_of_reach(self) -> str:
        """Why nobody else can open a link of this lab, and what would allow it; "" where others may."""
        settings = self.settings
        if settings.public_url:
            return ""
        if settings.everywhere:
            return (
                "The link names this machine as it calls itself, which nobody else can open: start the lab with "
                f"`--public-url http://ADDRESS:{settings.port}`, the address under which others reach it."
            )
        if settings.on_loopback:
            return (
                "Only this machine can open the link: the lab listens on loopback. Start it with `--host ADDRESS`, an "
                "address of this machine in the room’s network, or with `--public-url URL` behind a proxy."
            )
        return ""

    @property
    def cookie(self) -> str:
        return cookie_name(self.settings.port)


def services(request: Request) -> Services:
    found: Services = request.app.state.services
    return found


def authorize(request: Request) -> None:
    """Refuses who may not use a route, and every route that does not say who may use it."""
    served = services(request)
    has = served.access.role_of(request, served.cookie)
    request.state.role = has
    check_role(getattr(request.scope.get("endpoint"), "__lab_role__", None), has)
    check_origin(request, request.method, served.settings.public_url)


class Guarded(APIRoute):
    """A route that reads nothing of a request before its headers have said that it may be made.

    A dependency alone would come too late: the framework reads the body first, of whomever.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            await authorized(request)
            return await handle(request)

        return guarded


async def authorized(request: Request) -> None:
    """A dependency of the whole application: no route without ``Guarded`` is open to anybody."""
    if hasattr(request.state, "role"):
        return
    served = services(request)
    if served.access.knows(request, served.cookie):
        authorize(request)
    else:
        await to_thread.run_sync(authorize, request)


# Dependencies are coroutines: of a plain function the framework makes a job for a thread.


async def services_here(request: Request) -> Services:
    return services(request)


async def role_here(request: Request) -> Role:
    role: Role = request.state.role
    return role


async def eyes_here(request: Request) -> Eyes:
    """What of an event may be read here: who watches is not told how others guess, until that is told to all."""
    served = services(request)
    if request.state.role == "driver":
        return lambda event: event
    return lambda event: served.bets.sealed(event, lambda run: served.access.pseudonym(request, served.cookie, run))


Served = Annotated[Services, Depends(services_here)]
RoleHere = Annotated[Role, Depends(role_here)]
Seen = Annotated[Eyes, Depends(eyes_here)]
