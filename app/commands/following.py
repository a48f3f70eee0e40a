"""Following a run to its end, or what was asked for to what it came to: shared by run, watch, signal and stop."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import typer

from app.commands.client import Client, part
from app.commands.common import NO_LAB, USAGE, Failed
from app.commands.embedded import undisturbed
from app.commands.timeline import NOT_THE_STREAM, Timeline, of_the_run

PATIENCE_S = 4.0  # a verdict comes a second after the last fact
FAILED_ENDS = ("failed", "lab_stopped", "lab_was_gone")


class Terminated(KeyboardInterrupt):
    """By SIGTERM."""


def run_named(text: str) -> str:
    """ "r12" for r12, 12 and r12.server."""
    run = text.partition(".")[0]
    return f"r{run}" if run.isdecimal() else run


def facts_of(lab: Client, run: str) -> dict[str, Any]:
    return lab.call("GET", f"/runs/{part(run_named(run))}")


def targets_of(lab: Client, text: str) -> list[str]:
    """``r12.server`` itself; of ``r12`` all that it has."""
    run, _, name = text.partition(".")
    if name:
        return [f"{run_named(run)}.{name}"]
    return [str(each["id"]) for each in facts_of(lab, run)["targets"]]


def one_target(lab: Client, text: str) -> str:
    """Raises Failed where a run has several, with their names."""
    found = targets_of(lab, text)
    if len(found) != 1:
        raise Failed(f"{text} has {len(found)} targets", f"Say which: {', '.join(found)}.", leave=USAGE, code="which")
    return found[0]


@dataclass(slots=True)
class Outcome:
    """What a run, or stops of it, came to, as far as it was followed."""

    reason: str | None = None  # of run_finished
    unmet: set[tuple[int, int]] = field(default_factory=set)  # expectations of the lesson that did not come true
    stops: dict[int, dict[str, Any]] = field(default_factory=dict)  # stop_finished by request
    verdicts: dict[int, dict[str, Any]] = field(default_factory=dict)  # the last one by request

    def on_event(self, event: dict[str, Any]) -> None:
        match event["kind"]:
            case "run_finished":
                self.reason = event["reason"]
            case "step_failed":
                self.unmet.add((event["step"], event["expect"]))
            case "step_done":
                self.unmet.discard((event["step"], event["expect"]))
            case "stop_finished":
                self.stops[event["stop"]] = event
            case "verdict" if event.get("request") is not None:
                self.verdicts[event["request"]] = event

    @property
    def as_asked(self) -> bool:
        return self.reason not in FAILED_ENDS and not self.unmet


def follow(lab: Client, run: str, timeline: Timeline, outcome: Outcome, *, upto: int | None = None) -> Outcome:
    """To the end of the run; of one that is over up to its last event.  Raises Failed when the lab ends before."""
    for event in of_the_run(lab.events(run=run), run):
        if event["kind"] in NOT_THE_STREAM:
            continue
        timeline.show(event)
        outcome.on_event(event)
        if outcome.reason is not None if upto is None else event["id"] >= upto:
            return outcome
    raise gone(run)


def await_verdicts(lab: Client, run: str, asked: dict[int, str], timeline: Timeline, *, stops: bool) -> Outcome:
    """From what was asked for (ids of events, with their targets) to what it came to; shows what lies between."""
    outcome, targets, heard_at = Outcome(), set(asked.values()), time.monotonic()
    for event in of_the_run(lab.events(run=run), run):
        if event["kind"] in NOT_THE_STREAM:
            told = not stops or set(outcome.stops) >= set(asked)
            if told and time.monotonic() - heard_at > PATIENCE_S:
                return outcome  # no verdict will come any more
            continue
        heard_at = time.monotonic()
        outcome.on_event(event)
        if event["id"] >= min(asked) and event.get("target") in {None, *targets}:
            timeline.show(event)
        else:
            timeline.fold(event)
        over = set(outcome.verdicts) >= set(asked) and (not stops or set(outcome.stops) >= set(asked))
        if over or outcome.reason is not None:
            return outcome
    raise gone(run)


def gone(run: str) -> Failed:
    return Failed(
        f"the lab ended before {run} did",
        "`signal-lab serve` on the same data folder says what became of it.",
        leave=NO_LAB,
        code="lab_ended",
    )


@contextmanager
def ended_by_sigterm() -> Iterator[None]:
    """SIGTERM ends a command as Ctrl-C does: well."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise Terminated

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
        sys.stdout.flush()


@contextmanager
def ending_run(lab: Client, run: str, *, quiet: bool) -> Iterator[None]:
    """Ctrl-C, or SIGTERM, ends what is followed here, and the command with the shell's code for it."""
    try:
        yield
    except KeyboardInterrupt as why:
        with undisturbed(), suppress(Failed):
            lab.call("DELETE", f"/runs/{part(run)}")
        if not quiet:
            typer.echo(f"\n{run} is ended", err=True)
        raise typer.Exit(143 if isinstance(why, Terminated) else 130) from why
