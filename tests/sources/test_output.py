"""Bytes in, events out: nothing lost, nothing torn, and a cut is said."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.events import AnyEvent, Output, Truncated
from app.sources.output import PIECE_BYTES, pump_output


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
        await pump_output(read, record, run="r1", target="r1.x", stream="pty", budget_bytes=budget)

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
def test_beyond_the_budget_it_is_said_once_and_the_rest_is_read(budget: int) -> None:
    events = pumped([b"y" * 700] * 10, budget)
    assert len(text_of(events)) == budget
    assert [type(event) for event in events].count(Truncated) == 1
    assert isinstance(events[-1], Truncated)
