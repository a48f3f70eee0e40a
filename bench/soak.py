"""Many runs, one after the other: what the server holds after each ten of them, from the thousandth on each hundred.

    .venv/bin/python bench/soak.py [--minutes 60] [--runs N] [--write docs/soak]

Each run is a script with a trap: it is started, gets a signal, and is stopped.  ``--write PATH`` writes PATH.csv with
the figures and PATH.svg with the server's memory over the runs.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.killable import Killable, killable  # noqa: E402
from tests.support import RESTS, Person, kind, prints  # noqa: E402

EVERY, SELDOM, MANY = 10, 100, 1000
SCRIPT = f"trap 'echo caught' USR1; echo ready; {RESTS}"
WIDTH, HEIGHT, EDGE = 720, 240, 48


@dataclass(frozen=True)
class Figures:
    """After so many runs."""

    runs: int
    minutes: float
    rss_mib: float
    descriptors: int
    threads: int
    children: int
    journal_mib: float
    list_ms: float  # GET /runs


def once(person: Person) -> None:
    run, target = person.command("bash", "-c", SCRIPT)
    with person.events(run=run) as events:
        events.until(prints("ready"))
        person.post(f"/targets/{target}/signals", {"signal": "USR1"})
        events.until(prints("caught"))
        person.post(f"/targets/{target}/stop", {"timeout_s": 1})
        events.until(kind("run_finished"))


def figures(server: Killable, person: Person, runs: int, began: float) -> Figures:
    process = psutil.Process(server.pid)
    asked = time.perf_counter()
    person.get("/runs").raise_for_status()
    took = time.perf_counter() - asked
    return Figures(
        runs=runs,
        minutes=round((time.monotonic() - began) / 60, 2),
        rss_mib=round(process.memory_info().rss / 2**20, 2),
        descriptors=process.num_fds(),
        threads=process.num_threads(),
        children=len(process.children()),
        journal_mib=round(sum(each.stat().st_size for each in server.data.glob("journal.db*")) / 2**20, 2),
        list_ms=round(took * 1000, 1),
    )


def soak(
    folder: Path, *, runs: int = sys.maxsize, minutes: float = float("inf"), tell: Callable[[Figures], None] = print
) -> list[Figures]:
    """Until so many runs are over, or so much time."""
    found: list[Figures] = []
    with killable(folder / "data", DOCKER_HOST=f"unix://{folder}/none.sock") as server, server.person() as person:
        began = time.monotonic()
        for count in range(1, runs + 1):
            once(person)
            if count % (EVERY if count <= MANY else SELDOM) == 0:
                found.append(figures(server, person, count, began))
                tell(found[-1])
            if time.monotonic() - began > minutes * 60:
                break
    return found


def ticks(most: float) -> Iterator[float]:
    """Some round numbers up to it."""
    step = next(size for power in range(9) for size in (10**power, 2 * 10**power, 5 * 10**power) if most / size <= 5)
    yield from (step * count for count in range(int(most / step) + 1))


def plot(found: list[Figures]) -> str:
    """The server's memory over the runs."""
    most_runs, most_mib = found[-1].runs, max(each.rss_mib for each in found) * 1.1

    def x(runs: float) -> float:
        return round(EDGE + runs / most_runs * (WIDTH - EDGE - 16), 1)

    def y(mib: float) -> float:
        return round(HEIGHT - EDGE / 2 - mib / most_mib * (HEIGHT - EDGE), 1)

    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        'font-size="12" fill="#667">',
        f"<title>Memory of the server over {most_runs} runs</title>",
    ]
    for mib in ticks(most_mib):
        lines.append(f'<path d="M{EDGE} {y(mib)}H{WIDTH - 16}" stroke="#8884"/>')
        lines.append(f'<text x="{EDGE - 6}" y="{y(mib) + 4}" text-anchor="end">{mib:g} MiB</text>')
    lines += [
        f'<text x="{x(runs)}" y="{HEIGHT - 6}" text-anchor="middle">{runs:g} runs</text>' for runs in ticks(most_runs)
    ]
    points = " ".join(f"{x(each.runs)},{y(each.rss_mib)}" for each in found)
    lines.append(f'<polyline points="{points}" fill="none" stroke="#4a7fd6" stroke-width="2"/>')
    return "\n".join([*lines, "</svg>", ""])


def main() -> None:
    options = argparse.ArgumentParser(description="What the server holds after many runs.")
    options.add_argument("--minutes", type=float, default=60)
    options.add_argument("--runs", type=int, default=sys.maxsize)
    options.add_argument("--write", type=Path, help="PATH.csv and PATH.svg are written")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = soak(Path(folder), runs=asked.runs, minutes=asked.minutes)
    if not found:
        return
    if asked.write:
        asked.write.with_suffix(".svg").write_text(plot(found))
        with asked.write.with_suffix(".csv").open("w", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(field.name for field in fields(Figures))
            rows.writerows(astuple(each) for each in found)
    first = next((each for each in found if each.runs >= 100), found[0])
    grown = found[-1].rss_mib - first.rss_mib
    print(f"{found[-1].runs} runs: {grown:+.1f} MiB since run {first.runs}, {found[-1].list_ms:.0f} ms for GET /runs")


if __name__ == "__main__":
    main()
