"""A first run by the API, with nothing but Python: an experiment is started, told USR1, and stopped.

    SIGNAL_LAB_TOKEN=$(cat ~/.local/state/signal-lab/token) python3 docs/examples/first_run.py http://127.0.0.1:9015

Prints what the lab says of it.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

Event = dict[str, Any]


class Lab:
    def __init__(self, url: str, token: str) -> None:
        self._api, self._headers = f"{url.rstrip('/')}/api/v1", {"Authorization": f"Bearer {token}"}

    def post(self, path: str, body: object) -> dict[str, Any]:
        """Raises urllib.error.HTTPError; its body says ``code``, ``error`` and ``hint``."""
        headers = {**self._headers, "Content-Type": "application/json"}
        asked = urllib.request.Request(self._api + path, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(asked, timeout=30) as reply:
            answer: dict[str, Any] = json.load(reply)
        return answer

    def events(self, run: str) -> Iterator[Event]:
        """Every event of a run from its beginning, and then each as it happens.  (A heartbeat has no number.)"""
        asked = urllib.request.Request(f"{self._api}/events?run={run}", headers=self._headers)
        with urllib.request.urlopen(asked, timeout=30) as stream:
            for line in stream:
                if line.startswith(b"data: ") and "id" in (event := json.loads(line[6:])):
                    yield event


def until(events: Iterator[Event], matches: Callable[[Event], bool]) -> Event:
    for event in events:
        if matches(event):
            return event
    raise SystemExit("the lab ended before that")


def prints(text: str) -> Callable[[Event], bool]:
    return lambda event: event["kind"] == "output" and text in event["text"]


def main() -> None:
    lab = Lab(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:9015", os.environ["SIGNAL_LAB_TOKEN"])
    run = lab.post("/runs", {"experiment": "catch-all"})["run"]
    print(f"started {run}")
    events = lab.events(run)
    until(events, prints("ready"))  # its traps are set
    lab.post(f"/targets/{run}.script/signals", {"signal": "USR1"})
    until(events, prints("USR1"))
    print("its trap has printed USR1")

    # It catches TERM too, and goes on: SIGKILL comes after a second.
    stop = lab.post(f"/targets/{run}.script/stop", {"timeout_s": 1})["event_id"]
    done = until(events, lambda event: event["kind"] == "stop_finished" and event["stop"] == stop)
    print(f"exit code {done['exit_code']}")
    print(until(events, lambda event: event["kind"] == "verdict" and event["request"] == stop)["text"])


if __name__ == "__main__":
    main()
