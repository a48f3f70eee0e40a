"""What the presenter looks at: told to all who watch at once, first of all to who comes later, and in no journal."""

from __future__ import annotations

import pytest

from tests.support import EventReader, LabUnderTest, Person

pytestmark = pytest.mark.whole


def looks_at(reader: EventReader, **wanted: object) -> None:
    """Returns when it was told of this."""
    while not wanted.items() <= (reader.beat()["focus"] or {}).items():
        pass


def test_a_change_is_heard_at_once_and_a_late_one_hears_it_first(
    lab: LabUnderTest, driver: Person, viewer: Person
) -> None:
    with viewer.events() as events:
        assert events.beat()["focus"] is None, "nobody presents yet"
        before = driver.get("/health").json()["last_event_id"]
        seen = {
            "run": "r1",
            "target": "r1.server",
            "row": "100:7",
            "experiment": "pid-1",
            "present": True,
            "whole": True,
        }
        assert driver.post("/focus", seen).status_code == 202
        looks_at(events, **seen)
        with viewer.events(run="r9") as late:
            told = late.beat()["focus"]
            assert seen.items() <= told.items()
        assert driver.post("/focus", {"run": "r2"}).status_code == 202
        looks_at(events, run="r2", target=None, present=False, whole=False)
        health = viewer.get("/health").json()
        assert health["focus"]["run"] == "r2"
        assert health["focus"]["at"] > told["at"], "a later one can be told from an earlier one"
        assert health["last_event_id"] == before, "it is no fact of a run"


def test_a_viewer_directs_nobody(lab: LabUnderTest, viewer: Person) -> None:
    refused = viewer.post("/focus", {"run": "r1"})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert viewer.get("/health").json()["focus"] is None


def test_what_it_cannot_be_is_refused(lab: LabUnderTest, driver: Person) -> None:
    for body in ({"run": "r" * 81}, {"run": 7}, {"present": "perhaps"}, {"where": "r1"}):
        assert driver.post("/focus", body).status_code == 422, body
