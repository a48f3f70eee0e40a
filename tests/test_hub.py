"""The hub: store, then show; join, replay and follow without a gap or a duplicate; who does not read costs nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from starlette.responses import Response

import app.hub
from app.errors import Ending
from app.events import LabStarted, Output
from app.hub import Hub, running_hub
from app.hub.reader import Reader
from app.journal import Journal
from app.web.stream import event_stream

WITHIN_S = 15.0


def printed(text: str, run: str = "r1") -> Output:
    return Output(run=run, target=f"{run}.x", text=text, stream="pty")


@asynccontextmanager
async def a_hub(folder: Path) -> AsyncIterator[Hub]:
    with closing(Journal(folder / "journal.db")) as journal, anyio.fail_after(WITHIN_S):
        async with running_hub(journal) as hub:
            yield hub


async def read(reader: Reader, upto: int) -> list[int]:
    """Numbers until this one has come."""
    found: list[int] = []
    while not found or found[-1] < upto:
        found += [event.id for event in await reader.batch()]
    return found


def run(test: Callable[[], Awaitable[None]]) -> None:
    anyio.run(test)


def test_nothing_is_shown_before_it_is_stored(tmp_path: Path) -> None:
    """Somebody else holds the file for a moment, so the commit cannot be made."""

    async def test() -> None:
        heard: list[int] = []
        async with (
            a_hub(tmp_path) as hub,
            hub.join(after=0, role="driver") as reader,
            anyio.create_task_group() as tasks,
        ):
            with closing(sqlite3.connect(tmp_path / "journal.db", isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                with hub.listening(lambda number, _event: heard.append(number)):
                    done = anyio.Event()

                    async def record() -> None:
                        assert await hub.record(printed("a")) == 1
                        done.set()

                    tasks.start_soon(record)
                    with anyio.move_on_after(0.3) as waited:
                        await reader.batch()
                    assert waited.cancelled_caught, "it was shown"
                    assert (hub.last_id, heard, done.is_set()) == (0, [], False)
                    other.execute("COMMIT")
                    assert await read(reader, 1) == [1]
                    await done.wait()
                    assert heard == [1]
                    assert other.execute("SELECT count(*) FROM events").fetchone() == (1,)

    run(test)


@pytest.mark.parametrize("in_memory", [4096, 4], ids=["from memory", "from the journal"])
def test_who_joins_gets_all_once_and_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_memory: int) -> None:
    """From wherever it joins, while others record; also one that is further behind than what is kept in memory."""
    monkeypatch.setattr(app.hub, "IN_MEMORY", in_memory)
    first, last = 40, 240

    async def test() -> None:
        async with a_hub(tmp_path) as hub:
            for number in range(first):
                await hub.record(printed(str(number)))
            found: dict[int, list[int]] = {}

            async def follow(after: int) -> None:
                async with hub.join(after=after, role="driver") as reader:
                    found[after] = await read(reader, last)

            async with anyio.create_task_group() as tasks:
                for after in (0, 1, first - 1, first):
                    tasks.start_soon(follow, after)
                for number in range(first, last):
                    tasks.start_soon(hub.record, printed(str(number)))
                    if number % 7 == 0:
                        await anyio.lowlevel.checkpoint()  # in between, so that commits and readers meet in many ways
                tasks.start_soon(follow, 100)
            assert found == {after: list(range(after + 1, last + 1)) for after in (0, 1, first - 1, first, 100)}

    run(test)


def test_order_of_calls_is_order_of_numbers(tmp_path: Path) -> None:
    async def test() -> None:
        async with a_hub(tmp_path) as hub:
            given: dict[int, int] = {}

            async def record(index: int) -> None:
                given[index] = await hub.record(printed(str(index)))

            async with anyio.create_task_group() as tasks:
                for index in range(300):
                    tasks.start_soon(record, index)
            assert [given[index] for index in range(300)] == list(range(1, 301))

    run(test)


def test_a_reader_sees_what_it_wants(tmp_path: Path) -> None:
    async def test() -> None:
        async with (
            a_hub(tmp_path) as hub,
            hub.join(after=0, role="driver", run="r2") as of_run,
            hub.join(after=0, role="driver", kinds=frozenset({"lab_started"})) as of_kind,
        ):
            for event in (LabStarted(version="1"), printed("a"), printed("b", "r2"), LabStarted(version="2")):
                await hub.record(event)
            assert await read(of_run, 4) == [1, 3, 4]
            assert await read(of_kind, 4) == [1, 4]

    run(test)


def test_what_cannot_be_stored_is_told_to_who_recorded_it_and_the_others_go_on(tmp_path: Path) -> None:
    async def test() -> None:
        async with a_hub(tmp_path) as hub:
            with closing(sqlite3.connect(tmp_path / "journal.db")) as fault:
                fault.execute(
                    "CREATE TRIGGER no BEFORE INSERT ON events WHEN NEW.run = 'r9' BEGIN SELECT RAISE(ABORT, 'no'); END"
                )
            with pytest.raises(sqlite3.IntegrityError):
                await hub.record(printed("a", "r9"))
            assert await hub.record(printed("b")) == 2  # what is never stored leaves a hole
            assert [event.id for event in await hub.read(after=0, limit=10)] == [2]

    run(test)


def test_at_the_end_readers_see_all_and_then_the_end(tmp_path: Path) -> None:
    async def test() -> None:
        found: list[int] = []

        async def follow(reader: Reader) -> None:
            with pytest.raises(Ending):
                while True:
                    found.extend(event.id for event in await reader.batch())

        async with (
            anyio.create_task_group() as tasks,
            a_hub(tmp_path) as hub,
            hub.join(after=0, role="driver") as reader,
        ):
            tasks.start_soon(follow, reader)
            for number in range(21):
                await hub.record(printed(str(number)))
        assert found == list(range(1, 22))
        with pytest.raises(Ending):
            await hub.record(printed("late"))

    run(test)


def test_who_does_not_read_holds_nobody_up_and_comes_back_to_where_it_was(tmp_path: Path) -> None:
    """Its connection takes no more, until the server cuts it off; then its seat is given up."""

    async def test() -> None:
        async with a_hub(tmp_path) as hub:
            cut_off = anyio.Event()

            async def send(message: Any) -> None:
                if b'"kind":"output"' in message.get("body", b""):
                    await anyio.sleep_forever()  # the other side reads no more

            async def receive() -> Any:
                await cut_off.wait()
                return {"type": "http.disconnect"}

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(streamed(hub), {"type": "http", "method": "GET"}, receive, send)
                for number in range(50):
                    await hub.record(printed(str(number)))  # is not held up
                assert hub.audience.viewers == 1
                cut_off.set()
            assert hub.audience.viewers == 0
            async with hub.join(after=1, role="viewer") as again:
                assert await read(again, 50) == list(range(2, 51))

    run(test)


def streamed(hub: Hub) -> Response:
    return event_stream(
        hub,
        lambda event: event,
        role="viewer",
        who="a",
        after=0,
        last_event_id=None,
        run=None,
        kinds=frozenset(),
        heartbeat_s=60,
        still=lambda: True,
    )
