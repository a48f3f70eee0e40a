"""Runs the server: binds first, so that the port is known; says where to go; ends well.

We of all programs must stop well: on SIGTERM or Ctrl-C targets are ended and recorded first, readers see that and a
clean end of their stream, then the connections are closed, and the process dies of the signal that asked for it.
"""

from __future__ import annotations

import socket
import sys
import webbrowser
from collections.abc import Callable
from typing import TextIO

import uvicorn

from app.errors import LabError
from app.main import create_app, shielded
from app.settings import Settings

BACKLOG = 128


class CannotListen(LabError):
    status, code = 500, "cannot_listen"
    hint = "Choose another port with --port, or --port 0 for any free one."


def bind(settings: Settings) -> socket.socket:
    """A listening socket.  Raises CannotListen with what is in the way."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # With the protocol named: asyncio turns Nagle's algorithm off only then, and with it a click takes 40 ms longer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise CannotListen(f"cannot listen on {settings.host}:{settings.port}: {error.strerror}") from error
    return listener


class LabServer(uvicorn.Server):
    """uvicorn, but the lab is closed before open connections are waited for: its streams end by that."""

    def __init__(self, config: uvicorn.Config, close: Callable[[], object], ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._close, self._ready = close, ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        await self._close()  # type: ignore[misc]
        await super().shutdown(sockets)


def make_server(settings: Settings, listener: socket.socket, ready: Callable[[str, str], None]) -> LabServer:
    """A server for a bound socket.  ``ready(driver_link, viewer_link)`` is called once it answers."""
    settings = settings.model_copy(update={"port": listener.getsockname()[1]})
    app = create_app(settings)
    config = uvicorn.Config(
        shielded(app),
        lifespan="on",
        log_level=settings.log_level,
        access_log=False,  # paths hold the codes of links
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=5,
    )

    def say() -> None:
        services = app.state.services
        url, access = services.url, services.access
        ready(f"{url}/enter/{access.new_link('driver')}", f"{url}/watch/{access.new_link('viewer')}")

    return LabServer(config, app.state.close, say)


def serve(settings: Settings, out: TextIO = sys.stdout) -> None:
    """Until SIGTERM or Ctrl-C."""
    listener = bind(settings)

    def ready(driver: str, viewer: str) -> None:
        print(f"Signal Lab\n  drive  {driver}  (works once)\n  watch  {viewer}", file=out, flush=True)
        if settings.host not in ("127.0.0.1", "::1", "localhost"):
            print("  Others can reach this address, and plain HTTP can be read on its way.", file=out, flush=True)
        if settings.open:
            webbrowser.open(driver)

    make_server(settings, listener, ready).run(sockets=[listener])
