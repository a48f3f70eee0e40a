"""A signal waits until its target is followed, also when several are sent at the same moment.

The feed is a double: how long the kernel takes to answer cannot be chosen.
"""

from __future__ import annotations

import anyio
import pytest

from app.events import AnyEvent
from app.probe.observations import Observation
from app.probe.procfs import ProcessFacts
from app.sources.kernel_feed import Where
from app.sources.kernel_trace import KernelTrace


class SlowFeed:
    """``written``: whom it was told to follow is followed."""

    where: Where = "server"
    waiting = False

    def __init__(self) -> None:
        self.written, self.asked = anyio.Event(), 0

    def expect_children_of(self, target: str, parent: int) -> None: ...

    def add_processes(self, target: str, seen: list[ProcessFacts]) -> bool:
        return False

    def forget(self, target: str) -> None: ...

    def pause(self) -> None: ...

    async def until_followed(self) -> None:
        self.asked += 1
        await self.written.wait()

    async def caught_up(self) -> None: ...

    async def next(self) -> None:
        await anyio.sleep_forever()

    def take(self) -> tuple[list[Observation], int]:
        return [], 0

    def taken_until(self, _at_ns: int, /) -> bool:
        return True


async def record(_event: AnyEvent, /) -> int:
    return 0


@pytest.mark.anyio
async def test_each_that_sends_waits_and_nobody_once_it_is_written() -> None:
    kernel, feed, sent = KernelTrace(record, None), SlowFeed(), list[int]()

    async def send(number: int) -> None:
        await kernel.until_followed()
        sent.append(number)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(kernel.listen, feed)
        await anyio.wait_all_tasks_blocked()
        await send(0)  # nobody was made known: nothing to wait for
        tasks.start_soon(kernel.expect_children_of, "r1.main", 1)
        await anyio.wait_all_tasks_blocked()
        for number in (1, 2, 3):
            tasks.start_soon(send, number)
        await anyio.wait_all_tasks_blocked()
        assert (sent, feed.asked) == ([0], 4)
        feed.written.set()
        await anyio.wait_all_tasks_blocked()
        assert sorted(sent) == [0, 1, 2, 3]
        await send(4)
        assert feed.asked == 4
        tasks.cancel_scope.cancel()
