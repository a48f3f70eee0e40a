"""All that goes between a browser and a lab, counted where it passes: the page, its workers and the browser itself."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

ASKED = re.compile(rb"(?:GET|POST|PUT|DELETE) (/\S*) HTTP/1\.1\r\n")


@dataclass
class Wire:
    """Listens on a port of its own and passes on."""

    listener: socket.socket
    requests: list[str] = field(default_factory=list)  # the paths, as they were asked for
    sizes: dict[str, int] = field(default_factory=dict)  # bytes of the answers with their headers, by path

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def forget(self) -> None:
        self.requests.clear()
        self.sizes.clear()

    def serve(self, to: int) -> None:
        with suppress(OSError):  # it was closed
            while True:
                client, _ = self.listener.accept()
                server = socket.create_connection(("127.0.0.1", to))
                now = [""]  # what this connection was asked for last
                for pump in (self._ask, self._answer):
                    threading.Thread(target=pump, args=(client, server, now), daemon=True).start()

    def _ask(self, client: socket.socket, server: socket.socket, now: list[str]) -> None:
        with suppress(OSError):
            while said := client.recv(65536):
                for path in ASKED.findall(said):
                    now[0] = path.decode()
                    self.requests.append(now[0])
                server.sendall(said)
            server.shutdown(socket.SHUT_WR)

    def _answer(self, client: socket.socket, server: socket.socket, now: list[str]) -> None:
        with client, server, suppress(OSError):
            while said := server.recv(65536):
                self.sizes[now[0]] = self.sizes.get(now[0], 0) + len(said)
                client.sendall(said)


@contextmanager
def wire_to(listener: socket.socket, port: int) -> Iterator[Wire]:
    """``listener``: bound and listening; ``port``: the lab's."""
    wire = Wire(listener)
    serving = threading.Thread(target=wire.serve, args=(port,), daemon=True)
    serving.start()
    try:
        yield wire
    finally:
        listener.shutdown(socket.SHUT_RDWR)  # wakes the one who accepts
        listener.close()
        serving.join()
