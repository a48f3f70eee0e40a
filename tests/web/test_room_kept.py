"""Where a page begins it keeps the room that the run's state will need: nothing jumps when the events come."""

from __future__ import annotations

from tests.support import LabUnderTest, Person, kind


def kept(person: Person, run: str) -> str:
    _, found, after = person.client.get(f"/runs/{run}").text.partition('data-over="')
    return after.partition('"')[0] if found else ""


def test_from_the_start_to_the_end_of_a_run(lab: LabUnderTest, driver: Person) -> None:
    run, target = driver.command("sleep", "1000")
    with driver.events(run=run) as events:
        events.until(kind("target_started"))
        assert kept(driver, run) == ""
        state = lab.services.lab.run_state(run)
        assert state is not None
        state.targets[0].ended = True  # what it is while the last word of the run is being written
        assert kept(driver, run) == "end"
        state.targets[0].ended = False
        driver.post(f"/targets/{target}/stop", {"timeout_s": 5})
        events.until(kind("run_finished"))
    assert kept(driver, run) == "end"
