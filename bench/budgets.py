"""What too much of everything costs the server, and those who ask it meanwhile: memory, and the wait for an answer.

    .venv/bin/python bench/budgets.py

Each load has a server of its own; the first row is a server that does nothing.  Machines are noisy, and a load takes
the processors from everybody: compare the rows of one run, and the lab's answers with those of a bare server that the
same somebody asks in turn.  ``tests/engine/test_budgets.py`` checks that the memory stays below 200 MiB and that what
is cut is said.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.killable import Killable, killable  # noqa: E402
from tests.loads import BOMB, CROWD, LOUD, NAMES, SIGNALS, STORM, Costs, bystander, overrunning, python  # noqa: E402
from tests.support import TOKEN, Person, kind, prints  # noqa: E402

Load = Callable[[Killable, Person], None]
REST_S = 2.0  # after each load: what it leaves to be done counts too


def idle(_server: Killable, _person: Person) -> None:
    time.sleep(REST_S)


def loud(_server: Killable, person: Person) -> None:
    run, _ = person.command(*python(LOUD))
    with person.events(run=run) as events:
        events.until(kind("truncated", what="output"))


def storm(_server: Killable, person: Person) -> None:
    run, target = person.command(*python(STORM))
    with person.events(run=run) as events:
        events.until(prints("ready"))
        person.post(f"/targets/{target}/input", {"data": "\n"})
        events.until(prints("all sent"))


def endless(load: str) -> Load:
    """More than the kernel's trace holds, for a while."""

    def run_it(_server: Killable, person: Person) -> None:
        with overrunning(person, load) as (target, events):
            time.sleep(REST_S)
            person.post(f"/targets/{target}/stop", {"timeout_s": 0})
            events.until(kind("run_finished"))

    return run_it


def crowd(_server: Killable, person: Person) -> None:
    run, _ = person.command(*python(CROWD))
    with person.events(run=run) as events:
        for _ in range(501):
            events.next(kind("process_appeared"))


def bomb(_server: Killable, person: Person) -> None:
    options = {"pids_limit": 128}
    made = person.post("/runs", {"host": "container", "command": ["bash", "-c", BOMB], "options": options}).json()
    with person.events(run=made["run"]) as events:
        events.until(prints("Resource temporarily unavailable"))
        person.post(f"/targets/{made['targets'][0]['id']}/stop", {"timeout_s": 0})
        events.until(kind("run_finished"))


def watchers(server: Killable, person: Person) -> None:
    with ExitStack() as watching:
        headers = {"authorization": f"Bearer {TOKEN}"}
        for _ in range(10):
            client = watching.enter_context(httpx.Client(base_url=server.url, headers=headers, timeout=30))
            watching.enter_context(Person(client).events())  # none of these reads: the eleventh does
        loud(server, person)


LOADS: dict[str, Load] = {
    "nothing": idle,
    "10 MB/s of output": loud,
    "10,000 signals, 60 kinds": storm,
    "signals without end": endless(SIGNALS),
    "names without end": endless(NAMES),
    "500 processes": crowd,
    "a fork bomb in a container": bomb,
    "output, and ten who never read": watchers,
}


def measured(load: Load) -> Costs:
    with tempfile.TemporaryDirectory() as folder, killable(Path(folder)) as server, server.person() as person:
        person.get("/health")
        with bystander(server.url, server.pid) as costs:
            load(server, person)
            time.sleep(REST_S)
        return costs


def rows() -> Iterator[tuple[str, Costs]]:
    for name, load in LOADS.items():
        yield name, measured(load)


if __name__ == "__main__":
    times = f"{'median':>10}{'99 %':>10}{'longest':>10}"
    print(f"{'':<54}{'the lab':>30}{'a bare server beside it':>30}")
    print(f"{'load':<34}{'memory':>10}{'requests':>10}{times}{times}")
    for name, costs in rows():
        print(f"{name:<34}{costs.row()}")
