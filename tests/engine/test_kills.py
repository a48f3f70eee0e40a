"""The server is killed at moments that nobody chose; each time the next one closes the books, and nothing is lost."""

from __future__ import annotations

import json
import os
import random
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.engine.test_recovery import COUNT, DEAF, docker, left_over
from tests.killable import Killable, killable
from tests.support import TOKEN, Person, until

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]
SEED = os.environ.get("SIGNAL_LAB_TEST_SEED")  # of a run that failed: it says its own
LOCAL = "setsid sleep 661 & nohup sleep 662 >/dev/null 2>&1 & trap '' HUP; while :; do echo tick; sleep 0.05; done"


class Screen:
    """Reads as a browser does: reconnects by itself, with the id of the last event that it has."""

    def __init__(self, server: Killable) -> None:
        self._server, self._last, self._ended = server, "", threading.Event()
        self.events: list[dict[str, Any]] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        pause = threading.Event()
        while not self._ended.is_set():
            with suppress(httpx.HTTPError):
                self._connect()
            pause.wait(0.05)

    def _connect(self) -> None:
        headers = {"authorization": f"Bearer {TOKEN}", **({"last-event-id": self._last} if self._last else {})}
        url = f"{self._server.url}/api/v1/events"
        with httpx.stream("GET", url, headers=headers, timeout=httpx.Timeout(5, read=None)) as reply:
            number = ""
            for line in reply.iter_lines():
                if line.startswith("id: "):
                    number = line[4:]
                elif line.startswith("data: ") and "id" in (event := json.loads(line[6:])):
                    self.events.append(event)
                    self._last = number

    def end(self) -> None:
        self._ended.set()
        self._thread.join(10)


def live_runs(person: Person) -> list[str]:
    reply = person.get("/runs")
    assert reply.status_code == 200, reply.text
    return [each["run"] for each in reply.json()["runs"] if each["status"] == "running"]


def act(person: Person, chance: random.Random) -> None:
    """Something that a person may do just before."""
    live = live_runs(person)
    targets = [target["id"] for run in live for target in person.get(f"/runs/{run}").json()["targets"]]
    what = chance.choice(["local", "container", "container", *["stop"] * 4, "signal", "remove", "experiment"])
    if not targets and what in ("stop", "signal", "remove"):
        what = chance.choice(["local", "container"])
    if len(live) > 6:
        what = "remove"
    if what == "local":
        person.command("bash", "-c", LOCAL)
    elif what == "container":
        script = chance.choice([COUNT, DEAF, "echo short"])
        person.post("/runs", {"host": "container", "command": ["bash", "-c", script]})
    elif what == "experiment":
        person.post("/runs", {"experiment": chance.choice(["pid-1", "hup-reload", "pid-1-sandbox"])})
    elif what == "stop" and targets:
        person.post(f"/targets/{chance.choice(targets)}/stop", {"timeout_s": chance.choice([0, 1, 2, 60])})
    elif what == "signal" and targets:
        person.post(f"/targets/{chance.choice(targets)}/signals", {"signal": "HUP"})
    elif what == "remove" and live:
        person.client.delete(f"/api/v1/runs/{chance.choice(live)}")


@pytest.mark.parametrize("kills", [5, pytest.param(30, marks=pytest.mark.long)])
def test_kills_at_random_moments(
    kills: int, engine: None, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    seed = int(SEED) if SEED else random.SystemRandom().randrange(10**6)
    chance = random.Random(seed)
    here = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    pause = threading.Event()
    with killable(tmp_path, DOCKER_HOST=here) as server:
        screen = Screen(server)
        for _ in range(kills):
            with suppress(httpx.HTTPError), server.person() as person:
                for _ in range(chance.randrange(2, 6)):
                    act(person, chance)
            pause.wait(chance.uniform(0, 0.8))
            server.kill()
            server.start()
        with server.person() as person:
            for run in live_runs(person):
                person.client.delete(f"/api/v1/runs/{run}")
            last = person.get("/health").json()["last_event_id"]
            until(lambda: screen.events and screen.events[-1]["id"] >= last, what="the screen has all")
        screen.end()
    check(screen.events, seed)
    kinds = Counter(event["kind"] for event in screen.events)
    figures = (f"{kills} survived, seed {seed}", f"{len(screen.events)} events", f"{kinds['run_created']} runs")
    record_property("kills", ", ".join((*figures, f"{kinds['stop_requested']} stops")))
    lab = screen._last.partition(".")[0]
    assert docker("ps", "-aq", "--filter", f"label=dev.signal-lab.lab={lab}") == "", f"seed {seed}"
    until(lambda: not left_over("sleep 66"), what="what local targets had started is gone")


def check(events: list[dict[str, Any]], seed: int) -> None:
    """Nothing is missing, nothing comes twice, and everything that was begun has one end."""
    ids = [event["id"] for event in events]
    assert ids == list(range(1, ids[-1] + 1)), f"seed {seed}: the screen has gaps or duplicates"

    def count(kind: str, field: str) -> Counter[Any]:
        return Counter(event[field] for event in events if event["kind"] == kind)

    for begun, field, ended, of in (
        ("run_created", "run", "run_finished", "run"),
        ("target_started", "target", "target_exited", "target"),
        ("stop_requested", "id", "stop_finished", "stop"),
    ):
        first, last = count(begun, field), count(ended, of)
        assert set(first.values()) <= {1}, f"seed {seed}: {begun} twice"
        assert first == last, f"seed {seed}: {begun} and {ended} differ: {first - last} {last - first}"
