"""Signals to and stops of containers that are not the lab's: refused, or allowed and confirmed."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.targets import LAB
from tests.engine.foreign import HTTP, docker, foreign
from tests.support import Person, kind, running_lab, until

pytestmark = [pytest.mark.engine, pytest.mark.timeout(120)]
PROTECTED = ("--label", "dev.signal-lab.protect=true")


def name_of(container: str) -> str:
    return docker("inspect", "-f", "{{.Name}}", container).lstrip("/")


def code(person: Person, path: str, body: dict[str, object]) -> str:
    reply = person.post(path, body)
    return str(reply.json().get("code", reply.status_code))


def test_it_is_allowed_by_the_start_and_confirmed_by_name(engine: None, tmp_path: Path) -> None:
    wanted = {"init": (("--init",), HTTP), "deaf": (("--stop-timeout", "1"), HTTP), "shut": (PROTECTED, HTTP)}
    with foreign(**wanted) as ids, running_lab(tmp_path / "data", allow_foreign=True) as lab, lab.person() as person:
        names = {each: name_of(container) for each, container in ids.items()}
        path = f"/doctor/{ids['init']}"
        for wrong in ({}, {"confirm": f"SIGINT {names['init']}"}, {"confirm": "SIGTERM"}):
            assert code(person, f"{path}/signals", {"signal": "TERM", **wrong}) == "not_confirmed"
            assert code(person, f"{path}/stop", dict(wrong)) == "not_confirmed"
        assert code(person, f"/doctor/{ids['shut']}/stop", {"confirm": f"SIGTERM {names['shut']}"}) == "not_ours"
        with person.events() as events:
            asked = person.post(f"{path}/signals", {"signal": "TERM", "confirm": f"SIGTERM {names['init']}"})
            assert asked.status_code == 202, asked.text
            before = events.until(kind("foreign_asked", id=asked.json()["event_id"]))
            assert (before["what"], before["name"], before["by"]) == ("signal", names["init"], "driver")
            assert f"SIGTERM was handed to {names['init']}" in events.until(kind("foreign_done"))["text"]
            until(lambda: docker("inspect", "-f", "{{.State.ExitCode}}", ids["init"]) == "143")
            asked = person.post(f"/doctor/{ids['deaf']}/stop", {"confirm": f"SIGTERM {names['deaf']}"})
            request = asked.json()["event_id"]
            done = events.until(kind("foreign_done", request=request))
        assert (done["exit_code"], done["killed"], done.get("error")) == (137, True, None)
        assert done["text"].startswith(f"{names['deaf']} was killed by SIGKILL after 1.")
        assert docker("inspect", "-f", "{{.State.Running}}", ids["shut"]) == "true"


def test_what_serves_the_lab_itself_is_never_touched(engine: None, tmp_path: Path) -> None:
    """A container with the lab's label and no target, as one that reads the kernel's trace for it."""
    with running_lab(tmp_path, allow_foreign=True) as lab, lab.person() as person:
        own = f"{LAB}={person.get('/health').json()['journal']}"
        with foreign(helper=(("--label", own), HTTP)) as ids:
            name, path = name_of(ids["helper"]), f"/doctor/{ids['helper']}"
            confirm = f"SIGTERM {name}"
            assert code(person, f"{path}/signals", {"signal": "TERM", "confirm": confirm}) == "not_ours"
            assert code(person, f"{path}/stop", {"confirm": confirm}) == "not_ours"
            assert docker("inspect", "-f", "{{.State.Running}}", ids["helper"]) == "true"


def test_what_a_killed_server_had_asked_for_has_an_end(engine: None, tmp_path: Path) -> None:
    with foreign(deaf=((), HTTP)) as ids:
        name = name_of(ids["deaf"])
        with running_lab(tmp_path, allow_foreign=True) as lab, lab.person() as person:
            asked = person.post(f"/doctor/{ids['deaf']}/stop", {"confirm": f"SIGTERM {name}", "timeout_s": 60})
            request = asked.json()["event_id"]
        docker("rm", "--force", ids["deaf"])  # the engine would go on with it
        with running_lab(tmp_path) as lab, lab.person() as person, person.events() as events:
            done = events.until(kind("foreign_done", request=request))
            assert done["text"].startswith(f"What came of the stop of {name} is not known")
            assert person.get("/health").json()["allow_foreign"] is False
