"""One run of a check: start it, wait until it is ready, stop it, read the verdict; whatever comes, it is removed."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream

from app.commands.check.outcome import Line, RunSeen
from app.commands.check.ready import Waiting
from app.commands.check.subject import Subject
from app.commands.text import plain, seconds
from app.commands.words import QUIET, Teller
from app.errors import AlreadyGone, LabError
from app.events import AnyEvent, StopFinished, TargetExited, TargetStarted, Verdict, to_dict
from app.events.lesson import ExecFinished
from app.events.masking import masked_words
from app.hub import Hub
from app.lab.actions import Actions
from app.lab.lab import Lab
from app.verdict import gate, hooks
from app.verdict.checking import FENCE

BY = "The check"
START_WITHIN_S = 1800.0  # its image may have to be pulled
HOOK_WITHIN_S = 300.0  # Compose waits for one without a limit
END_WITHIN_S = 60.0  # beyond the time of the stop itself
TAIL_LINES, TAIL_CHARS = 8, 4096
LINES = 200  # of a timeline
Say = Callable[[str], None]


class Watch:
    """What is known of a run, from its events."""

    def __init__(self, subject: Subject) -> None:
        self.waiting = Waiting(subject.ready)
        self.run = ""
        self.events: list[tuple[int, AnyEvent]] = []
        self.started: TargetStarted | None = None
        self.exited: TargetExited | None = None
        self.finished: StopFinished | None = None
        self.hook: ExecFinished | None = None
        self.hook_over = anyio.Event()  # one for each hook, and one hook at a time
        self.verdicts: dict[int | None, Verdict] = {}
        self.error: str | None = None  # of the run
        self.up, self.gone, self.over = anyio.Event(), anyio.Event(), anyio.Event()
        self._printed = ""

    async def follow_events(self, heard: MemoryObjectReceiveStream[tuple[int, AnyEvent]], say: Say) -> None:
        async for number, event in heard:
            if event.kind == "build_progress" and not self.up.is_set() and event.text.strip():
                say(event.text.strip().splitlines()[-1])
            if event.run == self.run:
                self._on_event(number, event)

    def begin_hook(self) -> None:
        self.hook, self.hook_over = None, anyio.Event()

    def _on_event(self, number: int, event: AnyEvent) -> None:
        self.events.append((number, event))
        match event:
            case TargetStarted():
                self.started = event
                self.up.set()
            case TargetExited():
                self.exited = event
                self.gone.set()
            case StopFinished():
                self.finished = event
            case Verdict():
                self.verdicts[event.request] = event
            case ExecFinished():
                self.hook = event
                self.hook_over.set()
            case _ if event.kind == "output":
                self._printed = (self._printed + event.text)[-TAIL_CHARS:]
                self.waiting.on_output(event.stream, event.text)
            case _ if event.kind == "run_finished":
                self.error = event.error
                for each in (self.up, self.gone, self.over):
                    each.set()

    def tail(self) -> list[str]:
        return [line.rstrip() for line in plain(self._printed).split("\n") if line.strip()][-TAIL_LINES:]

    def timeline(self, stop: int | None) -> list[Line]:
        """From the stop on; without one, from the start on."""
        teller, found, zero = Teller(), [], ""
        for number, event in self.events:
            wire: dict[str, Any] = {**to_dict(event), "id": number}
            told = teller.tell(wire)
            zero = wire["at"] if number == stop or not zero else zero
            if told and event.kind not in {*QUIET, "verdict", "output"} and number >= (stop or 0):
                since = datetime.fromisoformat(wire["at"]) - datetime.fromisoformat(zero)
                found.append(Line(number, wire["at"], round(since.total_seconds(), 4), event.author, told[0]))
        return found[:LINES]


async def check_once(lab: Lab, subject: Subject, number: int, say: Say) -> RunSeen:
    """Never raises for what a person can mend: that is a run of which nothing could be told."""
    assert subject.spec is not None
    watch = Watch(subject)
    async with _listening(lab.hub) as heard, anyio.create_task_group() as tasks:
        try:
            run = await lab.start((subject.spec,), experiment=None, title=subject.name, question="Does its stop hold?")
            watch.run = run.id
            tasks.start_soon(watch.follow_events, heard, say)
            return await _stopped(lab, subject, number, watch, say)
        except LabError as error:
            return RunSeen(number, gate.not_started(str(error)), hint=error.hint)
        finally:
            if watch.run:
                with anyio.CancelScope(shield=True), suppress(LabError):
                    await lab.remove(watch.run)
            tasks.cancel_scope.cancel()
    raise AssertionError("unreachable")


async def _stopped(lab: Lab, subject: Subject, number: int, watch: Watch, say: Say) -> RunSeen:
    ready, terms = subject.ready, subject.terms
    with anyio.move_on_after(START_WITHIN_S):
        await watch.up.wait()
    if watch.started is None:
        return RunSeen(number, gate.not_started(watch.error or "nobody knows why"), tail=watch.tail())
    say(f"it runs; waiting until {ready.words()}, at most {seconds(ready.within_s)}")
    begun = anyio.current_time()
    with anyio.move_on_after(ready.within_s) as waited:
        await _first(watch.gone.wait, lambda: watch.waiting.over(watch.started.ports if watch.started else {}))
    ready_s = anyio.current_time() - begun
    if watch.gone.is_set():
        return await _ended_before(watch, number, ready.words())
    if waited.cancelled_caught:
        ruling = gate.not_ready(ready.words(), ready.within_s, watch.waiting.last)
        return RunSeen(number, ruling, timeline=watch.timeline(None), tail=watch.tail(), hint=FENCE)
    say(f"ready after {seconds(ready_s)}; stopping it, {seconds(terms.within_s)} until SIGKILL")
    target = f"{watch.run}.{subject.spec.name if subject.spec else 'main'}"
    ran: list[hooks.HookSeen] = []
    for command in subject.hooks:
        shown = " ".join(masked_words(command))
        say(f"its pre_stop hook {shown}, at most {seconds(HOOK_WITHIN_S)}")
        try:
            ran.append(await _hook(lab, target, command, shown, watch))
        except AlreadyGone:
            return await _ended_before(watch, number, hooks.has_run(shown))
        if ran[-1].exit_code != 0:
            ruling = hooks.failed(ran[-1])
            return RunSeen(number, ruling, ready_s, timeline=watch.timeline(None), tail=watch.tail(), hint=FENCE)
    limit_s = math.ceil(terms.within_s)  # engines take whole seconds
    try:
        stop = await lab.stop(target, by=BY, timeout_s=limit_s, signal=subject.signal)
    except AlreadyGone:
        return await _ended_before(watch, number, ready.words())
    with anyio.move_on_after(limit_s + END_WITHIN_S):
        await watch.over.wait()
    verdict = watch.verdicts.get(stop)
    finished = watch.finished
    return RunSeen(
        number,
        hooks.counted(gate.rule_on(finished, verdict, terms), ran, finished.took_s if finished else None, terms),
        ready_s=ready_s,
        took_s=finished.took_s if finished else None,
        exit_code=finished.exit_code if finished else None,
        killed=finished.killed if finished else None,
        verdict=to_dict(verdict) if verdict else None,
        timeline=watch.timeline(stop),
        tail=watch.tail(),
    )


async def _hook(lab: Lab, target: str, command: tuple[str, ...], shown: str, watch: Watch) -> hooks.HookSeen:
    """Run it in the container, as Compose does before a stop.  Raises AlreadyGone."""
    begun = anyio.current_time()
    watch.begin_hook()
    request = await Actions(lab).run(target, command, by=BY, within_s=HOOK_WITHIN_S)
    await _first(watch.hook_over.wait, watch.over.wait)
    took_s = anyio.current_time() - begun
    if watch.hook is None:
        raise AlreadyGone(f"{target} is over")
    why = watch.hook.output if watch.hook.exit_code is None else ""
    return hooks.HookSeen(request, shown, took_s, watch.hook.exit_code, why)


async def _ended_before(watch: Watch, number: int, words: str) -> RunSeen:
    """It ended by itself; its verdict comes a moment later, and after that the end of the run."""
    with anyio.move_on_after(END_WITHIN_S):
        await watch.over.wait()
    code = watch.exited.exit_code if watch.exited else None
    verdict = watch.verdicts.get(None)
    ruling = gate.ended_before(verdict, code, words)
    return RunSeen(
        number,
        ruling,
        exit_code=code,
        verdict=to_dict(verdict) if verdict else None,
        timeline=watch.timeline(None),
        tail=watch.tail(),
        hint=FENCE,
    )


async def _first(*each: Callable[[], Awaitable[object]]) -> None:
    """Returns when one of them has."""

    async def until(act: Callable[[], Awaitable[object]]) -> None:
        await act()
        tasks.cancel_scope.cancel()

    async with anyio.create_task_group() as tasks:
        for act in each:
            tasks.start_soon(until, act)


@asynccontextmanager
async def _listening(hub: Hub) -> AsyncIterator[MemoryObjectReceiveStream[tuple[int, AnyEvent]]]:
    send, receive = anyio.create_memory_object_stream[tuple[int, AnyEvent]](math.inf)
    with send, receive, hub.listening(lambda number, event: send.send_nowait((number, event))):
        yield receive
