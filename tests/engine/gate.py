"""A gate before the engine's socket: closed, the engine is as good as gone, while it goes on all the same.

It can also hold back what the engine tells by itself, while all else goes through; or everything, as an engine does
that hangs: connections are taken, and nothing is answered.  And it notes each call that passes.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

CALL = re.compile(rb"(GET|HEAD|POST|PUT|DELETE) (/[^ ?]*)\S* HTTP/1\.1\r\n")


class Gate:
    """Forwards connections to ``engine``, a socket's path, while it is open."""

    def __init__(self, path: Path, engine: str) -> None:
        self.path, self._engine = path, engine
        self._listener: socket.socket | None = None
        self._pairs: set[socket.socket] = set()
        self._guard = threading.Lock()
        self._feeds: set[socket.socket] = set()  # connections that asked for events as they come
        self._tells = threading.Event()
        self._tells.set()
        self._answers = threading.Event()
        self._answers.set()
        self.calls: set[str] = set()  # as "GET /_ping"

    def open(self) -> None:
        self._tells.set()
        self.path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.path))
        self._listener.listen(64)
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def close(self) -> None:
        """Every connection ends, and there is no socket any more."""
        self._tells.set()
        self._answers.set()
        listener, self._listener = self._listener, None
        if listener is None:
            return
        self.path.unlink(missing_ok=True)
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        with self._guard:
            for each in self._pairs:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

    @contextmanager
    def counting(self) -> Iterator[list[None]]:
        """Closed, but there is a socket: a list that grows with each who tries it, and is sent away."""
        tried: list[None] = []
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.path))
        listener.listen(64)

        def send_away() -> None:
            with suppress(OSError):
                while True:
                    listener.accept()[0].close()
                    tried.append(None)

        refusing = threading.Thread(target=send_away)
        refusing.start()
        try:
            yield tried
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            refusing.join()
            listener.close()
            self.path.unlink()

    def hold_events(self) -> None:
        """Until the gate is opened again or closed, nobody hears of what happens."""
        self._tells.clear()

    def freeze(self) -> None:
        """Nothing goes through, either way, until ``thaw``."""
        self._answers.clear()

    def thaw(self) -> None:
        self._answers.set()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            to = socket.socket(socket.AF_UNIX)
            to.connect(self._engine)
            with self._guard:
                self._pairs |= {client, to}
            ways = [
                threading.Thread(target=self._forward, args=each, daemon=True) for each in ((client, to), (to, client))
            ]
            for way in ways:
                way.start()
            threading.Thread(target=self._let_go, args=(client, to, ways), daemon=True).start()

    def _forward(self, source: socket.socket, to: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if call := CALL.match(data):
                    self.calls.add(b" ".join(call.groups()).decode())
                if b"/events?" in data.split(b"\r\n", 1)[0] and b"until=" not in data:
                    self._feeds.add(source)
                if to in self._feeds:
                    self._tells.wait()
                self._answers.wait()
                to.sendall(data)
        with suppress(OSError):
            to.shutdown(socket.SHUT_WR)

    def _let_go(self, client: socket.socket, to: socket.socket, ways: list[threading.Thread]) -> None:
        for way in ways:
            way.join()
        with self._guard:
            self._pairs -= {client, to}
            self._feeds.discard(client)
        client.close()
        to.close()


@contextmanager
def gate(folder: Path, engine: str) -> Iterator[Gate]:
    """Open at first.  ``engine``: the path of its socket."""
    made = Gate(folder / "gate.sock", engine)
    made.open()
    try:
        yield made
    finally:
        made.close()
