"""What happens in the lab, for whoever looks at the terminal that runs it: a line for each run, stop and viewer."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from app.events import AnyEvent, RunFinished, StopFinished, TargetExited
from app.hub import Hub

ENDS = {"removed": "removed", "lab_stopped": "ended with the lab", "lab_was_gone": "the lab was gone meanwhile"}


class Teller:
    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._came_of: dict[str, str] = {}  # what came of a run so far
        self._stopped: set[str] = set()  # what came of them is told already
        self._numbers: dict[str, int] = {}
        self._viewers = 0

    def on_event(self, _number: int, event: AnyEvent) -> None:
        run = event.run
        if run is None:
            return
        match event.kind:
            case "run_created":
                self._numbers[run] = event.number
                self._say(run, "run_created", f"started: {event.title or event.experiment or 'a command'}")
            case "target_exited":
                self._came_of[run] = _exit(event)
            case "stop_finished":
                tone = "killed" if event.killed else ""
                self._say(run, "stop_finished", f"{_name(event)}: {_stop(event)}", tone=tone)
                self._stopped.add(run)
            case "run_finished":
                self._say(run, "run_finished", self._end(run, event))
                self._numbers.pop(run, None)

    def viewers(self, count: int) -> None:
        verb = "came" if count > self._viewers else "left"
        self._viewers = count
        watch = "nobody watches" if count == 0 else "one watches" if count == 1 else f"{count} watch"
        self._log.info("a viewer %s: %s", verb, watch, extra={"event": f"viewer_{verb}"})

    def _end(self, run: str, event: RunFinished) -> str:
        came = self._came_of.pop(run, "")
        if run in self._stopped:
            self._stopped.discard(run)
            came = ""
        if event.reason == "failed":
            return f"failed: {event.error}"
        return ", ".join(filter(None, (ENDS.get(event.reason, "over"), came)))

    def _say(self, run: str, event: str, text: str, *, tone: str = "") -> None:
        told = {"event": event, "run": run, "tone": tone}
        self._log.info("run %s  %s", self._numbers.get(run, run), text, extra=told)


def _name(event: StopFinished) -> str:
    """The target's in its run: "server" of r12.server."""
    return (event.target or "").partition(".")[2] or "it"


def _exit(event: TargetExited) -> str:
    return event.meaning if event.exit_code is None else f"exit code {event.exit_code}"


def _stop(event: StopFinished) -> str:
    if event.took_s is None:
        return f"stop failed: {event.error}" if event.error else "stopped"
    by = " by SIGKILL" if event.killed else ""
    code = "unknown" if event.exit_code is None else event.exit_code
    return f"stopped in {event.took_s:.1f} s{by}, exit code {code}"


@contextmanager
def telling(hub: Hub, log: logging.Logger) -> Iterator[None]:
    """For as long as the block is open."""
    teller = Teller(log)
    hub.audience.listener = teller.viewers
    with hub.listening(teller.on_event):
        yield
    hub.audience.listener = None
