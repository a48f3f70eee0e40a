"""Every kind of advice, applied to its container: its lines are taken as they stand, and then the stop holds.

``docker run`` and compose lines become the options that they name, Dockerfile lines an image, lines for scripts and
programs take the place of what was at fault.  The verdict on the second stop has no advice left.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import permutations
from typing import Any
from urllib.parse import quote

import pytest

from app.events.parts import AdviceKind
from app.hosts.container.images import tag_of
from app.signals import parse_signal
from tests.engine.faulty import FAULTY, Faulty
from tests.engine.test_containers import docker
from tests.support import Event, EventReader, Person, kind, running_lab

pytestmark = [pytest.mark.engine, pytest.mark.timeout(180)]
ROWS = [(each, place) for each in FAULTY for place in each.at]
KINDS = {each.advice: each.name for each in reversed(FAULTY)}
# One of each kind in every run of the tests, and one with an image of its own; all of them in the long one.
SHORT = {(name, "") for name in KINDS.values()} | {("another stop signal", "Dockerfile")}
TERM = 1 << (parse_signal("TERM").number - 1)
There = tuple[tuple[str, str], ...]
VALUES = {"--stop-signal": "stop_signal", "--stop-timeout": "stop_timeout_s"}


@dataclass(frozen=True)
class Start:
    """What the API is asked to start, and how to stop it then."""

    image: str
    command: tuple[str, ...]
    options: dict[str, Any] = field(default_factory=dict)
    stop: dict[str, Any] = field(default_factory=dict)


@pytest.fixture(scope="module")
def person(engine: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    with running_lab(tmp_path_factory.mktemp("advice")) as lab, lab.person() as someone:
        someone.client.timeout = 120  # an image may have to be built first
        yield someone


@pytest.fixture
def build() -> Iterator[Callable[..., str]]:
    """Makes an image by the engine's classic builder; gone afterwards."""
    made: list[str] = []

    def build(image: str, *lines: str) -> str:
        tag = f"signal-lab-test/advice-{os.getpid()}:{len(made)}"
        text = "\n".join((f"FROM {tag_of(image)}", *lines))
        subprocess.run(
            ["docker", "build", "--quiet", "--tag", tag, "-"],
            input=text, capture_output=True, text=True, check=True, env={"DOCKER_BUILDKIT": "0"} | PATH,
        )  # fmt: skip
        made.append(tag)
        return tag

    yield build
    for tag in reversed(made):
        docker("rmi", "--force", tag)


PATH = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}


def is_there(name: str | None, masks: dict[str, str], comm: str, mask: str) -> bool:
    return name == comm and (not mask or bool(int(masks[mask], 16) & TERM))


def stopped(person: Person, start: Start, there: There) -> tuple[Event, Event, Event | None]:
    """Started, stopped: the verdict, the end and what was foretold."""
    body = {"host": "container", "image": start.image, "command": start.command, "options": start.options}
    reply = person.post("/runs", body)
    assert reply.status_code == 201, reply.text
    run, target = reply.json()["run"], reply.json()["targets"][0]["id"]
    with person.events(run=run) as events:
        all_there(events, there)
        own = person.get(f"/targets/{target}/forecast").json()["stop"]
        named = person.get(f"/targets/{target}/forecast?signal={quote(own['signal'])}&timeout_s=1").json()["stop"]
        assert named["signal"] == own["signal"], "the page asks so where only the timeout is another one"
        reply = person.post(f"/targets/{target}/stop", start.stop)
        assert reply.status_code == 202, reply.text
        asked = reply.json()["event_id"]
        verdict = events.until(kind("verdict", request=asked))
        finished = events.until(kind("stop_finished", stop=asked))
        foretold = [each for each in events.seen if each["kind"] == "stop_forecast" and each["id"] < asked]
        return verdict, finished, foretold[-1] if foretold else None


def all_there(events: EventReader, there: There) -> None:
    """Each under a pid of its own, in whatever order they come: which of two is seen first is nobody's doing."""
    names, masks = dict[int, str](), dict[int, dict[str, str]]()

    def told(event: Event) -> bool:
        """Whether with this event all are there; one that tells of masks alone does not repeat the name."""
        if event["kind"].startswith("process_"):
            names.update({event["pid"]: event["comm"]} if event.get("comm") else {})
            masks.update({event["pid"]: event["dispositions"]} if event.get("dispositions") else {})
        return any(
            all(is_there(names.get(pid), masks[pid], *each) for pid, each in zip(pids, there, strict=True))
            for pids in permutations(masks, len(there))
        )

    events.until(told)


def changed(start: Start, faulty: Faulty, place: str, lines: list[str], build: Callable[..., str]) -> Start:
    """With the lines for one place applied to it, and nothing else."""
    match place:
        case "docker run":
            return by_docker_run(start, lines)
        case "compose.yaml":
            return by_compose(start, lines)
        case "Dockerfile":
            own = start.command if not any(line.startswith("CMD") for line in lines) else ()
            image = build(faulty.image, *faulty.dockerfile, *lines)
            return replace(start, image=image, command=own)
        case "docker stop":
            words = shlex.split(lines[0])
            assert words[:2] == ["docker", "stop"]
            return replace(start, stop={"timeout_s": int(words[3])} if words[2] == "-t" else {})
    text = start.command[-1]
    assert faulty.fault in text
    return replace(start, command=(*start.command[:-1], text.replace(faulty.fault, "\n".join(lines))))


def by_docker_run(start: Start, lines: list[str]) -> Start:
    """The options and the command that the line names; the image is what it was."""
    [line] = lines
    words = shlex.split(line)
    assert words[:2] == ["docker", "run"]
    words, options = words[2:], {"env": dict[str, str]()}
    while words[0].startswith("-"):
        match words.pop(0):
            case "--init":
                options["init"] = True  # type: ignore[assignment]
            case "-e":
                name, _, value = words.pop(0).partition("=")
                options["env"][name] = value
            case flag if flag in VALUES:
                value = words.pop(0)
                options[VALUES[flag]] = int(value) if value.isdigit() else value  # type: ignore[assignment]
            case "--name" | "--cap-drop" | "--security-opt" | "--network":
                words.pop(0)  # the lab's own name and fence, which it gets here too
            case flag:
                assert flag == "-d", flag
    return replace(start, command=tuple(words[1:]), options=options)


def as_options(start: Start, change: dict[str, Any]) -> Start:
    """The same by the advice's own words for programs."""
    options = {name: change[name] for name in ("init", *VALUES.values()) if change.get(name) is not None}
    words = tuple(change.get("command") or start.command)
    return replace(start, command=words, options={**start.options, "env": change.get("env", {}), **options})


def by_compose(start: Start, lines: list[str]) -> Start:
    """As an override of the service: what it says counts, the rest stays."""
    assert lines[0] == "services:"
    assert re.fullmatch(r"  [\w-]+:", lines[1])
    options, command = dict(start.options), start.command
    for line in lines[2:]:
        key, _, value = line.strip().partition(": ")
        match key:
            case "init" | "stop_signal":
                options[key] = True if value == "true" else value
            case "stop_grace_period":
                options["stop_timeout_s"] = int(value.removesuffix("s"))
            case "command":
                command = tuple(json.loads(value))
            case "TINI_KILL_PROCESS_GROUP":
                options["env"] = {**options.get("env", {}), key: json.loads(value)}
            case _:
                assert key == "environment:", line
    return replace(start, command=command, options=options)


def _row(faulty: Faulty, place: str) -> Any:
    short = {(faulty.name, place), (faulty.name, "" if place == faulty.at[0] else place)} & SHORT
    return pytest.param(faulty, place, id=f"{faulty.name}: {place}", marks=() if short else pytest.mark.long)


@pytest.mark.parametrize(("faulty", "place"), [_row(*row) for row in ROWS])
def test_the_advice_holds(
    faulty: Faulty,
    place: str,
    person: Person,
    build: Callable[..., str],
    record_property: Callable[[str, object], None],
) -> None:
    image = build(faulty.image, *faulty.dockerfile) if faulty.dockerfile else faulty.image
    start = Start(image, faulty.command, dict(faulty.options), dict(faulty.stop))
    verdict, before, foretold = stopped(person, start, faulty.there)
    advice = verdict.get("advice")
    assert advice, f"no advice: {verdict['text']}"
    assert advice["kind"] == faulty.advice, advice["text"]
    if foretold and foretold.get("fix") and faulty.advice != "own":  # what a trap leaves undone shows afterwards only
        assert foretold["fix"] == advice["text"], "the forecast says the same"
    found = {each["place"]: each["lines"] for each in advice["at"]}
    better = changed(start, faulty, place, found[place], build)
    assert better != start
    if advice.get("change"):
        assert as_options(start, advice["change"]) == by_docker_run(start, found["docker run"])
    again, after, _ = stopped(person, better, faulty.then or faulty.there)
    ended = f"{again['outcome']} {after['exit_code']} in {after['took_s']:.1f} s"
    row = f"{verdict['outcome']} {before['exit_code']} → {ended}"
    record_property(f"{advice['kind']:15}{place:17}{faulty.name}", row)
    assert again["outcome"] in ("handled_and_exited", "default_action"), again["text"]
    assert (after["killed"], again.get("advice")) == (False, None), again["text"]


def test_no_kind_is_forgotten() -> None:
    of_a_stop = {*AdviceKind.__args__} - {"restart"}  # type: ignore[attr-defined]  # that one is the doctor's
    assert {each.advice for each in FAULTY} == of_a_stop


def test_a_stop_that_holds_gets_none(person: Person) -> None:
    faulty = Faulty("fine", "", (), ("python3", "/server.py"), (("python3", "caught"),), image="forms")
    verdict, finished, _ = stopped(person, Start("forms", faulty.command, stop={"timeout_s": 3}), faulty.there)
    assert (verdict["outcome"], finished["killed"], verdict.get("advice")) == ("handled_and_exited", False, None)
