"""The main job beside the docker client, in pairs of one run: to start a container, to stop it, and what is said of it.

    .venv/bin/python bench/main_job.py [PAIRS]

Start: POST → ``target_started`` at a reader, beside ``docker run -d``.  Stop: POST → ``stop_finished`` at a reader,
beside ``docker stop``; both of `sleep` under an init, half a second after its start: it runs, and is on the page.  The
shown time: ``took_s`` of a stop that ends in SIGKILL, less the time that the kernel's own trace gives (SIGTERM sent →
the process gone).  Click → verdict: POST → the event at a reader, for a signal that the kernel drops and for one that a
trap takes; and how long after the end of a stop.

Machines are noisy: each pair is run one after the other, and the ratio of the medians is the figure to compare.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.hosts.container.images import tag_of  # noqa: E402
from tests.support import TOKEN, Event, EventReader, Person, kind, prints  # noqa: E402
from tests.test_serve import base, serving  # noqa: E402

HEADERS = {"authorization": f"Bearer {TOKEN}"}
COMMAND = ("sleep", "600")
REST_S = 0.5  # between a start and the stop
SHOWN, SHOWN_S = 3, 2  # stops that end in SIGKILL, and their timeout


def docker(*words: str) -> str:
    return subprocess.run(["docker", *words], capture_output=True, text=True, check=True).stdout.strip()


def with_the_client() -> tuple[float, float]:
    """Seconds of ``docker run -d`` and of ``docker stop``."""
    began = time.perf_counter()
    name = docker("run", "-d", "--init", "--network", "none", tag_of("base"), *COMMAND)
    started = time.perf_counter()
    time.sleep(REST_S)
    asked = time.perf_counter()
    docker("stop", name)
    stopped = time.perf_counter()
    docker("rm", "-f", name)
    return started - began, stopped - asked


def start(person: Person, host: str, *command: str, **options: object) -> tuple[str, str]:
    reply = person.post("/runs", {"host": host, "command": command, "options": options})
    assert reply.status_code == 201, reply.text
    return reply.json()["run"], reply.json()["targets"][0]["id"]


def through_the_lab(person: Person, events: EventReader) -> tuple[float, float, float]:
    """Seconds of a start and of a stop, and from the stop's end until its verdict."""
    began = time.perf_counter()
    run, target = start(person, "container", *COMMAND, init=True)
    events.next(kind("target_started", target=target))
    started = time.perf_counter()
    events.next(kind("stop_forecast", target=target))  # it is on the page
    time.sleep(max(0.0, started + REST_S - time.perf_counter()))
    asked = time.perf_counter()
    assert person.post(f"/targets/{target}/stop", {}).status_code == 202
    events.next(kind("stop_finished", target=target))
    stopped = time.perf_counter()
    events.next(kind("verdict", target=target))
    judged = time.perf_counter()
    events.next(kind("run_finished", run=run))
    return started - began, stopped - asked, judged - stopped


def at(event: Event) -> datetime:
    return datetime.fromisoformat(event["at"])


def shown_less_the_kernels(person: Person, events: EventReader) -> float:
    """Seconds by which the shown time of a stop differs from what the kernel says of PID 1."""
    run, target = start(person, "container", *COMMAND)
    events.next(kind("process_appeared", target=target))
    person.post(f"/targets/{target}/stop", {"timeout_s": SHOWN_S})
    finished = events.next(kind("stop_finished", target=target))
    events.next(kind("run_finished", run=run))
    mine = [each for each in events.seen if each.get("target") == target]
    sent = next(each for each in mine if each["kind"] == "kernel_signal" and each["signal"] == "SIGTERM")
    gone = next(each for each in mine if each["kind"] == "process_gone" and each["pid"] == sent["pid"])
    return float(finished["took_s"]) - (at(gone) - at(sent)).total_seconds()


def click_to_verdict(person: Person, events: EventReader, count: int) -> tuple[list[float], list[float]]:
    """Seconds for a signal that PID 1 of a sandbox does not handle, and for one that its trap takes."""
    run, target = start(person, "sandbox", "bash", "-c", "trap : USR1; echo ready; while :; do read -r _; done")
    events.next(lambda event: event.get("target") == target and prints("ready")(event))
    took: dict[str, list[float]] = {"TERM": [], "USR1": []}
    for name in ("TERM", "USR1") * count:
        began = time.perf_counter()
        request = person.post(f"/targets/{target}/signals", {"signal": name}).json()["event_id"]
        events.next(kind("verdict", request=request))
        took[name].append(time.perf_counter() - began)
    person.client.delete(f"/api/v1/runs/{run}")
    return took["TERM"], took["USR1"]


def row(name: str, lab: list[float], client: list[float]) -> None:
    mine, theirs = statistics.median(lab), statistics.median(client)
    print(
        f"{name:6} lab {mine:6.3f} s   docker {theirs:6.3f} s   ratio of the medians {mine / theirs:.2f}   n {len(lab)}"
    )


def main() -> None:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    engine = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), DOCKER_HOST=engine) as (server, link, _watch):
        url = base(link)
        with (
            httpx.Client(base_url=url, headers=HEADERS, timeout=60) as client,
            httpx.Client(base_url=url, headers=HEADERS, timeout=60) as reader,
        ):
            person = Person(client)
            with reader.stream("GET", "/api/v1/events") as response:
                events = EventReader(response)
                through_the_lab(person, events)  # the image may have to be built, and caches are filled
                with_the_client()
                lab, docker_ = [], []
                for _ in range(pairs):
                    lab.append(through_the_lab(person, events))
                    docker_.append(with_the_client())
                row("start", [each[0] for each in lab], [each[0] for each in docker_])
                row("stop", [each[1] for each in lab], [each[1] for each in docker_])
                errors = [shown_less_the_kernels(person, events) for _ in range(SHOWN)]
                worst = max(errors, key=abs)
                print(f"shown stop time less the kernel's: worst of {SHOWN} {worst * 1000:+.1f} ms")
                dropped, taken = click_to_verdict(person, events, 10)
                after = [each[2] for each in lab]
                for name, values in (
                    ("click to verdict, dropped by the kernel", dropped),
                    ("click to verdict, a trap that goes on", taken),
                    ("end of a stop to its verdict", after),
                ):
                    print(f"{name:40} median {statistics.median(values) * 1000:6.0f} ms   n {len(values)}")
        server.terminate()  # it ends what it has started
        server.wait(30)


if __name__ == "__main__":
    main()
