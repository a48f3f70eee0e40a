"""Runs whose targets are stopped together: at one moment, and beside the run before of the same race."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app import main
from app.hosts.local.fence import Fences
from tests.support import LabUnderTest, Person, kind, prints, running_lab

pytestmark = pytest.mark.whole

STUBBORN = """["bash", "-c", "trap '' TERM; echo ready; while :; do sleep 600 & wait $!; done"]"""
POLITE = """["bash", "-c", "trap 'exit 5' TERM; echo ready; while :; do sleep 600 & wait $!; done"]"""
TARGET = '[[target]]\nname = "{name}"\nhost = "process"\ncommand = {command}\n'
NAMES = ("stubborn", "one", "two", "three")


@pytest.fixture
def racing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LabUnderTest]:
    """A lab with a race of four, and without an engine."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no-engine.sock")
    folder = tmp_path / "experiments"
    folder.mkdir()
    targets = "".join(TARGET.format(name=name, command=POLITE if name != "stubborn" else STUBBORN) for name in NAMES)
    head = 'id = "four"\ntitle = "Four"\ngroup = "Races"\norder = 1\nquestion = "Who?"\n'
    (folder / "four.toml").write_text(head + targets)
    with running_lab(tmp_path / "data", experiments=folder) as running:
        yield running


@pytest.fixture
def person(racing: LabUnderTest) -> Iterator[Person]:
    with racing.person() as person:
        yield person


def race(person: Person) -> tuple[str, dict[str, float]]:
    """Start the four, stop all of them with one second; the run, and how long each took."""
    run = person.post("/runs", {"experiment": "four"}).json()["run"]
    with person.events(run=run) as events:
        for name in NAMES:
            events.until(lambda each, name=name: prints("ready")(each) and each["target"] == f"{run}.{name}")  # type: ignore[misc]
        reply = person.post(f"/runs/{run}/stop", {"timeout_s": 1})
        assert reply.status_code == 202, reply.text
        asked = reply.json()["event_ids"]
        events.until(kind("run_finished"))
        stops = {each["id"]: each["target"] for each in events.seen if each["kind"] == "stop_requested"}
        assert [stops[number] for number in asked] == [f"{run}.{name}" for name in NAMES], "in the order of the lanes"
        ended = [each for each in events.seen if each["kind"] == "stop_finished"]
    return run, {each["target"].partition(".")[2]: each["took_s"] for each in ended}


def test_the_run_before_of_the_same_race_is_the_newest_one_with_times(person: Person) -> None:
    first, took = race(person)
    assert person.get(f"/runs/{first}/before").json() == {"run": None, "number": None, "took_s": {}}
    assert took["stubborn"] >= 1 > max(took[name] for name in NAMES[1:])
    other, _ = person.command("sleep", "600")
    idle = person.post("/runs", {"experiment": "four"}).json()["run"]  # has no times
    second, _ = race(person)
    assert person.get(f"/runs/{second}/before").json() == {"run": first, "number": int(first[1:]), "took_s": took}
    assert person.get(f"/runs/{other}/before").json()["run"] is None
    assert person.get("/runs/r999/before").status_code == 404
    for run in (idle, other):
        person.client.delete(f"/api/v1/runs/{run}")


def test_a_lane_that_refuses_keeps_no_other_from_its_stop(person: Person) -> None:
    run = person.post("/runs", {"experiment": "four"}).json()["run"]
    with person.events(run=run) as events:
        for name in NAMES:
            events.until(lambda each, name=name: prints("ready")(each) and each["target"] == f"{run}.{name}")  # type: ignore[misc]
        assert person.post(f"/targets/{run}.stubborn/stop", {"timeout_s": 2}).status_code == 202
        reply = person.post(f"/runs/{run}/stop", {"timeout_s": 2})
        assert reply.status_code == 202
        came = {each["target"].partition(".")[2]: each["code"] for each in reply.json()["targets"]}
        assert came == {name: "conflict" if name == "stubborn" else None for name in NAMES}
        for name in NAMES[1:]:
            events.until(kind("stop_finished", target=f"{run}.{name}", killed=False))
        events.until(kind("stop_finished", target=f"{run}.stubborn", killed=True))


def picks(person: Person, *racers: dict[str, object]) -> tuple[int, dict[str, object]]:
    reply = person.post("/runs", {"race": racers})
    return reply.status_code, reply.json()


SLEEP: dict[str, object] = {"host": "process", "command": ["/bin/sleep", "600"]}


def test_any_picks_are_lanes_of_one_run(person: Person) -> None:
    four: list[dict[str, object]] = [{"experiment": "four", "target": name} for name in ("stubborn", "two")]
    status, started = picks(person, {"experiment": "no-container"}, *four, SLEEP, SLEEP, {**SLEEP, "name": "My Own!"})
    assert status == 201, started
    names = ["no-container", "four-stubborn", "four-two", "sleep", "sleep-2", "my-own"]
    assert [each["name"] for each in started["targets"]] == names  # type: ignore[attr-defined]
    run = started["run"]
    with person.events(run=run) as events:  # type: ignore[arg-type]
        for name in names:
            events.until(kind("target_started", target=f"{run}.{name}"))
        created = events.until(kind("run_created"))
        assert created.get("experiment") is None
        assert created["title"] == f"Race: {', '.join(names)}"
        events.until(lambda each: prints("ready")(each) and each["target"] == f"{run}.four-two")
        person.post(f"/runs/{run}/stop", {"timeout_s": 0})
        events.until(kind("run_finished"))


@pytest.mark.parametrize(
    ("racers", "code"),
    [
        ([SLEEP], "bad_request"),
        ([], "bad_request"),
        ([SLEEP] * 9, "bad_request"),
        ([SLEEP, {}], "bad_request"),
        ([SLEEP, {"target": "two"}], "bad_request"),
        ([SLEEP, {"host": "process"}], "bad_request"),
        ([SLEEP, {"experiment": "four", "host": "process", "command": ["true"]}], "bad_request"),
        ([SLEEP, {"experiment": "four", "options": {"env": {"A": "b"}}}], "bad_request"),
        ([SLEEP, {"host": "container", "options": {"binds": ["/:/host"]}}], "bad_request"),
        ([SLEEP, {"host": "container", "options": {"cap_add": ["SYS_ADMIN"]}}], "bad_request"),
        ([SLEEP, {"host": "container", "options": {"pids_limit": "many"}}], "bad_request"),
        ([SLEEP, {"experiment": "hup-reload"}], "bad_request"),  # works on a file of its experiment
        ([SLEEP, {"experiment": "no-such"}], "not_found"),
        ([SLEEP, {"experiment": "four", "target": "five"}], "not_found"),
        ([SLEEP, {"experiment": "pid-1"}], "no_engine"),
        ([SLEEP, {"experiment": "four", "surprise": 1}], "bad_request"),
    ],
)
def test_what_cannot_race_is_refused_and_nothing_is_started(
    person: Person, racers: list[dict[str, object]], code: str
) -> None:
    status, said = picks(person, *racers)
    assert (said["code"], status >= 400) == (code, True), said
    assert person.get("/runs").json()["runs"] == []


def test_a_race_is_nothing_but_its_lanes(person: Person) -> None:
    wrong: tuple[dict[str, object], ...] = (
        {"experiment": "four"},
        {"host": "process", "command": ["true"]},
        {"options": {"env": {}}},
    )
    for also in wrong:
        reply = person.post("/runs", {"race": [SLEEP, SLEEP], **also})
        assert reply.json()["code"] == "bad_request", reply.json()


def test_a_race_of_picks_is_run_again_as_it_was(person: Person) -> None:
    secret: dict[str, object] = {
        "host": "process",
        "command": ["sh", "-c", "echo secret is $0; exec sleep 600", "--password=hunter2"],
    }
    _, started = picks(person, {"experiment": "four", "target": "stubborn"}, secret)
    run = started["run"]
    assert person.get(f"/runs/{run}").json()["again"] is True
    both = person.post("/runs", {"again": run, "experiment": "four"})
    assert both.json()["code"] == "bad_request"
    reply = person.post("/runs", {"again": run})
    assert reply.status_code == 201, reply.text
    again = reply.json()["run"]
    names = [each["name"] for each in started["targets"]]  # type: ignore[attr-defined]
    assert [each["name"] for each in reply.json()["targets"]] == names
    with person.events(run=again) as events:
        assert "hunter2" in events.until(prints("secret is"))["text"], "as it was, and not as it is shown"
        assert events.until(kind("run_created"))["title"] == person.get(f"/runs/{run}").json()["title"]
    fours, _ = race(person)
    assert person.get(f"/runs/{fours}").json()["again"] is False, "an experiment is started by its own name"
    for unknown in (fours, "r99"):
        assert person.post("/runs", {"again": unknown}).json()["code"] == "not_found"


def test_a_viewer_may_look_at_the_page_and_start_nothing(racing: LabUnderTest) -> None:
    with racing.person(token=None) as viewer:
        viewer.client.get(racing.viewer_link)
        viewer.client.headers["sec-fetch-site"] = "same-origin"
        assert viewer.client.get("/race").status_code == 200
        assert viewer.post("/runs", {"race": [SLEEP, SLEEP]}).json()["code"] == "forbidden"


def test_what_needs_a_limit_that_is_not_there_is_no_lane_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main, "find_fences", lambda: Fences(()))
    folder = tmp_path / "experiments"
    folder.mkdir()
    head = 'id = "eats"\ntitle = "Eats"\ngroup = "G"\norder = 1\nquestion = "?"\nneeds = ["memory"]\n'
    (folder / "eats.toml").write_text(head + TARGET.format(name="it", command='["true"]'))
    lane = {"host": "process", "command": ["true"]}
    with running_lab(tmp_path / "data", experiments=folder) as lab, lab.person() as person:
        for wanted in ({"experiment": "eats"}, {"race": [lane, {"experiment": "eats"}]}):
            reply = person.post("/runs", wanted)
            assert (reply.status_code, reply.json()["code"]) == (409, "not_possible"), wanted
            assert "limits memory" in reply.json()["error"]
        assert person.get("/runs").json()["runs"] == []
