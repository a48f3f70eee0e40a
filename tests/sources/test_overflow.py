"""What the trace had no room for is one gap, said when it begins and when it is over."""

from __future__ import annotations

import anyio
import pytest

from app.events import AnyEvent, SourceBack, SourceLost
from app.probe.observations import Missed, Observation
from app.sources.kernel_trace import KernelTrace
from tests.sources.test_until_followed import SlowFeed

TIMES = 50


class FullFeed(SlowFeed):
    """One that misses something in each of its first looks; a real one does that only under a storm."""

    def __init__(self, *counts: int) -> None:
        super().__init__()
        self._counts, self.empty = list(counts), anyio.Event()

    async def next(self) -> None:
        if not self._counts:
            self.empty.set()
            await anyio.sleep_forever()

    def take(self) -> tuple[list[Observation], int]:
        return ([Missed(self._counts.pop(0))], 0) if self._counts else ([], 0)


@pytest.mark.anyio
@pytest.mark.parametrize(("counts", "missing"), [([7] * TIMES, 7 * TIMES), ([7, -1, 7], 14), ([-1], None)])
async def test_it_is_said_once_and_counted(counts: list[int], missing: int | None) -> None:
    observed: list[AnyEvent] = []
    over = anyio.Event()

    async def record(event: AnyEvent, /) -> int:
        observed.append(event)
        if event.kind == "source_back":
            over.set()
        return len(observed)

    kernel = KernelTrace(record, None)
    await kernel.expect_children_of("r1.main", 1)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(kernel.listen, FullFeed(*counts))
        with anyio.fail_after(10):
            await over.wait()
        tasks.cancel_scope.cancel()
    lost, back = observed
    assert isinstance(lost, SourceLost)
    assert isinstance(back, SourceBack)
    assert back.missing == missing


@pytest.mark.anyio
async def test_what_is_missed_while_nobody_is_followed_is_no_gap() -> None:
    observed: list[AnyEvent] = []

    async def record(event: AnyEvent, /) -> int:
        observed.append(event)
        return len(observed)

    feed = FullFeed(7, 7)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(KernelTrace(record, None).listen, feed)
        await feed.empty.wait()
        tasks.cancel_scope.cancel()
    assert observed == []
