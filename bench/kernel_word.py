"""What the kernel's word costs: from a signal to its kernel event at a reader, and the trace in a storm of forks.

    .venv/bin/python bench/kernel_word.py [COUNT] [FORKS]

All in one run, as root, because machines are noisy: the ratios are the figures to compare.  The floor is the same
script on a bare pipe: `kill` → its line.
"""

from __future__ import annotations

import os
import resource
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.probe.records import Exit  # noqa: E402
from app.probe.trace import Trace  # noqa: E402
from bench.latency import HEADERS, PAUSE_S, catching, on_a_bare_pipe, percentile  # noqa: E402
from tests.support import Event, EventReader, Person, kind, prints, runs  # noqa: E402
from tests.test_serve import base, serving  # noqa: E402

IDLE_S = 10.0
TARGETS = 5
TICKS = os.sysconf("SC_CLK_TCK")
STORM = (
    "import os, sys\n"
    "sys.stdin.readline()\n"
    "for _ in range(int(sys.argv[1])):\n"
    "    if not (pid := os.fork()): os._exit(0)\n"
    "    os.waitpid(pid, 0)\n"
)
MARKS = ("kernel: sent", "kernel: taken", "the trap's line")


def which(event: Event, name: str) -> str | None:
    """The mark that an event is."""
    if event["kind"] == "kernel_signal" and event["signal"] == f"SIG{name}":
        return MARKS[0] if "generated" in event else MARKS[1]
    return MARKS[2] if prints(name)(event) else None


def one(events: EventReader, name: str, began: float) -> dict[str, float]:
    """When each of the marks was parsed by the reader, in seconds."""
    found: dict[str, float] = {}
    for event in events:
        if (mark := which(event, name)) and mark not in found:
            found[mark] = time.perf_counter() - began
        if len(found) == len(MARKS):
            break
    return found


def through_the_lab(count: int) -> dict[str, dict[str, list[float]]]:
    """For `kill` by this process and for POST: the times of all marks."""
    times: dict[str, dict[str, list[float]]] = {start: {mark: [] for mark in MARKS} for start in ("kill()", "POST")}
    with catching() as (person, target, events):
        pid = events.until(kind("target_started"))["pid"]
        for number in range(count * 2):
            start, name = ("kill()", "POST")[number % 2], ("USR1", "USR2")[number // 2 % 2]
            time.sleep(PAUSE_S)
            began = time.perf_counter()
            if start == "POST":
                assert person.post(f"/targets/{target}/signals", {"signal": name}).status_code == 202
            else:
                os.kill(pid, getattr(signal, f"SIG{name}"))  # the lab's own target
            for mark, seconds in one(events, name, began).items():
                times[start][mark].append(seconds)
    return times


def a_child(seconds: float = 5.0) -> tuple[list[float], float]:
    """Seconds from a fork to the child's row at a reader; and the share of a processor that five idle targets cost."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as (server, link, _watch):
        url = base(link)
        with httpx.Client(base_url=url, headers=HEADERS) as client:
            person = Person(client)
            script = "echo ready; while read -r n; do sleep $n & done"
            run, target = person.command("bash", "-c", script)
            took = []
            with client.stream("GET", "/api/v1/events", params={"run": run}, timeout=15) as response:
                events = EventReader(response)
                events.until(prints("ready"))
                with httpx.Client(base_url=url, headers=HEADERS) as hands:
                    for number in range(40):
                        time.sleep(PAUSE_S)
                        began = time.perf_counter()
                        Person(hands).post(f"/targets/{target}/input", {"data": f"{1000 + number}\n"})
                        events.next(runs("sleep", f"{1000 + number}"))
                        took.append(time.perf_counter() - began)
            assert person.client.delete(f"/api/v1/runs/{run}").is_success
            for _ in range(TARGETS):
                person.command("bash", "-c", "sleep 1000 & wait")
            time.sleep(seconds)  # what a start brings with it is over
            before, began = spent(server.pid), time.monotonic()
            time.sleep(IDLE_S)
            return took, (spent(server.pid) - before) / (time.monotonic() - began)


def spent(pid: int) -> float:
    """Processor seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def storm(forks: int, *, followed: bool, traced: bool) -> tuple[float, float]:
    """Wall seconds of a storm, and processor seconds of reading along, with a trace that follows it or a stranger."""
    with subprocess.Popen([sys.executable, "-S", "-c", STORM, str(forks)], stdin=subprocess.PIPE) as storming:
        stranger = subprocess.Popen(["sleep", "1000"])
        trace = Trace.open() if traced else None
        cost, seen, over = [0.0], [0], threading.Event()

        def read() -> None:
            assert trace
            while not over.is_set():
                if not trace.waiting:
                    select.select([trace], [], [], 0.05)
                seen[0] += sum(isinstance(each, Exit) for each in trace.read())
            cost[0] = resource.getrusage(resource.RUSAGE_THREAD).ru_utime

        reader = threading.Thread(target=read)
        if trace:
            trace.follow([storming.pid if followed else stranger.pid])
            reader.start()
        began = time.perf_counter()
        storming.communicate(b"\n")
        took = time.perf_counter() - began
        over.set()
        if trace:
            reader.join()
            trace.close()
        stranger.kill()
        stranger.wait()
    return took, cost[0]


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    forks = int(sys.argv[2]) if len(sys.argv) > 2 else 3000
    floor = on_a_bare_pipe(count)
    middle = percentile(floor, 50)
    rows = [("floor: kill() to a bare pipe", floor)]
    for start, marks in through_the_lab(count).items():
        rows += [(f"{start} to {mark}", values) for mark, values in marks.items()]
    children, idle = a_child()
    rows.append(("typed line to the child's row", children))
    for name, values in rows:
        p50, p99 = (percentile(values, each) * 1000 for each in (50, 99))
        print(f"{name:30} p50 {p50:7.2f} ms   p99 {p99:7.2f} ms   ratio {p50 / 1000 / middle:7.1f}   n {len(values)}")
    print(f"{TARGETS} idle targets: {idle:.2%} of one processor")
    bare, _ = storm(forks, followed=False, traced=False)
    for name, followed in (("of a stranger", False), ("of a target", True)):
        took, cost = storm(forks, followed=followed, traced=True)
        print(f"{forks} forks {name}: ratio {took / bare:.2f} of no trace; reading {cost / forks * 1e6:.0f} µs a fork")


if __name__ == "__main__":
    main()
