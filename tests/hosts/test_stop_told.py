"""How a stop ended is read from what the engine told: Podman 5.8 and Docker, their messages as they were heard."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from app.hosts.base import Stopped
from app.hosts.container.stop import how_it_ended
from app.hosts.container.story import Story
from app.hosts.engine.engine import Engine
from app.sources.docker_events import parse_event
from app.targets import RUN, TARGET

BEGAN = 1796132435882870144  # ns
ASKED = datetime.fromtimestamp(BEGAN / 1e9, UTC)
PODMAN_STOP = [(1055362771, "die", {"exitCode": "137", "containerExitCode": "137"}), (1509827006, "cleanup", {})]
# The lab asked for another signal, and for SIGKILL after a second: neither has a number.
PODMAN_BY_HAND = [
    (10_000_000, "kill", {}),
    (1_010_000_000, "kill", {}),
    (1_016_163_392, "die", {"exitCode": "137", "containerExitCode": "137"}),
]
PODMAN_HANDLED = [(55_000_000, "die", {"exitCode": "143", "containerExitCode": "143"})]
DOCKER_STOP = [
    (5_000_000, "kill", {"signal": "15"}),
    (2_035_000_000, "kill", {"signal": "9"}),
    (2_050_000_000, "die", {"exitCode": "137"}),
]
DOCKER_QUICK = [
    (5_000_000, "kill", {"signal": "15"}),
    (45_000_000, "kill", {"signal": "9"}),
    (46_000_000, "die", {"exitCode": "0"}),
]


def story(told: list[tuple[int, str, dict[str, str]]]) -> Story:
    found = Story(cast(Engine, None), "c1")
    for after_ns, action, attributes in told:
        own: dict[str, Any] = {RUN: "r1", TARGET: "r1.main", "name": "e1", **attributes}
        raw = {
            "Action": action,
            "Type": "container",
            "timeNano": BEGAN + after_ns,
            "Actor": {"ID": "c1", "Attributes": own},
        }
        if heard := parse_event(raw):
            event = heard[1]
            found.on_engine_event(event)
            if event.action == "die":
                found.end(event.exit_code, event.at)
    return found


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("told", "kernel", "killed", "took_s", "clock"),
    [
        (PODMAN_STOP, True, True, 1.055, "server"),
        (PODMAN_STOP, None, None, 1.055, "server"),
        (PODMAN_BY_HAND, True, True, 1.016, "server"),
        (PODMAN_HANDLED, None, False, 0.055, "server"),
        (DOCKER_STOP, None, True, 2.045, "engine"),
        (DOCKER_QUICK, None, False, 0.041, "engine"),
    ],
    ids=("Podman", "Podman, no trace", "Podman, by hand", "Podman, handled", "Docker", "Docker, 0 s, handled"),
)
async def test_it_is_told_who_ended_it_and_by_whose_clock(
    told: list[tuple[int, str, dict[str, str]]], kernel: bool | None, killed: bool | None, took_s: float, clock: str
) -> None:
    async def kernel_killed() -> bool | None:
        return kernel

    ended: Stopped = await how_it_ended(story(told), ASKED, 0, kernel_killed)
    assert (ended.killed, ended.clock) == (killed, clock)
    assert ended.took_s == pytest.approx(took_s, abs=0.001)


def test_podmans_removal_is_a_removal() -> None:
    raw = {"Action": "remove", "timeNano": BEGAN, "Actor": {"ID": "c1", "Attributes": {RUN: "r1", TARGET: "r1.main"}}}
    heard = parse_event(raw)
    assert heard is not None
    assert (heard[1].action, heard[1].at - ASKED < timedelta(seconds=1)) == ("destroy", True)
