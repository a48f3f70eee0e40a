"""What the routes work with: made once by ``main``, found in the application's state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from app.acts import Acts
from app.experiments.runner import Runner
from app.hosts.base import Host
from app.hosts.engine import Engine
from app.hub import Hub, Role
from app.lab import Lab
from app.settings import Settings
from app.sources.kernel_trace import KernelTrace
from app.targets import HostName
from app.web.access import Access, check_origin, check_role, cookie_name


@dataclass(frozen=True, slots=True)
class Services:
    settings: Settings
    hub: Hub
    lab: Lab
    acts: Acts
    runner: Runner
    engine: Engine
    kernel: KernelTrace
    hosts: dict[HostName, Host]
    access: Access

    @property
    def url(self) -> str:
        """Where people reach this lab, without a slash at the end."""
        if self.settings.public_url:
            return self.settings.public_url.rstrip("/")
        host = self.settings.host if self.settings.host not in ("0.0.0.0", "::", "") else "127.0.0.1"  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.settings.port}"

    @property
    def cookie(self) -> str:
        return cookie_name(self.settings.port)


def services(request: Request) -> Services:
    found: Services = request.app.state.services
    return found


def authorize(request: Request) -> None:
    """A dependency of the whole application: refuses every route that does not say who may use it."""
    served = services(request)
    has = served.access.role_of(request, served.cookie)
    request.state.role = has
    check_role(getattr(request.scope.get("endpoint"), "__lab_role__", None), has)
    check_origin(request, request.method)


def role_here(request: Request) -> Role:
    role: Role = request.state.role
    return role


Served = Annotated[Services, Depends(services)]
RoleHere = Annotated[Role, Depends(role_here)]
