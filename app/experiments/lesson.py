"""How far one run has come with its experiment's steps.  Pure: events and times in, events out.

Who did what makes no difference: a step's button, the board, or ``kill`` in somebody's own terminal, the event is the
same.  Only the first step that is not done is looked at, so that a later one is not ticked by something older.

A step *begins* with its first action, whoever did it; one without an action begins when its turn comes and its targets
are there.  From then on its expectations have their time.  One that is late has failed; it can be tried again, and what
comes after all repairs it.

Longer than most files: it is one fold, and what a step can be is seen at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, get_args

from app.events import AnyEvent, to_dict
from app.events.lesson import StepDone, StepFailed, StepUnseen
from app.experiments.actions import Action, AnyAction
from app.experiments.expect import Expect, equals, fits, output_fits, processes_fit
from app.experiments.model import Experiment, Step
from app.experiments.seen import Seen
from app.experiments.wording import NOTHING_CAME, in_words
from app.hosts.base import Ways

Tick = StepDone | StepFailed | StepUnseen
# What only a person does; a program may send signals by itself.
ASKED = {action.asked for action in get_args(AnyAction) if action.asked}
NO_TRACE = "the kernel's trace is not there, and only it can tell"
NOT_TOLD = "{engine} does not tell which signal it sends, only the kernel does"
NO_PROCESSES = "the processes of this target cannot be seen from here"


@dataclass(slots=True)
class Lesson:
    """``trace``: whether the kernel's word can be heard; ``ways``: of its engine.

    ``now_s`` is a monotonic clock of the caller's.
    """

    run: str
    experiment: Experiment
    trace: bool = True
    ways: Ways = field(default_factory=Ways)
    step: int = 0
    settled: set[int] = field(default_factory=set)  # expectations of the step that are done or cannot be seen
    failed: set[int] = field(default_factory=set)
    _seen: dict[str, Seen] = field(default_factory=dict)
    _newest: tuple[int, datetime] = (0, datetime.min)
    _begun_s: float | None = None
    _begun_at: datetime | None = None
    _begun_by: int = 0
    _last: dict[int, dict[str, Any]] = field(default_factory=dict)  # the last event of the wanted kind, for the reason

    @property
    def over(self) -> bool:
        return self.step >= len(self.experiment.step)

    @property
    def due_s(self) -> float | None:
        """When the next expectation of the step is late, or has been absent for long enough."""
        if self._begun_s is None or self.over:
            return None
        waiting = [each for each in range(len(self._expected)) if each not in self.settled | self.failed]
        return min((self._begun_s + self._time(self._expected[each]) for each in waiting), default=None)

    @property
    def _step(self) -> Step:
        return self.experiment.step[self.step]

    @property
    def _expected(self) -> tuple[Expect, ...]:
        return () if self.over else self._step.expect

    def _time(self, expect: Expect) -> float:
        return expect.absent_for_s or expect.within_s or self._step.within_s

    def go_to(self, step: int) -> None:
        """A person does this step now, whatever is left of the others."""
        if step != self.step:
            self._turn_to(step)

    def begin(self, now_s: float, at: datetime, number: int = 0) -> None:
        """The step's first action is done now, or done again."""
        if self._begun_s is not None:
            for seen in self._seen.values():
                seen.output = ""
        self.failed.clear()
        self._begun_s, self._begun_at, self._begun_by = now_s, at, number

    def see(self, number: int, event: AnyEvent, now_s: float) -> list[Tick]:
        """The ticks that this event earns."""
        facts = to_dict(event)
        by_hand = None
        if event.target is not None:
            seen = self._seen.setdefault(event.target.partition(".")[2], Seen())
            by_hand = seen.stopped_by_hand(facts, event.at)
            seen.remember(facts)
        self._newest = number, event.at
        ticks = self._advance(facts, now_s)
        return ticks if by_hand is None else [*ticks, *self._advance(by_hand, now_s)]

    def _advance(self, facts: dict[str, Any] | None, now_s: float) -> list[Tick]:
        """Step after step, as far as it goes.

        The next step must be seen to happen: for that one only what is there now may hold at once.
        """
        ticks: list[Tick] = []
        while not self.over:
            ticks += self._what_cannot_be_seen()
            self._notice_begin(facts, now_s)
            ticks += self._ticks(facts)
            if len(self.settled) < len(self._expected):
                break
            self._turn_to(self.step + 1)
            facts = None
        return ticks

    def pass_time(self, now_s: float) -> list[Tick]:
        """What has failed, and what has been absent for long enough."""
        ticks: list[Tick] = []
        if self._begun_s is None:
            return ticks
        for index, expect in enumerate(self._expected):
            if index in self.settled | self.failed or now_s < self._begun_s + self._time(expect):
                continue
            if expect.absent_for_s:
                self.settled.add(index)
                ticks.append(StepDone(run=self.run, step=self.step, expect=index, evidence=self._begun_by))
            elif expect.kind in ("process", "no_process") and not any(seen.looked for seen in self._of(expect)):
                self.settled.add(index)
                ticks.append(StepUnseen(run=self.run, step=self.step, expect=index, why=NO_PROCESSES))
            else:
                ticks.append(self._fail(index, self._what_came(index)))
        if ticks and len(self.settled) == len(self._expected):
            self._turn_to(self.step + 1)
            ticks += self._advance(None, now_s)
        return ticks

    def give_up(self, why: str, *, begun: bool = True) -> list[Tick]:
        """No more will be seen: what was begun has failed; with ``begun`` False all of the step."""
        if begun and self._begun_s is None:
            return []
        late = [index for index in range(len(self._expected)) if index not in self.settled | self.failed]
        return [self._fail(index, f"{why}; {self._what_came(index)}") for index in late]

    def _fail(self, index: int, why: str) -> StepFailed:
        self.failed.add(index)
        return StepFailed(run=self.run, step=self.step, expect=index, why=why)

    def _turn_to(self, step: int) -> None:
        self.step = step
        self.settled, self.failed, self._last = set(), set(), {}
        self._begun_s = self._begun_at = None
        self._begun_by = 0
        for seen in self._seen.values():
            seen.output = ""

    def _of(self, expect: Expect) -> list[Seen]:
        if expect.target is not None:
            return [self._seen.setdefault(expect.target, Seen())]
        return list(self._seen.values())

    def _notice_begin(self, facts: dict[str, Any] | None, now_s: float) -> None:
        (number, at), step = self._newest, self._step
        if not step.do:
            first = [spec.name for spec in self.experiment.target if not spec.later]
            if self._begun_s is None and all(self._seen.get(name, Seen()).started for name in first):
                self.begin(now_s, at, number)
        elif facts is not None and (self._begun_s is None or self.failed) and self._begins(step, facts):
            self.begin(now_s, at, number)
        if facts is not None and self._begun_s is None and facts["kind"] in ASKED:
            # Somebody goes ahead: the lesson follows, and what was passed over stays without its ticks.
            later = range(self.step + 1, len(self.experiment.step))
            ahead = next((each for each in later if self._begins(self.experiment.step[each], facts)), None)
            if ahead is not None:
                self._turn_to(ahead)
                self.begin(now_s, at, number)

    def _begins(self, step: Step, facts: dict[str, Any]) -> bool:
        name = facts.get("target", "").partition(".")[2]
        default = self.experiment.target[0].name
        mine = [do for do in step.do if not isinstance(do.what, Action) or (do.what.target or default) == name]
        return any(do.begun_by(facts) for do in mine)

    def _what_cannot_be_seen(self) -> list[Tick]:
        ticks: list[Tick] = []
        for index, expect in enumerate(self._expected):
            why = self._why_unseen(expect)
            if why and index not in self.settled:
                self.settled.add(index)
                ticks.append(StepUnseen(run=self.run, step=self.step, expect=index, why=why))
        return ticks

    def _why_unseen(self, expect: Expect) -> str | None:
        if expect.kind in ("kernel_signal", "verdict") and not self.trace:
            return NO_TRACE
        told = expect.kind != "engine_event" or expect.fields.get("action") != "kill" or self.ways.tells_signals
        return None if told else NOT_TOLD.format(engine=self.ways.engine)

    def _ticks(self, facts: dict[str, Any] | None) -> list[Tick]:
        number, at = self._newest
        ticks: list[Tick] = []
        for index, expect in enumerate(self._expected):
            if index in self.settled or not self._holds(index, expect, facts):
                continue
            took_s = None if self._begun_at is None else max(0.0, (at - self._begun_at).total_seconds())
            if expect.absent_for_s:
                if self._begun_s is not None and index not in self.failed:
                    ticks.append(self._fail(index, f"it came all the same, in event {number}"))
                continue
            if expect.took_s and (took_s is None or not equals(list(expect.took_s), took_s)):
                self._last[index] = {"took_s": took_s, "kind": "late"}
                continue
            self.settled.add(index)
            self.failed.discard(index)
            shown = None if expect.lasting or took_s is None else round(took_s, 6)
            ticks.append(StepDone(run=self.run, step=self.step, expect=index, evidence=number, took_s=shown))
        return ticks

    def _holds(self, index: int, expect: Expect, facts: dict[str, Any] | None) -> bool:
        if expect.kind in ("process", "no_process"):
            found = any(processes_fit(expect.fields, seen.processes) for seen in self._of(expect))
            if expect.kind == "process":
                return found
            return not found and any(seen.looked for seen in self._of(expect))
        if expect.kind == "stop_forecast":
            return any(seen.forecast and fits(expect.fields, seen.forecast) for seen in self._of(expect))
        if facts is None:
            return False
        if expect.target is not None and facts.get("target") != f"{self.run}.{expect.target}":
            return False
        if expect.kind == "output":
            return facts["kind"] == "output" and any(
                output_fits(expect.fields, seen.output) for seen in self._of(expect)
            )
        if facts["kind"] != expect.kind:
            return False
        self._last[index] = facts
        return fits(expect.fields, facts)

    def _what_came(self, index: int) -> str:
        """What was seen instead, for the one who wonders."""
        expect = self._expected[index]
        last = self._last.get(index) or {}
        if last.get("kind") == "late":
            return (
                f"it came after {last['took_s']:.3f} s" if last["took_s"] is not None else "nobody saw the step begin"
            )
        if expect.kind == "output":
            printed = " ".join(seen.output for seen in self._of(expect)).split()
            return f"printed: {' '.join(printed)[-200:]}" if printed else "nothing was printed"
        if expect.lasting:
            return "it never was like this"
        if not last:
            return NOTHING_CAME.get(expect.kind, f"no {expect.kind} came")
        return ", ".join(in_words(name, last[name]) for name in expect.fields if name in last)
