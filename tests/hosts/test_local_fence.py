"""Limits of local targets: a control group each, on this machine's own cgroups."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.hosts.local.fence import LIMITS, Fences, find_fences, remove
from tests.support import LabUnderTest, Person, kind, prints

pytestmark = pytest.mark.timeout(120)
EATS = 'import sys; print("eating"); sys.stdout.flush(); x = b"x" * (3 << 30)'
FORKS = """
import os, time
count = 0
try:
    while count < 2000:
        if os.fork() == 0:
            time.sleep(600)
        count += 1
except BlockingIOError:
    print("no more than", count, flush=True)
time.sleep(600)
"""


def groups() -> list[str]:
    """Those of this process's labs."""
    return [str(each) for place in find_fences().places for each in place.folder.glob(f"signal-lab-{os.getpid()}-*")]


@pytest.fixture(autouse=True)
def as_root() -> None:
    """An ordinary user may or may not make groups; what is said there is in test_ordinary_user.py."""
    assert {limit for place in find_fences().places for limit in place.files} == set(LIMITS), "no cgroup to be had"


@pytest.mark.whole
def test_who_eats_memory_is_ended_by_the_kernel_and_the_lab_goes_on(lab: LabUnderTest, driver: Person) -> None:
    run, _ = driver.command("python3", "-c", EATS)
    with driver.events(run=run) as events:
        started = events.until(kind("target_started"))
        assert started["without"] == []
        events.until(prints("eating"))
        ended = events.until(kind("target_exited"))
        assert ended["signal"] == "SIGKILL"
        events.until(kind("run_finished"))
        said = [event["text"] for event in events.seen if event["kind"] == "verdict"]
    assert any("memory" in text for text in said), said
    assert groups() == []


@pytest.mark.whole
@pytest.mark.parametrize("host", ["process", "sandbox"])
def test_who_forks_without_end_gets_no_more_than_its_share(lab: LabUnderTest, driver: Person, host: str) -> None:
    reply = driver.post("/runs", {"host": host, "command": ["python3", "-c", FORKS]})
    run = reply.json()["run"]
    with driver.events(run=run) as events:
        printed = events.until(prints("no more than"))
        assert int(printed["text"].split()[-1]) < LIMITS["pids"]
        assert driver.client.delete(f"/api/v1/runs/{run}").is_success
        events.until(kind("run_finished"))
    assert groups() == []


def test_a_group_that_somebody_lost_is_removed_at_the_next_start() -> None:
    [place, *_] = find_fences().places
    lost = place.folder / "signal-lab-4194305-0"  # beyond the largest pid that there can be
    lost.mkdir()
    find_fences()
    assert not lost.exists()


def test_where_there_is_one_tree_it_is_made_beside_our_own_group(tmp_path: Path) -> None:
    """As systemd delegates it to a user; this machine's tree of version 2 has no controllers."""
    tree, proc = tmp_path / "cgroup of all", tmp_path / "proc"
    ours = tree / "user.slice" / "app.slice" / "lab.scope"
    ours.mkdir(parents=True)
    (ours.parent / "cgroup.subtree_control").write_text("cpu memory pids\n")
    proc.mkdir()
    mount = str(tree).replace(" ", "\\040")
    (proc / "mountinfo").write_text(f"30 25 0:26 / {mount} rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n")
    (proc / "cgroup").write_text("0::/user.slice/app.slice/lab.scope\n")
    fences = find_fences(proc)
    [place] = fences.places
    assert place.folder == ours.parent
    group = fences.make()
    assert group.has == {"memory", "pids"}
    [path] = group.paths
    assert (Path(path) / "memory.max").read_text() == str(LIMITS["memory"])
    assert fences.lacks(["memory", "pids", "cpu"]) == ["cpu"]

    (ours.parent / "cgroup.subtree_control").write_text("cpu\n")
    assert find_fences(proc).places == ()


def test_without_any_it_is_said() -> None:
    group = Fences().make()
    assert (group.paths, group.has) == ((), frozenset())
    remove(group.paths)
    assert Fences().lacks(["memory"]) == ["memory"]
