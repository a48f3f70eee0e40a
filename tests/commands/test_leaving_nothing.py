"""`signal-lab clean --all` and `make clean`: what a machine has afterwards is what it had before."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from app.commands import leftovers
from app.hosts.engine.cleaning import Thing
from app.probe.tracefs import PREFIX, find_tracefs
from tests.killable import LAB, Killable
from tests.support import is_alive, kind, until

ROOT = Path(__file__).parents[2]


class Machine:
    """Somebody's home and folder for temporary files, and no engine."""

    def __init__(self, path: Path) -> None:
        self.home, self.tmp = path / "home", path / "tmp"
        self.data = self.home / ".local/state/signal-lab"
        for folder in (self.home, self.tmp):
            folder.mkdir()
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("SIGNAL_LAB_", "XDG_"))},
            **{"HOME": str(self.home), "TMPDIR": str(self.tmp), "DOCKER_HOST": f"unix://{path}/none.sock"},
        }

    def clean(self, *words: str) -> dict[str, Any]:
        asked = [LAB, "clean", "--json", *words]
        done = subprocess.run(asked, env=self.env, capture_output=True, text=True, check=False, timeout=45)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "nothing was looked for there" in done.stderr
        told: dict[str, Any] = json.loads(done.stdout)
        return told

    def files(self) -> set[str]:
        return {
            str(path) for top in (self.home, self.tmp) for path in top.rglob("*") if path.is_symlink() or path.is_file()
        }


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def killed(machine: Machine) -> Iterator[Killable]:
    """A lab that has recorded a run with files of its own, and was killed in the middle of it."""
    home, tmp, engine = (machine.env[name] for name in ("HOME", "TMPDIR", "DOCKER_HOST"))
    lab = Killable(machine.data, HOME=home, TMPDIR=tmp, DOCKER_HOST=engine)
    lab.start()
    try:
        with lab.person() as person:
            run, target = person.start("hup-reload")
            with person.events(run=run) as events:
                pid = events.until(kind("target_started", target=target))["pid"]
        yield lab
    finally:
        lab.kill()
        until(lambda: not is_alive(pid), what="the end of its target")


def traces_of(pid: int) -> list[Path]:
    return sorted((find_tracefs() / "instances").glob(f"{PREFIX}{pid}-*"))


@contextmanager
def in_use(trace: Path) -> Iterator[None]:
    """The kernel lets nobody remove it meanwhile: other labs start beside these tests, and each takes away what it
    finds of dead ones."""
    with (trace / "trace_clock").open():
        yield


@pytest.mark.whole
def test_nothing_is_left_of_a_lab_that_was_killed(machine: Machine, killed: Killable) -> None:
    pid = killed.pid
    alive = machine.clean("--all", "--yes")
    assert str(machine.data) in {each["id"] for each in alive["left"]}, "a lab lives in it"
    assert alive["failed"] == {}
    first = traces_of(pid)[0]
    with in_use(first):
        killed.kill()
        shown = machine.clean("--all")
        assert {str(machine.data), str(first)} <= {each["id"] for each in shown["removed"]}
        assert machine.files(), "a dry run removes nothing"
    gone = machine.clean("--all", "--yes")
    assert gone["failed"] == {}
    assert machine.files() == set()
    assert not machine.data.exists()
    assert traces_of(pid) == []
    assert str(machine.data) not in {each["id"] for each in machine.clean("--all")["removed"]}


@pytest.mark.whole
def test_a_trace_that_is_in_use_is_not_removed_and_one_that_has_gone_is_no_failure(
    machine: Machine, killed: Killable
) -> None:
    first = traces_of(killed.pid)[0]
    thing = Thing("trace", str(first), first.name)
    with in_use(first):
        killed.kill()
        assert "busy" in (leftovers.remove(thing) or "")
    assert leftovers.remove(thing) is None
    assert not first.exists()
    assert leftovers.remove(thing) is None, "nor is it one that another lab was faster"


@pytest.mark.whole
def test_only_files_of_the_lab_go_and_recordings_only_when_asked_for(machine: Machine) -> None:
    asked = [LAB, "run", "--", "true"]
    subprocess.run(asked, env=machine.env, capture_output=True, text=True, check=True, timeout=45)
    mine = machine.data / "notes.txt"
    mine.write_text("of somebody else")
    left = machine.tmp / "signal-lab-check-killed"
    left.mkdir()
    (left / "journal.db").touch()
    (machine.tmp / "signal-lab-verify-link").symlink_to(machine.home)
    (machine.home / "token").write_text("of another program")
    for words, code in ((("--data", str(machine.data)), 2), (("--yes",), 1)):
        refused = subprocess.run([LAB, "clean", *words], env=machine.env, capture_output=True, text=True)
        assert refused.returncode == code, "without --all there is the engine alone, and none is here"
    assert (machine.data / "journal.db").exists()
    machine.clean("--all", "--yes")
    kept = {str(mine), str(machine.home / "token"), str(machine.tmp / "signal-lab-verify-link")}
    assert machine.files() == kept
    assert not left.exists()


def git(*words: str, cwd: Path) -> str:
    return subprocess.run(["git", *words], cwd=cwd, capture_output=True, text=True, check=True, timeout=45).stdout


def test_make_clean_leaves_the_checkout_as_it_was_cloned(tmp_path: Path) -> None:
    """What git ignores is what is installed and built here; recordings that lie here are nobody's to remove."""
    copy = tmp_path / "copy"
    git("clone", "--quiet", "--no-hardlinks", str(ROOT), str(copy), cwd=tmp_path)
    ignored = [line for line in (ROOT / ".gitignore").read_text().split() if not line.startswith("!")]
    (copy / "Makefile").write_text((ROOT / "Makefile").read_text())
    for pattern in ignored:
        path = copy / pattern.strip("/").replace("*", "made")
        if pattern.endswith("/"):
            path.mkdir(parents=True)
            path /= "made"
        path.touch()
    for folder in ("app/hub", "tests/lab"):
        (copy / folder / "__pycache__").mkdir()
        (copy / folder / "__pycache__/it.cpython-311.pyc").touch()
    subprocess.run(["make", "--silent", "clean"], cwd=copy, check=True, timeout=45, stdin=subprocess.DEVNULL)
    left = git("status", "--short", "--ignored", cwd=copy).splitlines()
    assert [each for each in left if not each.endswith("Makefile")] == ["!! data/"]
    assert git("ls-files", "--deleted", cwd=copy) == "", "nor anything that is kept"
