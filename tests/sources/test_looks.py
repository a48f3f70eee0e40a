"""Much that is recorded at once is recorded in order, and lets others have their turn."""

from __future__ import annotations

import anyio
import pytest

from app.events import AnyEvent, Output
from app.sources.looks import AT_ONCE, record_all


@pytest.mark.anyio
async def test_of_many_events_some_are_recorded_at_a_time() -> None:
    kept: list[str] = []
    under_way = most = 0

    async def record(event: AnyEvent, /) -> int:
        nonlocal under_way, most
        assert event.kind == "output"
        kept.append(event.text)
        under_way += 1
        most = max(most, under_way)
        await anyio.lowlevel.checkpoint()
        under_way -= 1
        return len(kept)

    many = [str(number) for number in range(1000)]
    await record_all(
        record, (Output(run="r1", target="r1.a", author="program", text=each, stream="pty") for each in many)
    )
    assert kept == many
    assert 1 < most <= AT_ONCE
