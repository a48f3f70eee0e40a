"""Each check: what it finds, what mends it, and that a later look which does not show it takes it back."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.doctor import checks
from app.doctor.checks import CHECKS, Finding, killed, no_deadline, not_told, restart_off, zombies
from app.doctor.looking import Zombie
from tests.doctor.made_up import DEAF, INIT, MINDS, inspected, patient

SHELL = '1 0 1 | sh | /bin/dash | /bin/sh -c "app --port 80; true" | cgt=10002 wait4\n2 1 1 | ' + MINDS
UNDER_INIT = f'{INIT}\n2 1 2 | sh | /bin/dash | sh -c "app --port 80; true" | cgt=10002 wait4\n3 2 2 | {MINDS}'


def lines(found: Finding | None) -> dict[str, tuple[str, ...]]:
    assert found
    assert found.advice
    return {each.place: each.lines for each in found.advice.at}


def test_every_check_is_listed() -> None:
    """A file of the room that is forgotten in the list is never asked."""
    folder = Path(checks.__file__).parent
    files = {path.stem for path in folder.glob("*.py")} - {"__init__", "base"}
    assert {name.replace("-", "_") for name in CHECKS} == files


def test_one_that_is_killed() -> None:
    found = killed.find(patient())
    assert found
    assert found.text == (
        "SIGKILL after 10 s: PID 1 is python3: it has no handler for SIGTERM, and the kernel drops unhandled signals "
        "for PID 1."
    )
    assert found.advice
    assert found.advice.text == "Run it with --init, or handle SIGTERM."
    assert lines(found)["docker run"] == ("docker run --init -d --name web -e DB_PASSWORD shop:7",)
    assert killed.still_stands(found, patient())
    assert not killed.still_stands(found, patient(f"{INIT}\n2 1 2 | {DEAF.partition('| ')[2]}"))
    assert killed.find(patient(f"1 0 1 | {MINDS}")) is None, "its handler decides"


def test_who_would_have_caught_it_is_named() -> None:
    found = killed.find(patient(SHELL))
    assert found
    assert found.text.endswith("app (pid 2) has a handler for SIGTERM and is never told.")
    assert lines(found)["script"] == ("exec app --port 80",)


def test_one_that_ends_in_time_but_not_clean() -> None:
    found = not_told.find(patient(UNDER_INIT))
    assert found
    assert found.text == (
        "It stops in time, but not clean: app (pid 3) would handle SIGTERM, and is killed with PID 1."
    )
    assert found.advice
    assert found.advice.kind == "exec"
    assert not_told.still_stands(found, patient(UNDER_INIT))
    alone = f"{INIT}\n3 1 3 | {MINDS}"
    assert not not_told.still_stands(found, patient(alone)), "the init tells its child"
    assert not_told.find(patient(SHELL)) is None, "that is killed anyway"


def test_one_that_a_stop_waits_for_without_end() -> None:
    facts = inspected(config={"StopTimeout": -1})
    found = no_deadline.find(patient(facts=facts))
    assert found
    assert lines(found)["docker run"] == ("docker run --stop-timeout 10 -d --name web -e DB_PASSWORD shop:7",)
    assert no_deadline.still_stands(found, patient(facts=facts))
    assert not no_deadline.still_stands(found, patient())
    assert no_deadline.find(patient()) is None


@pytest.mark.parametrize(
    ("policy", "stop_signal", "sent", "off"),
    [
        ("always", None, ("SIGHUP",), True),
        ("always", "SIGQUIT", ("SIGHUP",), False),
        ("always", "SIGQUIT", ("SIGHUP", "SIGQUIT"), True),
        ("unless-stopped", "SIGQUIT", ("SIGKILL",), True),
        ("no", None, ("SIGHUP",), False),
        ("always", None, (), False),
    ],
)
def test_a_restart_policy_that_a_signal_switched_off(
    policy: str, stop_signal: str | None, sent: tuple[str, ...], off: bool
) -> None:
    facts = inspected(config={"StopSignal": stop_signal}, host={"RestartPolicy": {"Name": policy}})
    found = restart_off.find(patient(facts=facts, kills=sent))
    assert (found is not None) == off
    if found:
        assert f"--restart {policy} does nothing when it next ends" in found.text
        assert lines(found) == {"docker restart": ("docker restart web",)}
        assert restart_off.still_stands(found, patient(facts=facts, kills=sent))
        assert not restart_off.still_stands(found, patient(facts=facts)), "it was started anew"


def test_zombies_of_a_parent_that_does_not_wait() -> None:
    dead = (Zombie(7, 70, "sh", 1), Zombie(8, 80, "sh", 1))
    found = zombies.find(patient(zombies=dead))
    assert found
    assert found.text == "2 dead processes (sh) are not collected: PID 1 (python3) does not wait for its children."
    assert "--init" in lines(found)["docker run"][0]
    assert "program" not in lines(found), "a handler collects nobody"
    assert zombies.still_stands(found, patient(zombies=dead[1:]))
    assert not zombies.still_stands(found, patient(zombies=(Zombie(8, 99, "sh", 1),))), "another one, with that pid"
    assert zombies.find(patient(zombies=None)) is None, "unknown is not none"


def test_below_an_init_only_the_parent_can_collect() -> None:
    found = zombies.find(patient(f"{INIT}\n3 1 3 | {MINDS}", zombies=(Zombie(7, 70, "sh", 3),)))
    assert found
    assert found.advice
    assert (found.advice.text, found.advice.at) == ("Let app wait for its children.", ())


def test_of_a_container_that_compose_keeps_the_file_counts() -> None:
    labels = {"com.docker.compose.service": "shop", "com.docker.compose.version": "2.20.0"}
    found = killed.find(patient(facts=inspected(config={"Labels": labels})))
    told = lines(found)
    assert "docker run" not in told
    assert told["compose.yaml"] == ("services:", "  shop:", "    init: true")


def test_whom_a_program_of_its_own_tells_nobody_knows() -> None:
    found = patient(f"1 0 1 | {MINDS}\n2 1 1 | worker | /worker | worker | cgt=4000").hearing
    assert [each.comm for each in found.catchers] == ["worker"]
    assert found.untold is None
