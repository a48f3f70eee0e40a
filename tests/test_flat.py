"""What has ended is held by nobody, and what was folded once is not folded again: memory stays as it is."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from app.verdict.forecast import forecast, forecasts
from app.verdict.programs.identity import program_of
from bench.soak import soak
from tests.support import LabUnderTest, Person, kind, prints, until

pytestmark = [pytest.mark.whole, pytest.mark.timeout(120)]
# The newest events, what history shows of a run, and the table of who sends what are kept on purpose.
KEPT = {"Stored", "RunStory", "Sender", "Source"}
RUNS = 8


def held() -> Counter[str]:
    """How many objects of each of the lab's own classes there are, but for those in caches of a fixed size."""
    for cache in (forecast, forecasts, program_of):
        cache.cache_clear()
    gc.collect()
    mine = Counter(
        type(each).__qualname__ for each in gc.get_objects() if str(type(each).__module__).startswith("app.")
    )
    return Counter({name: count for name, count in mine.items() if name not in KEPT})


def once(driver: Person) -> None:
    run, target = driver.start("catch-all")
    with driver.events(run=run) as events:
        events.until(prints("ready"))
        driver.post(f"/targets/{target}/signals", {"signal": "USR1"})
        driver.post(f"/targets/{target}/stop", {"timeout_s": 0})
        events.until(kind("run_finished"))


def test_a_run_that_has_ended_is_held_by_nobody(driver: Person) -> None:
    once(driver)

    def grown() -> dict[str, int]:
        return {name: more for name, count in held().items() if (more := count - before[name]) >= RUNS // 2}

    before = held()
    for _ in range(RUNS):
        once(driver)
    with suppress(AssertionError):
        until(lambda: not grown())
    assert grown() == {}


def test_history_is_folded_once(lab: LabUnderTest, driver: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = lab.services.hub.journal
    read: list[int] = []
    asked = journal.read

    def counting(**what: object) -> object:
        found = asked(**what)  # type: ignore[arg-type]
        read.append(len(found))
        return found

    for _ in range(3):
        driver.command("true")
    until(lambda: [run["status"] for run in driver.get("/runs").json()["runs"]] == ["finished"] * 3, what="their ends")
    monkeypatch.setattr(journal, "read", counting)
    for path in ("/runs", "/experiments", "/runs"):
        driver.get(path).raise_for_status()
    assert sum(read) == 0, "what it has folded is not read again"
    run, _ = driver.command("true")
    until(lambda: driver.get(f"/runs/{run}").json()["status"] == "finished", what="its end")
    assert len(driver.get("/runs").json()["runs"]) == 4
    driver.client.delete(f"/api/v1/runs/{run}?forget=true").raise_for_status()
    assert len(driver.get("/runs").json()["runs"]) == 3, "what is forgotten is not kept here"


@pytest.mark.long
def test_memory_is_flat_over_a_hundred_runs(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    figures = soak(tmp_path, runs=200)
    first, last = (next(each for each in figures if each.runs >= runs) for runs in (100, 200))
    record_property("memory after 100 and 200 runs", f"{first.rss_mib:.1f} and {last.rss_mib:.1f} MiB")
    assert last.rss_mib - first.rss_mib < 4, "35 KB a run were too many"
    assert last.descriptors <= first.descriptors + 4
