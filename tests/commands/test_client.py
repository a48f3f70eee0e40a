"""The command line asks again where an answer was lost, and what it asked for is done once."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app.commands.client import TRIES, Client, NoLab

ANSWER = b'HTTP/1.1 202 Accepted\r\ncontent-type: application/json\r\ncontent-length: 14\r\n\r\n{"event_id":7}'


class Line(socketserver.StreamRequestHandler):
    """Reads one request, and says of the answer what is next in ``server.says``."""

    def handle(self) -> None:
        server = self.server
        assert isinstance(server, Faulty)
        lines = [line.strip().lower() for line in iter(self.rfile.readline, b"\r\n")]
        server.asked.append({name: value for name, _, value in (line.partition(b": ") for line in lines)})
        self.wfile.write(server.says.pop(0))


class Faulty(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, *says: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Line)
        self.says, self.asked = list(says), list[dict[bytes, bytes]]()


@contextmanager
def lab(*says: bytes) -> Iterator[tuple[Faulty, Client]]:
    with Faulty(*says) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server, Client(f"http://127.0.0.1:{server.server_address[1]}", "t")
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("lost", [b"", ANSWER[:20], ANSWER[:-3]], ids=["nothing", "half a head", "half a body"])
def test_a_write_is_asked_again_with_its_key(lost: bytes) -> None:
    with lab(lost, ANSWER, ANSWER) as (server, client):
        assert client.call("POST", "/targets/r1.a/signals", {"signal": "USR1"}) == {"event_id": 7}
        assert client.call("POST", "/targets/r1.a/signals", {"signal": "USR1"}) == {"event_id": 7}
        first, again, other = (asked[b"idempotency-key"] for asked in server.asked)
    assert first == again != other


def test_what_only_reads_has_no_key() -> None:
    with lab(b"", ANSWER) as (server, client):
        assert client.call("GET", "/health") == {"event_id": 7}
        assert [asked.get(b"idempotency-key") for asked in server.asked] == [None, None]


def test_it_is_given_up_after_some_tries_and_nobody_there_is_said_at_once() -> None:
    with lab(*[b""] * (TRIES + 1)) as (server, client):
        with pytest.raises(NoLab):
            client.call("POST", "/runs", {})
        assert len(server.asked) == TRIES
    with pytest.raises(NoLab, match="Connection refused"):
        client.call("POST", "/runs", {})
