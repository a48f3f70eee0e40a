"""Bytes in, events out: nothing lost, nothing torn, and a cut is said."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.events import AnyEvent, Output, Truncated
from app.sources.output import PIECE_BYTES, TAIL_BYTES, PrintedBytes


def pumped(pieces: list[bytes], budget: int = 2**20) -> list[AnyEvent]:
    events: list[AnyEvent] = []
    waiting = [*pieces, b""]

    async def read() -> bytes:
        await anyio.lowlevel.checkpoint()
        return waiting.pop(0) if waiting else b""

    async def record(event: AnyEvent, /) -> int:
        events.append(event)
        return len(events)

    async def main(read: Callable[[], Awaitable[bytes]]) -> None:
        await PrintedBytes(read=read, run="r1", target="r1.x", stream="pty", budget_bytes=budget).report(record)

    anyio.run(main, read)
    return events


def text_of(events: list[AnyEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, Output))


@given(st.lists(st.text(max_size=40).map(str.encode), max_size=12), st.integers(1, 3))
def test_text_comes_out_as_it_went_in_however_it_is_torn(pieces: list[bytes], size: int) -> None:
    whole = b"".join(pieces)
    torn = [whole[n : n + size] for n in range(0, len(whole), size)]
    assert text_of(pumped(torn)) == whole.decode()


def test_what_is_no_utf_8_is_shown_as_that() -> None:
    assert text_of(pumped([b"a\xffb\xc3"])) == "a\ufffdb\ufffd"


def test_a_flood_comes_in_few_events() -> None:
    events = pumped([b"x" * 1024] * 256)
    assert len(text_of(events)) == 256 * 1024
    assert len(events) <= 256 * 1024 / PIECE_BYTES + 2


@pytest.mark.parametrize("budget", [10, 1000])
def test_beyond_the_budget_it_is_said_once_and_the_rest_is_read_but_for_its_end(budget: int) -> None:
    *before, cut, end = pumped([b"y" * 700] * 100, budget)
    assert len(text_of(before)) == budget
    assert isinstance(cut, Truncated)
    assert isinstance(end, Output)
    assert (len(end.text), end.left_out) == (TAIL_BYTES, 70_000 - budget - TAIL_BYTES)


def test_the_end_of_what_was_cut_begins_with_a_whole_line() -> None:
    lines = "".join(f"line {n} é\n" for n in range(2000)).encode()
    end = pumped([lines, b"the end\n"], 10)[-1]
    assert isinstance(end, Output)
    assert end.text.startswith("line ")
    assert end.text.endswith("line 1999 é\nthe end\n")
    assert end.left_out == len(lines) + len(b"the end\n") - 10 - len(end.text.encode())


def test_after_the_cut_a_pause_shows_what_was_printed_last() -> None:
    """Such as the prompt of a trap: the program is not over, and somebody waits for its word."""
    observed: list[str] = []

    async def main() -> None:
        give, take = anyio.create_memory_object_stream[bytes](10)
        shown = anyio.Event()

        async def record(event: AnyEvent, /) -> int:
            observed.append(event.text if isinstance(event, Output) else event.kind)
            if "caught" in observed[-1]:
                shown.set()
            return len(observed)

        async with give, take, anyio.create_task_group() as tasks:
            tasks.start_soon(
                lambda: PrintedBytes(read=take.receive, run="r", target="t", stream="pty", budget_bytes=4).report(
                    record
                )
            )
            await give.send(b"abcdefg\n")
            await give.send(b"caught TERM\n")
            await shown.wait()
            await give.send(b"")
            await give.aclose()

    anyio.run(main)
    assert observed[:2] == ["abcd", "truncated"]
    assert "".join(observed[2:]) == "efg\ncaught TERM\n"
