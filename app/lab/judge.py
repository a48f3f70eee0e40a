"""When a verdict is due, and what it is made from: the journal, as everybody can read it.

A signal's is given when the kernel has answered and nothing more can come of it, or a second later; it is given again
when it came to more after all.  A stop's is given when all witnesses of its target have said their last words.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

import anyio
from anyio import to_thread

from app.events import AnyEvent, Verdict
from app.hub import Hub
from app.journal import Journal, event_of
from app.targets import Target
from app.verdict.diagnose_end import diagnose_end, diagnose_removal
from app.verdict.diagnose_signal import diagnose_signal
from app.verdict.diagnose_stop import diagnose_stop
from app.verdict.diagnosis import Diagnosis
from app.verdict.scene import Numbered, Scene, scene_of

SOON_S, LATE_S = 0.15, 1.0
PAGE, PRINTED = 500, 20  # events
AT_ONCE, BEFORE = 100, 16  # requests in one go: a storm of them is judged in pieces
FACTS = frozenset(
    {"lab_started", "source_lost", "source_back", "target_started", "target_exited", "engine_event"}
    | {"process_appeared", "process_changed", "process_gone", "forecast", "stop_forecast", "signal_requested"}
    | {"signal_failed", "stop_requested", "stop_escalated", "stop_finished", "exec_requested", "http_requested"}
    | {"oom_victim"}
)
WORDS = frozenset({"kernel_signal"})
log = logging.getLogger("signal_lab")


@dataclass(slots=True)
class _Case:
    """One request.  ``said``: the outcome and text of the verdict that was given last."""

    stop: bool
    since: float
    said: tuple[str, str] | None = None
    closed: bool = False


class Judge:
    """One target's verdicts.  Listens for as long as ``listening`` of the hub does."""

    def __init__(self, hub: Hub, target: Target) -> None:
        self._hub, self._target = hub, target
        self._cases: dict[int, _Case] = {}
        self._waiting: dict[str, list[int]] = {}  # by signal: requests that were pending when they were judged
        self._unknown: list[int] = []  # requests of which nobody saw what became: a later look may tell
        self._news = anyio.Event()
        self._until: int | None = None
        self._gone = False

    def heard(self, number: int, event: AnyEvent) -> None:
        """Every event of the hub comes by."""
        if event.target != self._target.id:
            return
        match event.kind:
            case "signal_requested" | "stop_requested":
                self._cases[number] = _Case(event.kind == "stop_requested", time.monotonic())
            case "stop_finished":
                self._cases.setdefault(event.stop, _Case(True, time.monotonic())).since = time.monotonic()
            case "kernel_signal" if event.delivered and (self._unknown or event.signal in self._waiting):
                self._open_again(self._waiting.pop(event.signal, []))  # what was pending has been taken
                self._think_again()
            case "process_changed" if self._unknown:
                self._think_again()
            case "target_exited" | "signal_failed":
                pass
            case _:
                return
        self._news.set()

    def _think_again(self) -> None:
        unknown, self._unknown = self._unknown, []
        self._open_again(unknown)

    def _open_again(self, requests: list[int]) -> None:
        for each in requests:
            self._cases[each].closed, self._cases[each].since = False, time.monotonic()

    def cut(self, *, gone: bool = False) -> None:
        """From here on the lab itself ends the target: that is no part of what anybody asked for.

        ``gone``: the server was killed, and what it had beside it ended the target.
        """
        self._until, self._gone = self._hub.last_id, gone

    async def run(self) -> None:
        """Gives verdicts while the target lives; ``finish`` gives the rest."""
        while True:
            open_ = [case for case in self._cases.values() if not case.stop and not case.closed]
            if open_:
                with anyio.move_on_after(SOON_S):
                    await self._news.wait()
                    await anyio.sleep(SOON_S)
            else:
                await self._news.wait()
            self._news = anyio.Event()
            began = time.monotonic()
            await self._judge(over=False)
            await anyio.sleep(3 * (time.monotonic() - began))  # a storm of requests is not a storm of verdicts

    async def finish(self) -> None:
        """After the last words of all witnesses, and when all of them are stored: what is judged is the journal."""
        while self._hub.lost and self._until is None:
            await self._hub.news.wait()
        await self._judge(over=True)

    async def _judge(self, *, over: bool) -> None:
        open_ = [number for number, case in self._cases.items() if not case.closed]
        due = dict.fromkeys(open_[-AT_ONCE:] if over else open_[:AT_ONCE])
        if over:  # what came of the newest may be more by now
            due |= dict.fromkeys([number for number, case in self._cases.items() if not case.stop][-AT_ONCE:])
        if not due and not over:
            return
        try:
            found = await to_thread.run_sync(self._diagnoses, {each: self._cases[each] for each in sorted(due)}, over)
        except Exception:  # a defect here costs a verdict, not the run
            log.exception("no verdict for %s", self._target.id)
            return
        for number, diagnosis in found:
            case = self._cases.get(number) if number else None
            if case:
                case.closed = case.closed or diagnosis.final
                if diagnosis.outcome in ("pending", "already_pending") and diagnosis.signal and not over:
                    self._waiting.setdefault(diagnosis.signal, []).append(number)
                if diagnosis.outcome == "unknown" and not case.stop and not over and len(self._unknown) < AT_ONCE:
                    self._unknown.append(number)
                if case.said == (diagnosis.outcome, diagnosis.text):
                    continue
                case.said = (diagnosis.outcome, diagnosis.text)
            await self._hub.record(self._verdict(number or None, diagnosis))

    def _diagnoses(self, due: dict[int, _Case], over: bool) -> list[tuple[int, Diagnosis]]:
        since = self._words_since(min(due, default=0))
        events = read_events(self._hub.journal, self._target.run, since, self._until)
        scene, now = scene_of(self._target.id, events, since), time.monotonic()
        finished = {event.stop: event for _, event in scene.events if event.kind == "stop_finished"}
        found = []
        for number, case in due.items():
            if case.stop:
                done = finished.get(number)
                if done and (over or (done.error and scene.exited is None)):
                    found.append((number, diagnose_stop(scene, number)))
                continue
            late = over or now - case.since >= LATE_S
            diagnosis = diagnose_signal(scene, number, over=late)
            if diagnosis.final or late:
                found.append((number, diagnosis))
        told = any(due[number].stop or diagnosis.tells_end for number, diagnosis in found)
        if over and not told and (ended := self._end(scene)):  # also of one that outlived a stop that failed
            found.append((0, ended))
        return found

    def _words_since(self, first: int) -> int:
        """From where on the kernel's words are read: with some requests before, whose words may come late."""
        before = [number for number in self._cases if number < first]
        return before[-BEFORE] if len(before) > BEFORE else min([*before, first])

    def _end(self, scene: Scene) -> Diagnosis | None:
        """Of an end that no request on the page tells."""
        if self._until is not None:
            return diagnose_removal(scene, self._until, gone=self._gone)
        last = max((number for number, event in scene.events if event.kind == "signal_requested"), default=0)
        return diagnose_end(scene, last)

    def _verdict(self, request: int | None, diagnosis: Diagnosis) -> Verdict:
        return Verdict(
            run=self._target.run,
            target=self._target.id,
            request=request,
            signal=diagnosis.signal,
            outcome=diagnosis.outcome,
            held=diagnosis.held,
            text=diagnosis.text,
            said=diagnosis.said,
            evidence=diagnosis.evidence,
            advice=diagnosis.advice,
        )


def read_events(journal: Journal, run: str, since: int, until: int | None) -> list[Numbered]:
    """A run's facts; the kernel's words and some of what was printed only after ``since``: there may be many.

    ``since`` 0: nothing was asked for; then the first that was printed, which may say why it ended.
    """
    found: list[Numbered] = []
    for kinds, first in ((FACTS, 0), (WORDS, since)):
        after = first
        while page := journal.read(after=after, run=run, kinds=kinds, limit=PAGE):
            found += [(each.id, event_of(each)) for each in page]
            after = page[-1].id
    printed = journal.read(after=since, run=run, kinds=frozenset({"output"}), limit=PRINTED)
    found += [(each.id, event_of(each)) for each in printed]
    return sorted((each for each in found if until is None or each[0] <= until), key=lambda each: each[0])
