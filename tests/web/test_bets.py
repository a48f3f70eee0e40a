"""Guesses before a stop: the one thing that viewers may write, what is recorded of it, and when it is refused."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import httpx
import pytest

from app.lab.guesses import GUESSES_AT_ONCE, PER_PERSON
from tests.killable import killable
from tests.support import LabUnderTest, Person, kind, prints, until

pytestmark = pytest.mark.whole

POLITE = "trap 'exit 5' TERM; echo ready; while :; do sleep 600 & wait $!; done"


@contextmanager
def another_viewer(lab: LabUnderTest) -> Iterator[Person]:
    with lab.person(token=None) as person:
        assert person.client.get(lab.viewer_link).status_code == 303
        person.client.headers["sec-fetch-site"] = "same-origin"
        yield person


def ready(driver: Person, script: str = POLITE) -> tuple[str, str]:
    run, target = driver.command("bash", "-c", script)
    with driver.events(run=run) as events:
        events.until(prints("ready"))
    return run, target


def guess(person: Person, target: str, ends: str, **more: object) -> httpx.Response:
    return person.post(f"/targets/{target}/guess", {"ends": ends, **more})


def by_program(name: str, guesses: list[dict[str, object]]) -> list[tuple[object, object]]:
    return [(each.get("ends"), each.get("before_s")) for each in guesses if each.get("who") == name]


def code(reply: httpx.Response) -> tuple[int, str]:
    return reply.status_code, reply.json()["code"]


def test_the_room_guesses_until_the_stop_and_nobody_is_named(lab: LabUnderTest, driver: Person, viewer: Person) -> None:
    run, target = ready(driver)
    assert code(guess(viewer, target, "left")) == (409, "conflict"), "nobody has asked yet"
    with another_viewer(lab) as other, driver.events(run=run) as events:
        opened = driver.post(f"/runs/{run}/bets").json()["event_id"]
        assert code(driver.post(f"/runs/{run}/bets")) == (409, "conflict")
        first = guess(viewer, target, "killed")
        assert first.status_code == 202
        assert guess(viewer, target, "killed").json() == {"event_id": None}, "it stands already"
        assert guess(viewer, target, "left").json()["event_id"] > first.json()["event_id"], "it can be changed"
        assert guess(other, target, "killed").status_code == 202
        assert guess(driver, target, "left").status_code == 202
        driver.post(f"/targets/{target}/stop", {"timeout_s": 5})
        closed = events.until(kind("bet_closed"))
        assert (closed["bet"], closed["reason"]) == (opened, "stop")
        assert guess(viewer, target, "killed").status_code == 409
        events.until(kind("run_finished"))
        placed = [each for each in events.seen if each["kind"] == "bet_placed"]
        names = {person.get(f"/runs/{run}/bets/mine").json()["who"]: person for person in (viewer, other, driver)}
        assert len(names) == 3
        assert [each["ends"] for each in placed] == ["killed", "left", "killed", "left"]
        assert {each["who"] for each in placed} == set(names)
        assert all(
            set(each) - {"who", "ends"}
            == {"id", "kind", "at", "seen_at", "clock", "author", "run", "target", "bet", "people"}
            for each in placed
        )
    again, _ = ready(driver)
    mine = viewer.get(f"/runs/{again}/bets/mine").json()["who"]
    assert mine not in names, "in another run it is another name"
    driver.client.delete(f"/api/v1/runs/{again}")


def test_a_name_leads_to_no_session(lab: LabUnderTest, driver: Person, viewer: Person) -> None:
    run, _ = ready(driver)
    who = viewer.get(f"/runs/{run}/bets/mine").json()["who"]
    (cookie,) = viewer.client.cookies.jar
    from hashlib import sha256

    assert who not in (cookie.value or "")
    assert who not in sha256((cookie.value or "").encode()).hexdigest()
    driver.client.delete(f"/api/v1/runs/{run}")


def test_the_driver_closes_and_opens_again_and_only_the_driver(driver: Person, viewer: Person) -> None:
    run, target = ready(driver)
    for call in (viewer.client.post, viewer.client.delete):
        assert code(call(f"/api/v1/runs/{run}/bets")) == (403, "forbidden")
    assert code(driver.client.delete(f"/api/v1/runs/{run}/bets")) == (409, "conflict")
    assert driver.post(f"/runs/{run}/bets").status_code == 201
    guess(viewer, target, "left")
    assert driver.client.delete(f"/api/v1/runs/{run}/bets").status_code == 200
    assert guess(viewer, target, "killed").status_code == 409
    assert driver.post(f"/runs/{run}/bets").status_code == 201
    assert guess(viewer, target, "left").json()["event_id"], "a new bet begins without guesses"
    with driver.events(run=run) as events:
        driver.post(f"/targets/{target}/signals", {"signal": "KILL"})
        assert events.until(kind("bet_closed", reason="ended"))["bet"]
        events.until(kind("run_finished"))
    assert code(driver.post(f"/runs/{run}/bets")) == (404, "not_found")
    assert code(guess(viewer, target, "left")) == (404, "not_found")


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "http://evil.example"}, {}])
def test_a_guess_from_another_site_is_refused(
    lab: LabUnderTest, driver: Person, viewer: Person, headers: dict[str, str]
) -> None:
    run, target = ready(driver)
    assert driver.post(f"/runs/{run}/bets").status_code == 201
    cookies = dict(viewer.client.cookies)
    reply = httpx.post(
        f"{lab.url}/api/v1/targets/{target}/guess", json={"ends": "left"}, headers=headers, cookies=cookies
    )
    assert code(reply) == (403, "cross_site")
    driver.client.delete(f"/api/v1/runs/{run}")


def test_a_guess_is_a_word_and_there_are_limits(lab: LabUnderTest, driver: Person, viewer: Person) -> None:
    run, target = ready(driver)
    assert driver.post(f"/runs/{run}/bets").status_code == 201
    path = f"/api/v1/targets/{target}/guess"
    assert code(viewer.client.post(path, content=b'{"ends": "left", "x": "%b"}' % (b"x" * 300))) == (413, "too_large")
    chunks = iter([b'{"ends":', b'"left"}'])
    assert code(viewer.client.post(path, content=chunks)) == (413, "too_large"), "of a length that is not said"
    for body in ({"ends": "3 s"}, {"ends": None}, {}, {"ends": "left", "who": "me"}):
        assert code(viewer.post(f"/targets/{target}/guess", body)) == (422, "bad_request"), body
    assert code(guess(viewer, f"{run}.nobody", "left")) == (404, "not_found")
    replies = [guess(viewer, target, ("left", "killed")[at % 2]) for at in range(PER_PERSON + 1)]
    assert {reply.status_code for reply in replies[:GUESSES_AT_ONCE]} == {202}
    refused = [reply for reply in replies if reply.status_code != 202]
    assert {code(reply) for reply in refused} == {(429, "too_many")}
    with another_viewer(lab) as other:
        assert guess(other, target, "left").status_code == 202, "one browser's limit is its own"

    def refused_for_good() -> bool:
        replies = (guess(viewer, target, "left"), guess(viewer, target, "killed"))
        return any("no more guesses" in reply.json().get("error", "") for reply in replies)

    until(refused_for_good, what="the limit of one browser")
    with driver.events(run=run) as events:
        driver.client.delete(f"/api/v1/runs/{run}")
        events.until(kind("run_finished"))
        taken = [each for each in events.seen if each["kind"] == "bet_placed"]
    assert len(taken) == PER_PERSON + 1


def test_two_at_once_are_two(lab: LabUnderTest, driver: Person) -> None:
    """Many browsers, each with its own guess."""
    run, target = ready(driver)
    assert driver.post(f"/runs/{run}/bets").status_code == 201
    with ExitStack() as open_, driver.events(run=run) as events:
        people = [open_.enter_context(another_viewer(lab)) for _ in range(8)]
        for at, person in enumerate(people):
            assert guess(person, target, "left" if at % 2 else "killed").status_code == 202
        driver.client.delete(f"/api/v1/runs/{run}")
        events.until(kind("run_finished"))
        assert len({each["who"] for each in events.seen if each["kind"] == "bet_placed"}) == 8


def test_who_watches_reads_no_guess_of_others_until_they_are_closed(
    lab: LabUnderTest, driver: Person, viewer: Person
) -> None:
    """On no way: the stream, what is past, the export; from the closing on the same ways tell all."""
    run, target = ready(driver)
    mine = viewer.get(f"/runs/{run}/bets/mine").json()["who"]

    def past(person: Person) -> list[dict[str, object]]:
        found = person.get(f"/events/past?run={run}&kind=bet_placed").json()["events"]
        assert isinstance(found, list)
        return found

    with another_viewer(lab) as other, viewer.events(run=run) as events:
        driver.post(f"/runs/{run}/bets")
        theirs = other.get(f"/runs/{run}/bets/mine").json()["who"]
        for person, ends in ((other, "killed"), (viewer, "left"), (other, "left"), (driver, "killed")):
            assert guess(person, target, ends).status_code == 202
        events.until(kind("bet_placed", people=3))
        sealed = [each for each in events.seen if each["kind"] == "bet_placed"]
        assert [each.get("who") for each in sealed] == [None, mine, None, None], "one's own is one's own"
        assert [each.get("ends") for each in sealed] == [None, "left", None, None]
        assert [each["people"] for each in sealed] == [1, 2, 2, 3], "how many is told"
        assert past(viewer) == sealed
        assert [each.get("ends") for each in past(driver)] == ["killed", "left", "left", "killed"]
        exported = viewer.get(f"/runs/{run}/events.jsonl").text
        assert exported.count('"bet_placed"') == 1
        assert theirs not in exported
        driver.post(f"/targets/{target}/stop", {"timeout_s": 5})
        told = events.until(kind("bet_closed"))["guesses"]
        assert {(each["who"], each["ends"]) for each in told} >= {(mine, "left"), (theirs, "left")}
        assert sorted(each["ends"] for each in told) == ["killed", "left", "left"]
        assert [each["ends"] for each in past(viewer)] == ["killed", "left", "left", "killed"]
        events.until(kind("run_finished"))
        assert theirs in viewer.get(f"/runs/{run}/events.jsonl").text


def test_of_one_target_seconds_are_guessed_and_the_choices_follow_the_timeout(driver: Person, viewer: Person) -> None:
    run, target = ready(driver)
    mine = viewer.get(f"/runs/{run}/bets/mine").json()["who"]
    with driver.events(run=run) as events:
        for timeout_s, bounds in ((None, [1, 3]), (3, [1]), (1, []), (-1, [1, 10]), (10, [1, 3])):
            asked = driver.post(f"/runs/{run}/bets", None if timeout_s is None else {"timeout_s": timeout_s})
            opened = events.until(kind("bet_opened", id=asked.json()["event_id"]))
            assert opened["bounds_s"] == bounds
            assert opened["timeout_s"] == (10 if timeout_s is None else timeout_s)
            if timeout_s != 10:
                driver.client.delete(f"/api/v1/runs/{run}/bets")
        assert code(guess(viewer, target, "left", before_s=2)) == (422, "bad_request"), "no such choice"
        assert code(guess(viewer, target, "killed", before_s=1)) == (422, "bad_request")
        for before_s in (1, 3, 3, None):
            assert guess(viewer, target, "left", before_s=before_s).status_code == 202
        driver.post(f"/targets/{target}/stop", {"timeout_s": 10})
        closed = events.until(kind("bet_closed", reason="stop"))
        assert by_program(mine, closed["guesses"]) == [("left", None)], "the last one counts"
        placed = [each for each in events.seen if each["kind"] == "bet_placed"]
        assert by_program(mine, placed) == [("left", 1), ("left", 3), ("left", None)]
    assert code(driver.post(f"/runs/{run}/bets", {"timeout_s": 9999})) == (422, "bad_request")


def test_of_several_targets_nobody_guesses_seconds(driver: Person) -> None:
    sleep: dict[str, object] = {"host": "process", "command": ["/bin/sleep", "600"]}
    run = driver.post("/runs", {"race": [sleep, sleep]}).json()["run"]
    with driver.events(run=run) as events:
        events.until(kind("target_started"))
        driver.post(f"/runs/{run}/bets", {"timeout_s": 10})
        assert events.until(kind("bet_opened"))["bounds_s"] == []
    driver.client.delete(f"/api/v1/runs/{run}")


def test_a_room_may_guess_from_the_first_moment_before_anything_is_foretold(driver: Person, viewer: Person) -> None:
    own = {"host": "process", "command": ["bash", "-c", POLITE]}
    run = driver.post("/runs", {**own, "guess": {"timeout_s": 3}}).json()["run"]
    with driver.events(run=run) as events:
        opened = events.until(kind("bet_opened"))
        assert (opened["timeout_s"], opened["bounds_s"]) == (3, [1])
        assert opened["id"] < events.until(kind("target_started"))["id"]
        target = events.until(prints("ready"))["target"]
        assert guess(viewer, target, "left", before_s=1).status_code == 202
        driver.post(f"/targets/{target}/stop", {"timeout_s": 3})
        assert len(events.until(kind("bet_closed"))["guesses"]) == 1
    unknown = driver.post("/runs", {**own, "guess": {}}).json()["run"]
    with driver.events(run=unknown) as events:
        assert events.until(kind("bet_opened"))["bounds_s"] == [], "nobody knows its timeout yet"
    driver.client.delete(f"/api/v1/runs/{unknown}")
    assert code(viewer.post("/runs", {**own, "guess": {}})) == (403, "forbidden")


def test_what_was_guessed_is_told_by_the_next_server_where_this_one_is_killed_and_by_itself_where_it_ends(
    tmp_path: Path,
) -> None:
    stubborn = POLITE.replace("exit 5", "")
    with killable(tmp_path / "data", DOCKER_HOST="unix:///nonexistent") as server:

        def guessed() -> str:
            run, target = ready(person, stubborn)
            person.post(f"/runs/{run}/bets")
            assert guess(person, target, "left").status_code == 202
            return run

        with server.person() as person, person.events(run=(run := guessed())) as events:
            person.post(f"/targets/{run}.main/stop", {"timeout_s": 60})
            said = events.until(kind("bet_closed", reason="stop"))
        server.kill()
        with closing(sqlite3.connect(tmp_path / "data" / "journal.db")) as journal, journal:
            journal.execute(
                "DELETE FROM events WHERE id >= ?", (said["id"],)
            )  # as if it had been killed a moment earlier
        server.start()
        with server.person() as person, person.events(run=run) as events:
            again = events.until(kind("bet_closed"))
            assert (again["bet"], again["reason"], again["guesses"]) == (said["bet"], "stop", said["guesses"])
            events.until(kind("run_finished"))
            run = guessed()
        server.stop()
        server.start()
        with server.person() as person, person.events(run=run) as events:
            events.until(kind("run_finished", reason="lab_stopped"))
            (ended,) = [each for each in events.seen if each["kind"] == "bet_closed"]
            assert (ended["reason"], [each["ends"] for each in ended["guesses"]]) == ("ended", ["left"])
