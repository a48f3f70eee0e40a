"""Runs the server: binds first, so that the port is known; says where to go and what was found; ends well.

We of all programs must stop well: on SIGTERM or Ctrl-C targets are ended and recorded first, readers see that and a
clean end of their stream, then the connections are closed, and the process dies of the signal that asked for it.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
import sys
import webbrowser
from collections.abc import Callable, Coroutine
from functools import partial
from types import FrameType
from typing import Any, TextIO, cast

import uvicorn

from app import descriptors
from app.errors import LabError
from app.folder.ownership import tell_address
from app.main import Closing, create_app, shielded
from app.serve.connections import AT_ONCE, Connection, Doors
from app.serve.ending import Limit
from app.serve.findings import found
from app.serve.logs import bold, logging_to
from app.serve.others import warning
from app.serve.story import telling
from app.settings import Settings
from app.web.services import Services

BACKLOG = 128
SEND_BUFFER = 256 * 2**10


class CannotListen(LabError):
    status, code = 500, "cannot_listen"
    hint = "Choose another port with --port, or --port 0 for any free one."


def bind(settings: Settings) -> socket.socket:
    """A listening socket.  Raises CannotListen with what is in the way."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # With the protocol named: asyncio turns Nagle's algorithm off only then, and with it a click takes 40 ms longer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Of each connection: else the kernel takes some megabytes for a client that does not read.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise CannotListen(f"cannot listen on {settings.host}:{settings.port}: {error.strerror}") from error
    return listener


class LabServer(uvicorn.Server):
    """uvicorn, but the lab is closed before open connections are waited for: its streams end by that.

    ``then`` runs beside it once it answers.
    """

    services: Callable[[], Services]  # once it is up

    def __init__(
        self,
        config: uvicorn.Config,
        closing: Closing,
        doors: Doors,
        ready: Callable[[], None],
        then: Callable[[], Coroutine[Any, Any, None]] | None = None,
        ending: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(config)
        self._limit = Limit()
        closing.gone = self._leave
        self._closing, self._ready, self._then, self._ending = closing, ready, then, ending
        self._doors = doors
        self._beside: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().set_exception_handler(self._doors.on_loop_error)
        await super().startup(sockets)
        for each in sockets or ():
            each.listen(BACKLOG)  # asyncio has one number for the kernel's queue and for how many it takes at once
        if self._closing.failed or not self.started:
            self.should_exit = True
            return
        try:
            self._ready()
        except LabError as error:
            self._closing.failed, self.should_exit = error, True
            return
        if self._then:
            self._beside = asyncio.create_task(self._then())

    def _leave(self) -> None:
        self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """SIGTERM or Ctrl-C: an orderly end with a limit; at once when it is asked for again."""
        self._limit.asked(sig)
        super().handle_exit(sig, frame)

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Until it is ended.  Raises LabError where it could not begin, or ended unasked."""
        super().run(sockets)
        if self._closing.failed:
            raise self._closing.failed

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._ending and not self._closing.failed:
            self._ending()
        for server in self.servers:
            server.close()
        await self._closing.close()
        if self._beside:  # it tells the last words, too
            self._beside.cancel()
        await super().shutdown(sockets)


def make_server(
    settings: Settings,
    listener: socket.socket,
    ready: Callable[[str, str], None],
    story: logging.Logger | None = None,
) -> LabServer:
    """A server for a bound socket.  ``ready(driver_link, viewer_link)`` is called once it answers.

    ``story``: gets what was found, and then a line for each run and viewer.
    """
    settings = settings.model_copy(update={"port": listener.getsockname()[1]})
    app = create_app(settings)
    doors = Doors(app, descriptors.at_most())
    config = uvicorn.Config(
        shielded(app, doors),
        http=cast("type[asyncio.Protocol]", partial(Connection, doors=doors)),
        ws="none",
        lifespan="on",
        backlog=AT_ONCE,
        log_config=None,  # see logs.py
        access_log=False,  # paths hold the codes of links
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        timeout_graceful_shutdown=5,
    )

    def say() -> None:
        services = app.state.services
        url, access = services.url, services.access
        tell_address(settings.data, settings.local_url)
        ready(f"{url}/enter/{access.new_link('driver')}", f"{url}/watch/{access.new_link('viewer')}")

    async def tell() -> None:
        assert story is not None
        services: Services = app.state.services
        with telling(services.hub, story):
            await found(services, story)
            await asyncio.Event().wait()

    def ending() -> None:
        if story is not None and (count := app.state.services.lab.running):
            runs = "one run" if count == 1 else f"{count} runs"
            story.info("ending %s: processes and containers first, then this server", runs, extra={"event": "ending"})

    server = LabServer(config, app.state.closing, doors, say, tell if story else None, ending)
    server.services = lambda: app.state.services
    return server


def serve(settings: Settings, out: TextIO = sys.stdout) -> None:
    """Until SIGTERM or Ctrl-C."""
    descriptors.raise_limit()
    listener = bind(settings)

    def ready(driver: str, viewer: str) -> None:
        # What is here by now stays. Without this the collector looks through all of it again and again, and everybody
        # who asks waits for that: 60 ms each time.
        gc.collect()
        gc.freeze()
        # A thread that computes (the journal's rows, the forecast for a crowd) lets the loop go on when this time is
        # over, and the loop has to ask after each system call: at the usual 5 ms one answer could take 100 ms.
        sys.setswitchinterval(0.0005)
        head = "" if settings.quiet else bold("Signal Lab", out) + "\n"
        print(f"{head}  drive  {driver}  (works once)\n  watch  {viewer}", file=out, flush=True)
        port = listener.getsockname()[1]
        print(warning(settings.model_copy(update={"port": port}), viewer), end="", file=out, flush=True)
        if settings.open:
            webbrowser.open(driver)

    with logging_to(out, settings.log_level, settings.log_format) as story:
        make_server(settings, listener, ready, None if settings.quiet else story).run(sockets=[listener])
