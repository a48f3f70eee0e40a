"""The kernel's word: what became of the signals for the processes of running targets, by its own trace.

One trace for all targets.  While none runs nothing is recorded by the kernel and nobody is woken.  What it tells drives
the process tree too (``moved``): a look at /proc follows a fork, an exec or an end within milliseconds.

A program can send itself a million signals a second; the journal takes a number of them for each target, and then says
that it left some out.
"""

from __future__ import annotations

import os
import struct
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import anyio
import anyio.lowlevel

from app.events import AnyEvent, SourceBack, SourceLost, Truncated
from app.hosts.base import Record
from app.probe.procfs import ProcessFacts
from app.probe.told import Ended, Gone, Missed, Moved, Sent, Taken, Told
from app.probe.trace import Trace, TraceUnavailable
from app.probe.watch import SIGSTOP
from app.sources.kernel_events import kernel_signal
from app.sources.kernel_feed import Feed, LocalFeed
from app.sources.looks import record_all

BURST, PER_S = 300, 60  # kernel_signal events of one target
IGNORED = 1
SETTLE_S = 1.0


@dataclass(slots=True)
class _Followed:
    run: str
    target: str
    moved: Callable[[], None]
    ended: Callable[[int, Ended], None]
    lab: set[int] = field(default_factory=set)  # processes that send on behalf of the lab
    keeper: int = 0
    swept: set[int] = field(default_factory=set)  # pids that the keeper stopped in order to end them all
    room: float = BURST
    filled_at: float = 0.0
    cut: bool = False


class KernelTrace:
    """Use as ``async with running_kernel_trace(record) as kernel``."""

    def __init__(self, record: Record, why_not: TraceUnavailable | None) -> None:
        self._record, self._why_not = record, why_not
        self._feed: Feed | None = None
        self._followed: dict[str, _Followed] = {}
        self._early: dict[str, int] = {}
        self._lost = False
        self._known = self._settled = 0  # how often somebody was made known to the feed, and how many of these count
        self._heard = anyio.Event()  # there is, or once was, a feed

    @property
    def ready(self) -> bool:
        return self._feed is not None

    async def ready_within(self, seconds: float) -> bool:
        """Whether it is there, or comes within some seconds: a probe has to be started first."""
        with anyio.move_on_after(seconds):
            await self._heard.wait()
        return self.ready

    def status(self) -> dict[str, Any]:
        """For ``GET /health``."""
        if self._feed:
            return {"state": "ready", "reason": "", "hint": "", "where": self._feed.where}
        why = self._why_not
        return {"state": "absent", "reason": str(why or ""), "hint": why.hint if why else "", "where": ""}

    def expect(self, target: str, parent: int) -> None:
        """``parent`` is about to start the target, and is no part of it."""
        self._early[target] = parent
        if self._feed:
            self._known += 1
            self._feed.expect(target, parent)

    def forget(self, target: str) -> None:
        """It is over, or did not start after all."""
        self._early.pop(target, None)
        if self._feed:
            self._feed.forget(target)
            if not self._followed and not self._early:
                self._feed.rest()

    def know(self, target: str, seen: list[ProcessFacts]) -> None:
        """These are the processes of a target now."""
        if self._feed and target in self._followed:
            self._known += 1
            if self._feed.know(target, seen):
                self._followed[target].moved()  # what they started before they were followed: look again

    async def settled(self) -> None:
        """Returns when what happens to known processes from now on will be told; a slow kernel is not waited for."""
        known = self._known
        if self._feed and self._settled < known:  # each that asks waits: several may be sent at the same moment
            with anyio.move_on_after(SETTLE_S):
                await self._feed.settled()
                self._settled = max(self._settled, known)

    @asynccontextmanager
    async def following(
        self, run: str, target: str, moved: Callable[[], None], ended: Callable[[int, Ended], None]
    ) -> AsyncIterator[None]:
        """Tell of a target for as long as the block is open.

        Args:
            moved: called when its processes came, went or became another program.
            ended: called with a pid and how it ended, when its parent was told.
        """
        followed = self._followed[target] = _Followed(
            run, target, moved, ended, {os.getpid()}, filled_at=time.monotonic()
        )
        if parent := self._early.pop(target, None):
            followed.lab.add(parent)
            followed.keeper = parent
        try:
            yield
        finally:
            with anyio.CancelScope(shield=True):
                if self._feed:
                    with anyio.move_on_after(SETTLE_S):
                        await self._feed.caught_up()
                await self._take()  # the last words
            del self._followed[target]
            self.forget(target)

    async def listen(self, feed: Feed) -> None:
        """Tell what this feed says until the caller is cancelled, or the feed raises."""
        self._feed = feed
        self._heard.set()
        if self._lost:
            self._lost = False
            await self._record(SourceBack(source="kernel", author="kernel"))
        try:
            for followed in self._followed.values():
                followed.moved()
            while True:
                await feed.next()
                await self._take()
        finally:
            self._feed = None

    async def without(self, why: TraceUnavailable) -> None:
        """Why there is no trace now; said to all, once."""
        if not self._lost or str(why) != str(self._why_not):
            self._lost = True
            await self._record(SourceLost(source="kernel", author="kernel", reason=str(why)))
        self._why_not = why

    async def _take(self) -> None:
        if self._feed is None:
            return
        found, clock_ns = self._feed.take()
        events = [event for told in found for event in self._heed(told, clock_ns)]
        if events:
            await record_all(self._record, events)

    def _heed(self, told: Told, clock: int) -> list[AnyEvent]:
        if isinstance(told, Missed):
            for each in self._followed.values():
                each.moved()
            count = "some" if told.count < 0 else str(told.count)
            reason = f"more happened than its buffer holds: {count} records are missing"
            return [SourceLost(source="kernel", author="kernel", reason=reason), SourceBack(source="kernel")]
        followed = self._followed.get(told.target)
        if followed is None:
            return []
        match told:
            case Moved():
                followed.moved()
            case Gone():
                followed.ended(told.pid, told.how)
            case Sent() | Taken() if not _sweeping(followed, told):
                if not (isinstance(told, Sent) and told.result == IGNORED):
                    followed.moved()  # it may be stopped now, or have another handler
                return self._within(followed, kernel_signal(told, run=followed.run, lab=followed.lab, clock_ns=clock))
        return []

    def _within(self, followed: _Followed, event: AnyEvent) -> list[AnyEvent]:
        now = time.monotonic()
        followed.room = min(BURST, followed.room + (now - followed.filled_at) * PER_S)
        followed.filled_at = now
        if followed.room < 1:
            cut, followed.cut = followed.cut, True
            where = {"run": followed.run, "target": followed.target}
            limit = f"{PER_S} signals a second"
            return [] if cut else [Truncated(**where, author="kernel", what="kernel_signals", limit=limit)]
        followed.room -= 1
        if followed.room > BURST / 2:
            followed.cut = False
        return [event]


def _sweeping(followed: _Followed, told: Sent | Taken) -> bool:
    """The keeper ends what is left by stopping all of it first, again and again: only its SIGKILL is worth a word."""
    if isinstance(told, Taken):
        return told.signal == SIGSTOP and told.pid in followed.swept
    if not followed.keeper or told.sender.pid != followed.keeper:
        return False
    if told.signal == SIGSTOP:
        followed.swept.add(told.pid)
    return told.signal == SIGSTOP or told.result == IGNORED


async def _listen(kernel: KernelTrace, feed: LocalFeed) -> None:
    """A trace that cannot be read any more is a lost witness, and no reason to end the lab."""
    try:
        await kernel.listen(feed)
    except (OSError, ValueError, LookupError, struct.error) as error:
        why = f"it cannot be read any more: {type(error).__name__}: {error}"
        await kernel.without(TraceUnavailable(why, "Start the lab again."))


@asynccontextmanager
async def running_kernel_trace(record: Record, mode: Literal["auto", "probe", "off"]) -> AsyncIterator[KernelTrace]:
    """The kernel's word for as long as the block is open; without a trace it says why, and all else works.

    With ``mode`` "probe" somebody else has to bring a feed to ``listen``.
    """
    feed, why_not = None, None
    if mode == "off":
        why_not = TraceUnavailable("it was switched off", "Start the lab with --kernel-trace auto.")
    elif mode == "probe":
        why_not = TraceUnavailable("the probe is not running yet", "It starts as soon as an engine is there.")
    else:
        try:
            feed = LocalFeed(Trace.open())
        except TraceUnavailable as error:
            why_not = error
    kernel = KernelTrace(record, why_not)
    try:
        async with anyio.create_task_group() as tasks:
            if feed:
                tasks.start_soon(_listen, kernel, feed)
                await anyio.lowlevel.checkpoint()
            try:
                yield kernel
            finally:
                tasks.cancel_scope.cancel()
    finally:
        if feed:
            feed.close()
