"""A lab inside a command, for as long as the command lives: for `signal-lab run` where no lab runs.

It uses the same data folder as `signal-lab serve` would, so what happened stays in the history, and other terminals
find it: `watch`, `signal` and `stop` work meanwhile.  Its port is a free one.  It ends as a server does: targets first.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from app.commands.client import Client, token_for
from app.commands.common import NO_LAB, Failed
from app.errors import LabError
from app.folder.ownership import address_of, server_of
from app.settings import Settings

STARTED_WITHIN_S = 30.0


@contextmanager
def embedded(settings: Settings) -> Iterator[tuple[Client, str]]:
    """A client of it, and the driver's link.  Raises Failed where it cannot be started."""
    from app.serve.ending import Limit
    from app.serve.server import bind, make_server  # only here, since it takes its time

    if who := server_of(settings.data):
        raise Failed(
            f"{who} uses {settings.data} and does not answer at {address_of(settings.data) or 'any address'}",
            "Wait for it, end it, or give another folder with --data.",
            leave=NO_LAB,
            code="no_lab",
        )
    settings = settings.model_copy(
        update={"host": "127.0.0.1", "port": 0, "open": False, "public_url": None, "root_path": ""}
    )
    logging.basicConfig(level=logging.ERROR, format="signal-lab: %(message)s")
    listener = bind(settings)
    settings = settings.model_copy(update={"port": listener.getsockname()[1]})
    ready, links = threading.Event(), [""]

    def say(driver: str, _viewer: str) -> None:
        links[0] = driver
        ready.set()

    server = make_server(settings, listener, say)

    failed: list[LabError] = []

    def serve() -> None:
        try:
            server.run(sockets=[listener])
        except LabError as error:
            failed.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=serve, name="lab")
    thread.start()
    try:
        if not ready.wait(STARTED_WITHIN_S) or not links[0]:
            if failed:
                raise failed[0]
            raise Failed("the lab did not start", "`signal-lab serve` says why.", leave=NO_LAB, code="no_lab")
        yield Client(settings.local_url, token_for(settings.local_url, settings)), links[0]
    finally:
        with undisturbed():
            server.should_exit = True
            clock = Limit().begin(1)
            thread.join()
            clock.cancel()


@contextmanager
def undisturbed() -> Iterator[None]:
    """Another Ctrl-C or SIGTERM does not break off an end that is under way."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
