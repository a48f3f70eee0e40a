"""The kernel's word: what became of the signals for the processes of running targets, by its own trace.

One trace for all targets.  While none runs nothing is recorded by the kernel and nobody is woken.  What it tells drives
the process tree too (``tree_changed``): a look at /proc follows a fork, an exec or an end within milliseconds.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Literal

import anyio
import anyio.lowlevel

from app.events import AnyEvent, SourceBack, SourceLost
from app.events.record import Record
from app.probe.observations import (
    Chosen,
    Ended,
    Gone,
    Missed,
    Observation,
    SignalDelivered,
    SignalGenerated,
    TreeChanged,
)
from app.probe.procfs import ProcessFacts
from app.probe.trace import Trace
from app.probe.tracefs import TraceUnavailable
from app.sources.followed import Expected, Followed
from app.sources.kernel_events import oom_victim
from app.sources.kernel_feed import Feed, LocalFeed
from app.sources.looks import record_all
from app.sources.overflow import Overflow

log = logging.getLogger("signal_lab.trace")

FOLLOWED_WITHIN_S = 3.0  # some 40 ms are usual; with other traces on a busy machine it has been more than a second


class KernelTrace:
    """Use as ``async with running_kernel_trace(record) as kernel``."""

    def __init__(self, record: Record, why_not: TraceUnavailable | None) -> None:
        self._record, self._why_not = record, why_not
        self._feed: Feed | None = None
        self._followed: dict[str, Followed] = {}
        self._expected: dict[str, Expected] = {}
        self._overflow = Overflow()
        self._lost = False
        self._added = self._covered = (
            0  # how often processes were added to the feed, and how many of these it follows by now
        )
        self._heard = anyio.Event()  # there is, or once was, a feed
        self._taking = anyio.Lock()  # who takes the last words waits for those that somebody is just recording

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

    async def expect_children_of(self, target: str, parent: int) -> None:
        """``parent`` is about to start the target, and is no part of it.  Returns when what it does will be told."""
        self._expected[target] = Expected(parent)
        if self._feed:
            self._added += 1
            self._feed.expect_children_of(target, parent)
            await self.until_followed()

    def forget(self, target: str) -> None:
        """It is over, or did not start after all."""
        self._expected.pop(target, None)
        if self._feed:
            self._feed.forget(target)
            if not self._followed and not self._expected:
                self._feed.pause()

    def add_processes(self, target: str, seen: list[ProcessFacts]) -> None:
        """Follow all processes of the target, as they were just seen."""
        if self._feed and target in self._followed:
            self._added += 1
            if self._feed.add_processes(target, seen):
                self._followed[target].tree_changed()  # what they started before they were followed: look again

    async def until_followed(self) -> None:
        """Returns once signals to processes that were added cannot be missed; a slow kernel is not waited for."""
        added = self._added
        if self._feed and self._covered < added:  # each that asks waits: several may be sent at the same moment
            with anyio.move_on_after(FOLLOWED_WITHIN_S) as waited:
                await self._feed.until_followed()
                self._covered = max(self._covered, added)
            if waited.cancelled_caught:
                log.warning("the kernel did not follow within %g s: something may be missed", FOLLOWED_WITHIN_S)

    @asynccontextmanager
    async def following(
        self, run: str, target: str, tree_changed: Callable[[], None], ended: Callable[[int, Ended], None]
    ) -> AsyncIterator[None]:
        """Tell of a target for as long as the block is open.

        Args:
            tree_changed: called when its processes came, went or became another program.
            ended: called with a pid and how it ended, when its parent was told.
        """
        log.debug("trace: follows %s", target)
        followed = self._followed[target] = Followed(run, target, tree_changed, ended, {os.getpid()})
        expected = self._expected.pop(target, None)
        if expected:
            followed.lab.add(expected.parent)
            followed.keeper = expected.parent
        if not self._feed and not self._lost:  # nobody has said so; who reads this run alone must know it
            followed.blind = followed.was_blind = True
            await self._record(
                SourceLost(run=run, target=target, source="kernel", author="kernel", reason=str(self._why_not))
            )
        try:
            if expected:
                early = (
                    event
                    for observed, clock_ns in expected.observed
                    for event in self._on_observation(observed, clock_ns)
                )
                await record_all(self._record, early)
            yield
        finally:
            with anyio.CancelScope(shield=True):
                await self.last_words()
                del self._followed[target]
                self.forget(target)
                log.debug("trace: has said its last word on %s", target)
                await record_all(self._record, self._overflow.end())  # with what others miss another gap begins

    async def last_words(self) -> None:
        """Returns when what has happened up to now is recorded; a slow kernel is not waited for."""
        if self._feed:
            with anyio.move_on_after(FOLLOWED_WITHIN_S):
                await self._feed.caught_up()
        await self._take()

    async def killed(self, target: str, pid: int) -> bool | None:
        """Whether SIGKILL was sent to that process by somebody who is not of the target.

        None: it is not followed, or was not all the time.
        """
        await self.last_words()
        followed = self._followed.get(target)
        if followed is None or (not self._feed and pid not in followed.killed):
            return None
        return pid in followed.killed or (None if followed.was_blind else False)

    async def listen(self, feed: Feed) -> None:
        """Tell what this feed says until the caller is cancelled, or the feed raises."""
        log.debug("trace: read in the %s", feed.where)
        self._feed, self._overflow = feed, Overflow()
        self._heard.set()
        if self._lost:
            self._lost = False
            await self._record(SourceBack(source="kernel", author="kernel"))
        try:
            for followed in self._followed.values():
                followed.tree_changed()
                if followed.blind:
                    followed.blind = False
                    where = {"run": followed.run, "target": followed.target}
                    await self._record(SourceBack(**where, source="kernel", author="kernel"))
            while True:
                with anyio.move_on_after(self._overflow.due_s):
                    await feed.next()
                await self._take()
        finally:
            self._feed = None
            for followed in self._followed.values():
                followed.was_blind = True

    async def set_unavailable(self, why: TraceUnavailable) -> None:
        """There is no trace now; why is said to all runs, once."""
        log.debug("trace: none: %s", why)
        if not self._lost or str(why) != str(self._why_not):
            self._lost = True
            await self._record(SourceLost(source="kernel", author="kernel", reason=str(why)))
        self._why_not = why

    async def _take(self) -> None:
        """Record what had happened when this was called, also what another call has taken and not yet recorded."""
        now_ns = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        async with self._taking:
            await self._take_until(now_ns)

    async def _take_until(self, now_ns: int) -> None:
        """And not longer: where more happens all the time there is no end to wait for."""
        done = False
        while self._feed is not None and not done:
            began = time.monotonic()
            found, clock_ns = self._feed.take()
            done = self._feed.taken_until(now_ns)
            await record_all(
                self._record, (event for observed in found for event in self._on_observation(observed, clock_ns))
            )
            await record_all(self._record, self._overflow.over())
            # Half of the time is for others: an answer takes many passes of the loop, each as long as a part.
            await anyio.sleep(time.monotonic() - began if self._feed and self._feed.waiting else 0)

    def _on_observation(self, observed: Observation, clock: int) -> list[AnyEvent]:
        if isinstance(observed, Missed):
            for each in self._followed.values():
                each.was_blind = True
                each.tree_changed()
            return self._overflow.missed(observed.count) if self._followed or self._expected else []
        followed = self._followed.get(observed.target)
        if followed is None:
            if expected := self._expected.get(observed.target):
                expected.keep(observed, clock)
            return []
        match observed:
            case TreeChanged():
                followed.tree_changed()
            case Gone():
                followed.ended(observed.pid, observed.how)
            case Chosen():
                return [oom_victim(observed, run=followed.run, clock_ns=clock)]
            case SignalGenerated() | SignalDelivered():
                return [*followed.on_observation(observed, clock)]
        return []


async def _listen(kernel: KernelTrace, feed: LocalFeed) -> None:
    """A trace that cannot be read any more is a lost witness, and no reason to end the lab."""
    try:
        await kernel.listen(feed)
    except Exception as error:
        log.exception("the kernel's trace")
        why = f"it cannot be read any more: {type(error).__name__}: {error}"
        await kernel.set_unavailable(TraceUnavailable(why, "Start the lab again."))


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
