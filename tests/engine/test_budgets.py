"""Too much of everything: the server stays small, answers others, and says what it left out.

How long others wait is measured and reported, in ``bench/budgets.py`` beside an idle server; here only an answer that
does not come is a failure.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from app.sources.followed import SIGNALS_AT_ONCE, SIGNALS_PER_S
from app.sources.process_tree import APART_S
from tests.killable import Killable, killable
from tests.loads import BOMB, CROWD, LOUD, MIB, NAMES, SIGNALS, STORM, bystander, overrunning, python
from tests.support import TOKEN, Event, Person, kind, prints

pytestmark = [pytest.mark.engine, pytest.mark.alone, pytest.mark.timeout(120)]
LIMIT = 200 * MIB
Record = Callable[[str, object], None]


@pytest.fixture
def server(engine: None, tmp_path: Path) -> Iterator[Killable]:
    with killable(tmp_path) as made:
        yield made


@pytest.fixture
def person(server: Killable) -> Iterator[Person]:
    with server.person() as made:
        yield made


def test_ten_megabytes_a_second(server: Killable, person: Person, record_property: Record) -> None:
    with bystander(server.url, server.pid) as costs:
        run, _ = person.command(*python(LOUD))
        with person.events(run=run, kinds=("truncated",)) as events:
            cut = events.until(kind("truncated", what="output"))
        assert cut["limit"] == "8 MiB of output"
    record_property("10 MB/s of output", costs.figures())
    assert costs.rss < LIMIT


def test_ten_thousand_signals(server: Killable, person: Person, record_property: Record) -> None:
    with bystander(server.url, server.pid) as costs:
        run, target = person.command(*python(STORM))
        with person.events(run=run) as events:
            events.until(prints("ready"))
            events.until(kind("forecast"))  # it is followed: what comes now is told
            person.post(f"/targets/{target}/input", {"data": "\n"})
            events.until(prints("all sent"))
            if person.get("/health").json()["kernel_trace"]["state"] == "ready":
                events.until(kind("truncated", what="kernel_signals"))
                assert [each for each in events.seen if each["kind"] == "kernel_signal"]
    record_property("10,000 signals", costs.figures())
    assert costs.rss < LIMIT


def seconds_between(first: Event, last: Event) -> float:
    return (datetime.fromisoformat(last["at"]) - datetime.fromisoformat(first["at"])).total_seconds()


@pytest.mark.parametrize(("load", "what"), [(SIGNALS, "signals without end"), (NAMES, "names without end")])
def test_what_overruns_the_trace_without_end_is_one_gap(
    server: Killable, person: Person, record_property: Record, load: str, what: str
) -> None:
    with bystander(server.url, server.pid) as costs:
        with overrunning(person, load) as (target, events):
            for _ in range(100):  # it goes on
                person.get("/health")
            person.post(f"/targets/{target}/stop", {"timeout_s": 0})
            back = events.until(kind("source_back", source="kernel"))
            assert back.get("missing") is None or back["missing"] > 1000, "some kernels cannot count them"
            events.until(kind("run_finished"))
        kinds = [each["kind"] for each in events.seen if each.get("source") == "kernel"]
        assert kinds.count("source_lost") < 10, "each is a gap of its own"
        assert kinds.count("source_lost") == kinds.count("source_back"), "its record does not end in a gap"
        # However long the kernel's buffer holds, which is a matter of who else wants the processors.
        span = seconds_between(events.seen[0], events.seen[-1])
        signals = sum(each["kind"] == "kernel_signal" for each in events.seen)
        assert signals <= SIGNALS_AT_ONCE + SIGNALS_PER_S * span + 1
        assert len(events.seen) - signals <= 100 + span / APART_S
    record_property(what, costs.figures())
    assert costs.rss < LIMIT


def test_five_hundred_processes(server: Killable, person: Person, record_property: Record) -> None:
    with bystander(server.url, server.pid) as costs:
        run, target = person.command(*python(CROWD))
        with person.events(run=run) as events:
            alive: set[int] = set()
            while len(alive) < 501:
                appeared = events.next(kind("process_appeared"))
                alive.add(appeared["pid"])
            person.post(f"/targets/{target}/stop", {"timeout_s": 0})
            events.until(kind("run_finished"))
            gone = [each for each in events.seen if each["kind"] == "process_gone"]
            assert len(gone) == 501
    record_property("500 processes", costs.figures())
    assert costs.rss < LIMIT


def test_a_fork_bomb_behind_its_fence(server: Killable, person: Person, record_property: Record) -> None:
    with bystander(server.url, server.pid) as costs:
        options = {"pids_limit": 128}
        made = person.post("/runs", {"host": "container", "command": ["bash", "-c", BOMB], "options": options})
        run, target = made.json()["run"], made.json()["targets"][0]["id"]
        with person.events(run=run) as events:
            events.until(prints("Resource temporarily unavailable"))
            assert person.post(f"/targets/{target}/stop", {"timeout_s": 0}).status_code == 202
            events.until(kind("run_finished"))
    record_property("a fork bomb", costs.figures())
    assert costs.rss < LIMIT


def test_ten_who_watch_and_one_who_never_reads(server: Killable, person: Person, record_property: Record) -> None:
    headers = {"authorization": f"Bearer {TOKEN}"}
    with ExitStack() as watching, bystander(server.url, server.pid) as costs:
        deaf = watching.enter_context(socket.create_connection(("127.0.0.1", server.port)))
        request = (
            f"GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
        )
        deaf.sendall(request.encode())
        clients = [
            Person(watching.enter_context(httpx.Client(base_url=server.url, headers=headers, timeout=30)))
            for _ in range(10)
        ]
        readers = [watching.enter_context(each.events(kinds=("truncated", "lab_started"))) for each in clients]
        run, _ = person.command(*python(LOUD))
        for reader in readers:
            reader.until(kind("truncated", run=run))
    record_property("ten watch, one never reads", costs.figures())
    assert costs.rss < LIMIT


def test_a_target_ends_while_another_one_overruns_the_trace(server: Killable, person: Person) -> None:
    other, small = person.command("bash", "-c", "echo ready; sleep 600; :")
    with person.events(run=other) as events, overrunning(person, SIGNALS) as (target, loud):
        events.until(prints("ready"))
        person.post(f"/targets/{small}/stop", {"timeout_s": 5})
        events.until(kind("run_finished"))
        assert [each for each in events.seen if each["kind"] == "verdict"]
        assert not [each for each in loud.seen if each["kind"] == "run_finished"], "the storm goes on"
        person.post(f"/targets/{target}/stop", {"timeout_s": 0})
        loud.until(kind("run_finished"))
