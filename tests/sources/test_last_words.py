"""The last words on a target are recorded before anybody judges it, also those that somebody is just recording.

The feed is a double: when the journal answers cannot be chosen.
"""

from __future__ import annotations

import anyio
import pytest

from app.events import AnyEvent
from app.probe.observations import Observation, SignalGenerated
from app.probe.senders import Sender
from app.sources.kernel_trace import KernelTrace
from tests.sources.test_until_followed import SlowFeed

TERM = SignalGenerated(
    target="r1.main",
    at_ns=1,
    signal=15,
    code=0,
    pid=7,
    thread=None,
    comm="app",
    ns_pid=7,
    result=0,
    sender=Sender(1, "lab"),
    teardown=False,
)


class Feed(SlowFeed):
    """Tells one signal, once."""

    def __init__(self) -> None:
        super().__init__()
        self.there, self.left = anyio.Event(), [TERM]

    async def next(self) -> None:
        await self.there.wait()
        self.there = anyio.Event()

    def take(self) -> tuple[list[Observation], int]:
        taken, self.left = list[Observation](self.left), []
        return taken, 0


@pytest.mark.anyio
async def test_the_last_words_are_those_too_that_are_just_being_recorded() -> None:
    recorded, committed, over, order = anyio.Event(), anyio.Event(), anyio.Event(), list[str]()

    async def record(event: AnyEvent, /) -> int:
        recorded.set()
        await committed.wait()
        order.append(event.kind)
        return 1

    kernel, feed = KernelTrace(record, None), Feed()

    async def follow() -> None:
        async with kernel.following("r1", "r1.main", lambda: None, lambda _pid, _how: None):
            feed.there.set()
            await recorded.wait()
        order.append("over")
        over.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(kernel.listen, feed)
        await anyio.wait_all_tasks_blocked()
        tasks.start_soon(follow)
        await anyio.wait_all_tasks_blocked()
        assert order == [], "whoever goes before the words are recorded judges without them"
        committed.set()
        with anyio.fail_after(30):
            await over.wait()
        assert order == ["kernel_signal", "over"]
        tasks.cancel_scope.cancel()
