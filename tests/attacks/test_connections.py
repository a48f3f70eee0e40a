"""Connections that cost something and give nothing: who does not read, does not finish to ask, or opens thousands."""

from __future__ import annotations

import json
import os
import resource
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from app.serve import connections
from app.serve.connections import Connection
from tests.killable import killable
from tests.loads import MIB, python
from tests.support import TOKEN, LabUnderTest, Person, kind, prints, until
from tests.test_serve import BEARER, base, serving
from tests.web.test_access import filled, routes

pytestmark = [pytest.mark.whole, pytest.mark.timeout(120)]
WHO = f"Authorization: Bearer {TOKEN}"


def prints_much(megabytes: int) -> tuple[str, ...]:
    return python(f"print(('x' * 99 + chr(10)) * {megabytes * MIB // 100})")


@contextmanager
def connected(port: int, text: str = "", *, small: bool = False) -> Iterator[socket.socket]:
    """``small``: with next to no room for what comes."""
    with socket.socket() as made:
        if small:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        made.settimeout(30)
        made.connect(("127.0.0.1", port))
        made.sendall(text.encode())
        yield made


def asks(path: str, port: int, *headers: str, method: str = "GET") -> str:
    return "\r\n".join((f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *headers, "", ""))


def is_shut(made: socket.socket) -> bool:
    """By the server, whatever it has sent before."""
    try:
        while made.recv(65536):
            pass
    except ConnectionResetError:
        pass
    return True


def answer(made: socket.socket) -> tuple[int, dict[str, object]]:
    """Its status and its JSON."""
    data = b""
    while b"\r\n\r\n" not in data or not data.endswith(b"}"):
        more = made.recv(65536)
        assert more, data
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


def test_who_does_not_read_costs_a_megabyte_at_most(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    with killable(tmp_path, DOCKER_HOST=f"unix://{tmp_path}/none.sock") as server, server.person() as person:
        run, _ = person.command(*prints_much(6))
        with person.events(run=run) as events:
            events.until(kind("run_finished"))
        process = psutil.Process(server.pid)
        for path in ("/api/v1/events", f"/api/v1/runs/{run}/events.jsonl"):
            before = most = process.memory_info().rss
            with ExitStack() as open_:
                for _ in range(100):
                    deaf = open_.enter_context(connected(server.port, asks(path, server.port, WHO), small=True))
                    deaf.recv(1)
                for _ in range(20):
                    person.get("/health").raise_for_status()
                    most = max(most, process.memory_info().rss)
            record_property(f"100 who do not read {path}", f"{(most - before) / MIB:.1f} MiB")
            assert most - before < 100 * MIB


def test_the_times_are_those_that_are_promised() -> None:
    """The tests below shorten them."""
    assert 2 * connections.UNREAD_S <= 30, "somebody may begin not to read just after a look"
    assert connections.HEADERS_S <= 10
    assert connections.BODY_S <= 60


def test_who_does_not_read_is_cut_off(lab: LabUnderTest, driver: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "UNREAD_S", 0.3)
    run, _ = driver.command(*prints_much(2))
    with driver.events(run=run) as events:
        events.until(kind("run_finished"))
    for path in ("/api/v1/events", f"/api/v1/runs/{run}/events.jsonl", f"/api/v1/runs/{run}/report"):
        with connected(lab.port, asks(path, lab.port, WHO), small=True) as deaf:
            deaf.recv(1)
            until(lambda: not answered(lab), what=f"{path}: it is cut off")
            assert is_shut(deaf)


def answered(lab: LabUnderTest) -> list[Connection]:
    """Connections that something is still to be sent to."""
    mine = [each for each in lab.server.server_state.connections if isinstance(each, Connection)]
    return [each for each in mine if each.cycle is not None and not each.cycle.response_complete]


def test_half_a_request_is_not_waited_for(lab: LabUnderTest, driver: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEADERS_S", 0.5)
    monkeypatch.setattr(connections, "BODY_S", 0.6)
    began = time.monotonic()
    refused = asks("/api/v1/runs", lab.port, "Transfer-Encoding: chunked", method="POST")
    with ExitStack() as open_:
        silent = [open_.enter_context(connected(lab.port)) for _ in range(50)]
        half = [open_.enter_context(connected(lab.port, "GET / HTTP/1.1\r\nHost: ")) for _ in range(50)]
        endless = [open_.enter_context(connected(lab.port, refused)) for _ in range(5)]
        words = ("Content-Type: application/json", "Content-Length: 100")
        begun = [
            f"{asks('/api/v1/runs', lab.port, WHO, *more, method='POST')}{{"
            for more in (words, (*words, "Idempotency-Key: one"))
        ]
        bodies = [open_.enter_context(connected(lab.port, each)) for each in begun * 20]
        for each in (*silent, *half, *bodies):
            assert is_shut(each)
        for each in endless:  # the refusal is read, and it goes on to send all the same
            assert answer(each)[0] == 401
            with pytest.raises(OSError):
                while time.monotonic() < began + 30:
                    each.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
    driver.get("/health").raise_for_status()


def test_a_request_is_refused_by_its_headers(lab: LabUnderTest, viewer: Person, tmp_path: Path) -> None:
    """Not a byte of a body is sent, and none is waited for."""
    ((name, value),) = viewer.client.cookies.items()
    watches = (f"Cookie: {name}={value}", "Sec-Fetch-Site: same-origin")
    foreign = (f"Cookie: {name}={value}", "Sec-Fetch-Site: cross-site")
    lengths = ("Content-Length: 4000", "Transfer-Encoding: chunked")
    for method, path, who in routes(tmp_path):
        if method == "GET" or who == "anyone":
            continue
        for length in lengths:
            tried: list[tuple[tuple[str, ...], int]] = [((), 401), (("Authorization: Bearer wrong",), 401)]
            tried += (
                [(watches, 403), ((*watches, "Idempotency-Key: one"), 403)] if who == "driver" else [(foreign, 403)]
            )
            for headers, status in tried:
                wanted = asks(filled(path), lab.port, "Content-Type: application/json", length, *headers, method=method)
                with connected(lab.port, wanted) as made:
                    assert answer(made)[0] == status, f"{method} {path} {length} {headers}"
    too_long = asks("/api/v1/runs", lab.port, WHO, "Content-Length: 1048577", method="POST")
    with connected(lab.port, too_long) as made:
        assert answer(made)[0] == 413


def test_thousands_that_say_nothing_shut_nobody_out(tmp_path: Path) -> None:
    few = ("bash", "-c", 'ulimit -n 384; exec "$@"', "bash")
    with serving(tmp_path / "data", prefix=few) as (server, link, _), ExitStack() as open_:
        port = int(base(link).rsplit(":")[-1])
        with httpx.Client(base_url=base(link), headers=BEARER, timeout=30) as client:
            reading = open_.enter_context(Person(client).events())
            for _ in range(500):
                open_.enter_context(connected(port))
            half = asks("/api/v1/runs", port, WHO, "Content-Length: 100", method="POST")
            for _ in range(100):
                open_.enter_context(connected(port, half))
            client.get("/api/v1/health").raise_for_status()
            run, _ = Person(client).command("echo", "still here")
            reading.until(prints("still here"))
            reading.until(kind("run_finished", run=run))
            readers = [open_.enter_context(connected(port, asks("/api/v1/events", port, who))) for who in [WHO] * 100]
            assert b" 200 " in readers[0].recv(64)
            assert b" 503 " in readers[-1].recv(64), "as many as there may be read already"
        server.terminate()
        err = server.communicate(timeout=30)[1]
    assert 1 <= len(err.splitlines()) <= 3, err
    assert "too many connections" in err
    assert "Traceback" not in err


def test_a_full_table_of_descriptors_is_one_line_and_passes(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as (server, link, _), ExitStack() as open_:
        port = int(base(link).rsplit(":")[-1])
        soft, hard = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
        httpx.get(f"{base(link)}/api/v1/health", headers=BEARER).raise_for_status()
        highest = max(int(name) for name in os.listdir(f"/proc/{server.pid}/fd"))  # noqa: PTH208
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (highest + 5, hard))
        for _ in range(60):
            open_.enter_context(connected(port))
        assert server.stderr is not None
        assert "Too many open files" in server.stderr.readline()
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (soft, hard))
        open_.close()
        httpx.get(f"{base(link)}/api/v1/health", headers=BEARER, timeout=30).raise_for_status()
        server.terminate()
        err = server.communicate(timeout=30)[1]
    assert err == "", "it is said once"


def test_the_lab_may_open_more_than_what_it_starts(tmp_path: Path) -> None:
    few = ("bash", "-c", 'ulimit -S -n 512; exec "$@"', "bash")
    with serving(tmp_path / "data", prefix=few) as (server, link, _):
        assert resource.prlimit(server.pid, resource.RLIMIT_NOFILE)[0] > 512
        with httpx.Client(base_url=base(link), headers=BEARER, timeout=30) as client:
            for host in ("process", "sandbox"):
                words = {"host": host, "command": ["bash", "-c", "echo may open $(ulimit -S -n)."]}
                run = client.post("/api/v1/runs", json=words).json()["run"]
                with Person(client).events(run=run) as events:
                    events.until(prints("may open 512."))
