"""From the click to the line: POST of a signal → the trap's output at a reader, through a real server, in one run.

    .venv/bin/python bench/latency.py [COUNT]

Beside it, in the same run, the floor: `kill` by this process → the line of the same script on a bare pipe.  Machines
are noisy: the ratio is the figure to compare, the milliseconds are this run's.
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.experiments.loading import OURS  # noqa: E402
from tests.support import TOKEN, EventReader, Person, prints  # noqa: E402
from tests.test_serve import base, serving  # noqa: E402

SCRIPT = OURS.parent / "scripts" / "catch-all.sh"
PAUSE_S = 0.03  # between two clicks: what is printed within 20 ms of the last output is gathered into one event
HEADERS = {"authorization": f"Bearer {TOKEN}"}


@contextmanager
def catching() -> Iterator[tuple[Person, str, EventReader]]:
    """A lab of its own with the catch-all script: who drives it, the target, and a reader that has seen it ready."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as (_, link, _watch):
        url = base(link)
        with (
            httpx.Client(base_url=url, headers=HEADERS) as client,
            httpx.Client(base_url=url, headers=HEADERS) as reader,
        ):
            person = Person(client)
            run, target = person.start("catch-all")
            with reader.stream("GET", "/api/v1/events", params={"run": run}, timeout=15) as response:
                events = EventReader(response)
                events.until(prints("ready"))
                yield person, target, events


def through_the_lab(count: int) -> list[float]:
    """Seconds from just before the POST until the reader has parsed the event with the line."""
    with catching() as (person, target, events):
        return [one_click(person, target, events, ("USR1", "USR2")[number % 2]) for number in range(count)]


def one_click(person: Person, target: str, events: EventReader, name: str) -> float:
    time.sleep(PAUSE_S)
    began = time.perf_counter()
    assert person.post(f"/targets/{target}/signals", {"signal": name}).status_code == 202
    events.next(prints(name))
    return time.perf_counter() - began


def on_a_bare_pipe(count: int) -> list[float]:
    took = []
    with subprocess.Popen(["bash", SCRIPT], stdout=subprocess.PIPE, text=True, start_new_session=True) as script:
        assert script.stdout is not None
        script.stdout.readline()
        for number in range(count):
            wanted, name = ((signal.SIGUSR1, "USR1"), (signal.SIGUSR2, "USR2"))[number % 2]
            began = time.perf_counter()
            os.kill(script.pid, wanted)
            assert script.stdout.readline() == f"{name}\n"
            took.append(time.perf_counter() - began)
        os.killpg(script.pid, signal.SIGKILL)  # the script and its sleep: a session of their own
    return took


def percentile(values: list[float], of_100: int) -> float:
    return statistics.quantiles(values, n=100)[of_100 - 1]


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    lab, floor = through_the_lab(count), on_a_bare_pipe(count)
    for name, values in (("lab: POST to reader", lab), ("floor: kill to pipe", floor)):
        p50, p99 = (percentile(values, each) * 1000 for each in (50, 99))
        print(f"{name:22} p50 {p50:7.2f} ms   p99 {p99:7.2f} ms   n {count}")
    print(f"ratio of the medians   {percentile(lab, 50) / percentile(floor, 50):.1f}")


if __name__ == "__main__":
    main()
