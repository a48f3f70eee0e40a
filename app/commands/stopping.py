"""A stop as part of a run: asked for when the targets are up, or when one has printed something."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import typer

from app.commands.asking import wrong
from app.commands.client import Client, part
from app.commands.common import Failed
from app.commands.following import Outcome, gone
from app.commands.text import plain, seconds
from app.commands.timeline import NOT_THE_STREAM, Timeline, of_the_run
from app.serve.logs import harmless

KILLS = ("KILL", "SIGKILL", "9")


@dataclass(slots=True)
class Stopping:
    """``when``: wait until this was printed; None: until all targets that start with the run are running."""

    timeout_s: int | None
    signal: str | None
    when: str | None
    _waits: set[str] = field(default_factory=set)
    _printed: str = ""
    _asked: bool = False

    @classmethod
    def wanted(
        cls, *, stop: bool, timeout_s: int | None, signal: str | None, when: str | None, detach: bool
    ) -> Stopping | None:
        """None: no stop.  Raises Failed where the flags make no sense."""
        if not stop:
            if timeout_s is not None or signal is not None or when is not None:
                raise wrong("--timeout, --signal and --when say how to --stop", "Add --stop.")
            return None
        if detach:
            raise wrong("--stop waits for the end, --detach does not", "Leave out one of them.")
        return cls(timeout_s, signal, when)

    def follow(self, lab: Client, run: str, timeline: Timeline, outcome: Outcome) -> None:
        """To the end of the run; asks for the stop on the way."""
        for event in of_the_run(lab.events(run=run), run):
            if event["kind"] in NOT_THE_STREAM:
                continue
            timeline.show(event)
            outcome.on_event(event)
            if outcome.reason is not None:
                return
            if not self._asked and self._is_time(event):
                self._asked = True
                try:
                    lab.call("POST", f"/runs/{part(run)}/stop", {"timeout_s": self.timeout_s, "signal": self.signal})
                except Failed as refused:
                    if refused.shape["code"] != "not_found":  # it has ended by itself meanwhile
                        lab.call("DELETE", f"/runs/{part(run)}")
                        raise
        raise gone(run)

    def _is_time(self, event: dict[str, Any]) -> bool:
        match event["kind"]:
            case "run_created":
                self._waits = {each["id"] for each in event["targets"] if not each.get("later")}
            case "target_started":
                self._waits.discard(event["target"])
            case "output":
                self._printed = (self._printed + plain(event["text"]))[-65536:]
        return self.when in self._printed if self.when is not None else not self._waits

    def held(self, outcome: Outcome) -> bool:
        """Whether it was stopped, and by what was asked for."""
        meant = self.timeout_s == 0 or (self.signal or "").upper() in KILLS
        return bool(outcome.stops) and all(stop_held(each, meant=meant) for each in outcome.stops.values())


def stop_held(finished: dict[str, Any], *, meant: bool) -> bool:
    """Whether a stop came out as asked: it ended, and SIGKILL had not to end it unless that was meant."""
    return not finished.get("error") and (meant or finished.get("killed") is not True)


def say_what_came(stops: Iterable[dict[str, Any]]) -> None:
    """One line for each stop, after the timeline."""
    for finished in stops:
        typer.echo(harmless(what_came(finished)))


def what_came(finished: dict[str, Any]) -> str:
    target, code = finished["target"], finished.get("exit_code")
    if finished.get("error"):
        return f"{target}: the stop failed: {finished['error']}"
    how = "killed after" if finished.get("killed") else "stopped after"
    return f"{target}: {how} {seconds(finished.get('took_s'))}, exit code {'unknown' if code is None else code}"
