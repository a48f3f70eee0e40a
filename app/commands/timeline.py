"""The timeline in the terminal: number, time, witness, sentence, as events come; or the events as JSON Lines.

Times are counted from the start of the run, and of a target whose stop was asked for from that on, with a sign.  Colour
is for a terminal only, and not where NO_COLOR is set (no-color.org).  What programs print may hold anything: nothing of
it may move the cursor.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TextIO

import typer

from app.commands.known import Event
from app.commands.words import QUIET, Teller
from app.serve.logs import harmless

COLOURS = {"person": "white", "engine": "blue", "kernel": "yellow", "program": "green", "lab": "magenta"}
NOT_THE_STREAM = ("heartbeat", "reset")


def coloured() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


@dataclass(slots=True)
class Timeline:
    """``everything``: also processes that come and go, ticks, and what is foretold of each."""

    as_json: bool = False
    everything: bool = False
    copy: TextIO | None = None  # gets all events as JSON Lines
    _teller: Teller = field(default_factory=Teller)
    _zero: datetime | None = None  # of the run
    _stops: dict[str | None, datetime] = field(default_factory=dict)  # by target
    _explained: bool = False
    _colour: bool = field(default_factory=coloured)

    def fold(self, event: Event) -> list[str]:
        """Heed it without showing it.  Gives its sentences."""
        told, at = self._teller.tell(event), datetime.fromisoformat(event["at"])
        self._zero = self._zero or at
        if event["kind"] == "stop_requested":
            self._stops[event["target"]] = at
        return told

    def show(self, event: Event) -> None:
        """Print one event, unless it is none of those that are wanted."""
        told = self.fold(event)
        line = json.dumps(event, ensure_ascii=False, separators=(",", ":")) if self.as_json or self.copy else ""
        if self.copy:
            self.copy.write(line + "\n")
        if self.as_json:
            typer.echo(line)
        elif told and (self.everything or event["kind"] not in QUIET or _counts(event)):
            self._print(event, told)

    def close(self) -> None:
        if self.copy:
            self.copy.close()

    def _time(self, event: Event) -> str:
        at, stop = datetime.fromisoformat(event["at"]), self._stops.get(event.get("target"))
        assert self._zero is not None
        return f"{(at - stop).total_seconds():+.3f}" if stop else f"{(at - self._zero).total_seconds():.3f}"

    def _print(self, event: Event, told: list[str]) -> None:
        if self._stops and not self._explained:
            self._explained = True
            typer.echo(self._style(f"{'':17} from here on, with a sign: seconds since the stop", dim=True))
        author = event["author"]
        head = self._style(f"{event['id']:>6} {self._time(event):>9} ", dim=True)
        who = self._style(f"{author:<8}", fg=COLOURS.get(author))
        bold = event["kind"] in ("verdict", "stop_finished")
        lines = [line for each in told for line in harmless(each).split("\n")]
        typer.echo(f"{head} {who} {self._style(lines[0], bold=bold)}")
        for line in lines[1:]:
            typer.echo(f"{'':27}{line}")

    def _style(self, text: str, *, fg: str | None = None, bold: bool = False, dim: bool = False) -> str:
        return typer.style(text, fg=fg, bold=bold or None, dim=dim or None) if self._colour else text


def _counts(event: Event) -> bool:
    """A build is told by its steps and its end, not by each of its lines."""
    told = event["kind"] == "build_progress"
    return told and (event["state"] != "running" or str(event["text"]).startswith(("Step ", "Layer ", "pulling ")))


def of_the_run(stream: Iterable[Event], run: str) -> Iterator[Event]:
    """From its beginning on: what concerns the whole lab is there as well, but not what was long before."""
    begun = False
    for event in stream:
        begun = begun or (event["kind"] == "run_created" and event["run"] == run)
        if begun or event["kind"] in NOT_THE_STREAM:
            yield event
