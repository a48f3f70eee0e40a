"""A page over loopback: whole, cut, late, or not at all."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from app.lab import http_get
from app.lab.http_get import HttpResult, get

pytestmark = pytest.mark.anyio
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"


@contextmanager
def answering(*answers: Callable[[socket.socket], None], asked: list[bytes] | None = None) -> Iterator[str]:
    """A server that treats one connection after the other as told.  Gives its address; ``asked``: what it heard."""
    asked = [] if asked is None else asked
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for answer in answers:
                connection, _ = listener.accept()
                with connection:
                    asked.append(connection.recv(65536))
                    answer(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        thread.join(5)


async def fetched(url: str) -> tuple[HttpResult, list[tuple[int, int | None]]]:
    seen: list[tuple[int, int | None]] = []

    async def progress(received: int, expected: int | None) -> None:
        seen.append((received, expected))

    return await get(url, progress), seen


async def test_a_whole_page() -> None:
    with answering(lambda connection: connection.sendall(HEAD + b"0123456789")) as url:
        result, _ = await fetched(url)
    assert (result.status, result.received, result.expected, result.complete) == (200, 10, 10, True)
    assert (result.text, result.error) == ("0123456789", None)


async def test_all_of_the_path_is_asked_for() -> None:
    asked: list[bytes] = []
    with answering(lambda connection: connection.sendall(HEAD + b"0123456789"), asked=asked) as url:
        await fetched(f"{url}slow?for=3&then=x")
    assert asked[0].startswith(b"GET /slow?for=3&then=x HTTP/1.1\r\n")


async def test_a_page_that_is_cut_says_after_how_much() -> None:
    with answering(lambda connection: connection.sendall(HEAD + b"0123")) as url:
        result, seen = await fetched(url)
    assert (result.status, result.received, result.complete) == (200, 4, False)
    assert result.error is not None
    assert seen == [(4, 10)], "what has come is told at once, not after half a second"


async def test_a_page_without_a_length_is_whole_at_its_end() -> None:
    with answering(lambda connection: connection.sendall(b"HTTP/1.0 404 Not Found\r\n\r\nnothing")) as url:
        result, _ = await fetched(url)
    assert (result.status, result.received, result.expected, result.complete) == (404, 7, None, True)


async def test_a_server_that_is_not_up_yet_is_asked_again() -> None:
    """An engine's proxy takes a connection and drops it while nobody listens inside."""
    drop, answer = (lambda _: None), (lambda connection: connection.sendall(HEAD + b"0123456789"))
    with answering(drop, drop, answer) as url:
        result, _ = await fetched(url)
    assert (result.status, result.complete) == (200, True)


async def test_nobody_there_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_get, "ANSWER_WITHIN_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    result, _ = await fetched(f"http://127.0.0.1:{port}/")
    assert (result.status, result.complete) == (None, False)
    assert "refused" in (result.error or "")
