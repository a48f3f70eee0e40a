"""The journal keeps the newest runs, whole; what goes on is never forgotten."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from app.events import KernelTrial, LabStarted, Rehearsed, RunCreated, RunFinished
from app.events.parts import RehearsalLane
from app.journal import Journal
from tests.killable import LAB
from tests.support import kind, running_lab, until

pytestmark = pytest.mark.timeout(60)


TRIAL = KernelTrial(outcome="ends", release="6.18.44", boot_id="b", where="sandbox", took_s=0.04)


def created(run: str) -> RunCreated:
    return RunCreated(run=run, number=int(run[1:]), experiment=None, title="", question="", targets=(), files=())


def test_the_newest_are_kept_and_those_that_go_on(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    journal.append([LabStarted(version="1"), TRIAL])
    for number in range(1, 7):
        run = f"r{number}"
        journal.append([created(run)])
        if number != 2:
            journal.append([RunFinished(run=run, reason="ended")])
        journal.append([LabStarted(version="1")])
    assert journal.forget_all_but(2) == 3
    left = journal.read()
    assert {event.run for event in left} == {None, "r2", "r5", "r6"}
    assert [left[0].kind, left[1].run] == ["kernel_trial", "r2"], "what belongs to no run goes with those of its time"
    last = journal.last_id
    assert journal.forget_all_but(2) == 0
    [stored] = journal.append([LabStarted(version="1")])
    assert stored.id == last + 1, "a number is never used twice"
    journal.close()


def rehearsed(run: str, image: str | None) -> Rehearsed:
    lane = RehearsalLane(target=f"{run}.as-it-is", result="held", text="That holds.")
    return Rehearsed(run=run, name="web", image=image, fence="fenced", before=lane, text=f"{run} shows it.")


def test_what_the_newest_rehearsal_of_an_image_showed_outlives_its_run(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    for number, image in enumerate(["a", "b", "b", None, "a", "c"], start=1):
        run = f"r{number}"
        journal.append([created(run), rehearsed(run, image), RunFinished(run=run, reason="ended")])

    def left() -> list[str | None]:
        return [event.run for event in journal.read() if event.kind == "rehearsed"]

    assert journal.forget_all_but(2) == 4
    assert left() == ["r3", "r5", "r6"], "the newest of b; what names no image goes with its run"
    assert [event.kind for event in journal.read(run="r3")] == ["rehearsed"]
    journal.append([created("r7"), rehearsed("r7", "b"), RunFinished(run="r7", reason="ended")])
    assert journal.forget_all_but(1) == 2
    assert left() == ["r5", "r6", "r7"], "a newer one of the same image takes its place"
    journal.forget("r7")
    assert left() == ["r5", "r6"], "by hand all of a run goes"
    journal.close()


@pytest.mark.whole
def test_a_run_that_ends_makes_room_and_a_restart_too(tmp_path: Path) -> None:
    with running_lab(tmp_path, keep_runs=2) as lab, lab.person() as person, person.events() as events:
        for _ in range(4):
            run, _target = person.command("true")
            events.until(kind("run_finished", run=run))
        until(lambda: len(person.get("/runs").json()["runs"]) == 2, what="two runs")
        assert person.get("/runs/r1").status_code == 404
        assert person.get("/runs/r4").json()["status"] == "finished"
    with running_lab(tmp_path, keep_runs=1) as lab, lab.person() as person:
        until(lambda: [each["run"] for each in person.get("/runs").json()["runs"]] == ["r4"], what="one run")


@pytest.mark.whole
def test_all_are_kept_when_asked_for_and_the_oldest_can_be_forgotten_by_hand(tmp_path: Path) -> None:
    words = [LAB, "clean", "--keep-runs", "2", "--data", str(tmp_path)]
    with running_lab(tmp_path, keep_runs=0) as lab, lab.person() as person, person.events() as events:
        for _ in range(4):
            run, _target = person.command("true")
            events.until(kind("run_finished", run=run))
        assert len(person.get("/runs").json()["runs"]) == 4
        used = subprocess.run(words, capture_output=True, text=True, check=False, timeout=45)
        assert (used.returncode, "uses" in used.stderr) == (1, True), used
    said = [
        subprocess.run([*words, *more], capture_output=True, text=True, check=True, timeout=45).stdout
        for more in ([], ["--yes"], ["--yes"])
    ]
    assert [each.splitlines()[0] for each in said] == [
        "would forget 2 runs (r1 to r2): the newest 2 are kept",
        "forgot 2 runs (r1 to r2): the newest 2 are kept",
        "forgot 0 runs: the newest 2 are kept",
    ]
    with running_lab(tmp_path, keep_runs=0) as lab, lab.person() as person:
        assert [each["run"] for each in person.get("/runs").json()["runs"]] == ["r4", "r3"]
