"""When to look at the processes of a target, and who is told."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from itertools import chain, islice

import anyio

from app.events import AnyEvent, SourceLost, now
from app.events.record import Record
from app.probe.procfs import ProcessFacts
from app.sources.base import Source
from app.sources.process_tree import AFTER_S, EVERY_S, GATHER_S, SLOWLY_S, ProcessTree

AT_ONCE = 8  # events: a millisecond or two for all that is done with them


class Looks:
    """The times of the looks.  ``tree_changed`` asks for one soon; while ``driven`` is False their pace is steady."""

    def __init__(self, driven: Callable[[], bool]) -> None:
        self._driven = driven
        self._tree_changed = anyio.Event()
        self._later: list[float] = []
        self._cost_s = self._looked_at = 0.0

    def tree_changed(self) -> None:
        """A process of the target came, went or became another program."""
        self._tree_changed.set()

    async def next(self, over: anyio.Event, due_s: float | None) -> None:
        """Wait for the time of the next look.  ``due_s``: no later than in so many seconds."""
        now_s = time.monotonic()
        self._later = [at for at in self._later if at > now_s]
        wait_s = SLOWLY_S if self._driven() else EVERY_S
        rest_s = self._looked_at + self._cost_s * 3 - now_s  # a storm of changes must not become a storm of looks
        if due_s is not None:
            wait_s = min(wait_s, max(0.0, due_s, rest_s))
        if self._later:
            wait_s = min(wait_s, self._later[0] - now_s)
        async with anyio.create_task_group() as tasks:

            async def wake(event: anyio.Event) -> None:
                await event.wait()
                tasks.cancel_scope.cancel()

            tasks.start_soon(wake, self._tree_changed)
            tasks.start_soon(wake, over)
            await anyio.sleep(wait_s)
            tasks.cancel_scope.cancel()
        if self._tree_changed.is_set() and not over.is_set():
            rest_s = self._looked_at + self._cost_s * 3 - time.monotonic()
            with anyio.move_on_after(max(GATHER_S, rest_s)):
                await over.wait()
            self._tree_changed = anyio.Event()
            self._later = [time.monotonic() + after for after in AFTER_S]

    def cost(self, seconds: float) -> None:
        """What the look took that has just ended."""
        self._cost_s, self._looked_at = seconds, time.monotonic()


async def record_all(record: Record, events: Iterable[AnyEvent]) -> None:
    """In this order.  Of many, some in each commit, so that others have their turn between two of them."""
    rest = iter(events)
    while piece := list(islice(rest, AT_ONCE)):
        async with anyio.create_task_group() as tasks:
            for event in piece:
                tasks.start_soon(record, event)


@dataclass(frozen=True, slots=True, kw_only=True)
class Processes(Source):
    """The processes of one target.

    Args:
        look: gives what is there now; None: it cannot be seen from here.
        before: gets what each look saw before it is recorded: who acts on what is recorded finds it followed.
        after: gets it when it is recorded.
        over: set when the target has ended, and all its other witnesses have said their last words.
        last_words: returns when the kernel has said how each one ended.
    """

    run: str
    target: str
    look: Callable[[], Awaitable[list[ProcessFacts] | None]]
    before: Callable[[list[ProcessFacts] | None], None]
    after: Callable[[list[ProcessFacts]], None]
    tree: ProcessTree
    looks: Looks
    over: anyio.Event
    last_words: Callable[[], Awaitable[None]]

    async def report(self, record: Record, /) -> None:
        """Until ``over`` is set or the caller is cancelled; then all that was there is said to be gone."""
        blind, tree = False, self.tree
        try:
            while not self.over.is_set():
                began = time.monotonic()
                seen = await self.look()
                self.looks.cost(time.monotonic() - began)
                self.before(seen)
                if seen is not None:
                    with anyio.CancelScope(shield=True):  # what the tree has told is not told again
                        await record_all(record, chain.from_iterable(tree.looking(seen, now())))
                    self.after(seen)
                elif not blind:
                    blind = True
                    reason = "the engine runs on another machine"
                    await record(SourceLost(run=self.run, target=self.target, source="processes", reason=reason))
                due = tree.due
                await self.looks.next(self.over, None if due is None else (due - now()).total_seconds())
        finally:
            with anyio.CancelScope(shield=True):
                await self.over.wait()
                await self.last_words()
                await record_all(record, chain.from_iterable(tree.looking([], now(), over=True)))
