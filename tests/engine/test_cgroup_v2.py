"""systemd in containers keeps to its own cgroup, on cgroup v1 and v2; and its experiments hold on both."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest

from app.events import AnyEvent
from app.hosts.container.images import Images
from app.hosts.engine.engine import Engine
from app.jobs import running_jobs
from tests.engine.second_engine import PARENT, SecondEngine, cgroup_roots, engine_on_cgroup_v2
from tests.support import kind, prints, running_lab

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

PARENTS = ("docker", PARENT)
LOCAL = re.compile(r"signal-lab-\d+-\d+")
IMAGES = ("systemd", "systemd-quiet", "systemd-httpd")
EXPERIMENTS = ("systemd-ladder", "systemd-quiet", "systemd-httpd", "systemd-stop")


@pytest.fixture(scope="module")
def images(engine: None) -> tuple[str, ...]:
    """What the first engine has, built if need be."""

    async def record(_: AnyEvent, /) -> int:
        return 0

    async def built() -> tuple[str, ...]:
        async with Engine(record, lab="test") as engine, running_jobs() as tasks:
            assert await engine.ready(5)
            images = Images(engine, record, tasks)
            found = [await images.ensure(each) for each in IMAGES]
        return tuple(found)

    return anyio.run(built)


@pytest.fixture(scope="module")
def second(images: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecondEngine]:
    with engine_on_cgroup_v2(tmp_path_factory.mktemp("second") / "engine") as engine:
        engine.load(*images)
        yield engine


@pytest.mark.long  # in `make test` one that holds there only because of what is asked of it (systemd), and the limits
def test_the_experiments_hold_on_cgroup_v2(second: SecondEngine) -> None:
    program = str(Path(sys.executable).parent / "signal-lab")
    reply = second.run(program, "verify", *EXPERIMENTS, "--json")
    told: dict[str, Any] = json.loads(reply.stdout)
    assert reply.returncode == 0, json.dumps(told, indent=1)
    assert told["summary"]["machine"]["engine"].endswith("cgroup v2")
    assert (told["summary"]["passed"], told["summary"]["expectations"]["failed"]) == (len(EXPERIMENTS), 0)


@pytest.mark.parametrize("which", [pytest.param("first", marks=pytest.mark.long), "second"])
def test_systemd_keeps_to_its_own_cgroup(
    which: str, second: SecondEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if which == "second":
        monkeypatch.setenv("DOCKER_HOST", second.url)
    before = at_the_roots()
    with running_lab(tmp_path / "data") as lab, lab.person() as person:
        run, target = person.start("systemd-stop")
        with person.events(run=run) as events:
            events.until(prints("login:"))
            agetty = events.until(lambda event: event.get("comm") == "agetty")
            started = events.until(kind("target_started"))
            container = started["container_id"]
            for pid in (started["pid"], agetty["pid"]):
                assert strays(pid, container, only_v2=which == "second") == []
            assert at_the_roots() == before, "while it runs"
            assert person.post(f"/targets/{target}/stop", {}).is_success
            assert events.until(kind("stop_finished"))["exit_code"] == 0
        assert person.client.delete(f"/api/v1/runs/{run}").is_success
    assert at_the_roots() == before, "after it"
    assert [str(found) for root in cgroup_roots() for found in root.glob(f"**/*{container}*")] == []


def test_what_needs_a_limit_is_not_possible_without_it_and_all_else_says_that_there_is_none(
    second: SecondEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That engine has no controllers: they are the other tree's."""
    monkeypatch.setenv("DOCKER_HOST", second.url)
    with running_lab(tmp_path / "data") as lab, lab.person() as person:
        shown = person.get("/experiments/out-of-memory").json()
        assert (shown["available"], "cannot limit memory" in shown["why_not"]) == (False, True)
        refused = person.post("/runs", {"experiment": "out-of-memory"})
        assert (refused.status_code, refused.json()["code"]) == (409, "not_possible")
        run, _ = person.start("systemd-stop")
        with person.events(run=run) as events:
            assert "memory" in events.until(kind("target_started"))["without"]
        person.client.delete(f"/api/v1/runs/{run}").raise_for_status()


def strays(pid: int, container: str, *, only_v2: bool) -> list[str]:
    """Cgroups of a process that are not in the container's, as proc(5) has them.

    The second engine knows nothing of the machine's trees of cgroup v1.
    """
    cgroups = Path(f"/proc/{pid}/cgroup").read_text().splitlines()
    mine = [line for line in cgroups if line.startswith("0::") or not only_v2]
    assert mine, cgroups
    return [line for line in mine if f"{container}/" not in f"{line}/"]


def at_the_roots() -> dict[str, list[str]]:
    """What is at the roots of the machine's cgroups: folders, and what the kernel calls when one is empty (v1).

    The folders of the engines are left out: they are made with the first container.  So are the groups of local
    targets, which other tests have meanwhile.
    """
    found: dict[str, list[str]] = {}
    for root in cgroup_roots():
        names = (each.name for each in root.iterdir() if each.is_dir())
        found[str(root)] = sorted(name for name in names if name not in PARENTS and not LOCAL.fullmatch(name))
        for name in ("release_agent", "notify_on_release"):
            if (file := root / name).exists():
                found[str(file)] = file.read_text().split()
    return found
