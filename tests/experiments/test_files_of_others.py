"""Experiment files of somebody else: none stops the start, writes outside its folder, or holds everybody up."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from app.errors import BadRequest
from app.experiments.expect import Expect, output_fits
from app.experiments.loading import load_catalogue, load_folder
from app.lab.scratch import make_folder
from tests.support import kind, prints, running_lab, until

HEAD = 'id = "mine"\ntitle = "x"\ngroup = "Own"\norder = 1\nquestion = "x?"\n'
TARGET = '[[target]]\nname = "main"\nhost = "process"\ncommand = ["true"]\n'
STEP = '[[step]]\nsay = "x"\nexpect = [{ kind = "target_exited", say = "x", fields = FIELDS }]\n'
SLOW = r"(a+)+$"  # it takes a stepping matcher 2^n steps to say no
BAD = {
    "nested": "a = " + "[" * 5000,
    "nested-tables": "a" + ".a" * 5000 + " = 1",
    "digits": HEAD.replace("order = 1", "order = " + "9" * 5000) + TARGET,
    "hex": HEAD.replace("order = 1", "order = 0x" + "f" * 5000) + HEAD,
    "shown": HEAD.replace("order = 1", "order = 1\nsurprise = 0x" + "f" * 5000) + TARGET,
    "no-text": "\udcff",
    "large": "# " + "x" * 600_000,
    "looking-around": HEAD + TARGET + STEP.replace("FIELDS", '{ meaning = { matches = "(?=x)" } }'),
    "not-closed": HEAD + TARGET + STEP.replace("FIELDS", '{ meaning = { not = { matches = "(" } } }'),
    "deep-values": HEAD + TARGET + STEP.replace("FIELDS", "{ meaning = " + "{ not = " * 40 + "1" + " }" * 41),
}
NAMES = ("../out", "/etc/x", "..", ".", "", "a/b", "a\\u0000b", ".hidden", "x" * 100, "a b")


def test_none_of_them_stops_the_start_and_each_is_named(tmp_path: Path) -> None:
    for name, text in BAD.items():
        (tmp_path / f"{name}.toml").write_bytes(
            text.replace('id = "mine"', f'id = "{name}"').encode(errors="surrogateescape")
        )
    (tmp_path / "a-folder.toml").mkdir()
    os.mkfifo(tmp_path / "a-pipe.toml")
    (tmp_path / "mine.toml").write_text(HEAD + TARGET)
    catalogue, faults = load_catalogue(tmp_path)
    assert "mine" in catalogue
    assert not set(BAD) & set(catalogue)
    for name in (*BAD, "a-folder", "a-pipe"):
        said = [each for each in faults if each.startswith(f"{tmp_path / name}.toml:")]
        assert said, name
        assert all(len(each) < 600 for each in said), name


@pytest.mark.parametrize("name", NAMES)
def test_names_stay_in_their_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "mine.toml").write_text(HEAD + f'[[file]]\nname = "{name}"\ntext = ""\n' + TARGET)
    found, faults = load_folder(tmp_path)
    assert (found, len(faults)) == ([], 1)
    assert "is no name of a file" in faults[0]
    (tmp_path / "mine.toml").write_text(HEAD + TARGET.replace("main", name))
    found, faults = load_folder(tmp_path)
    assert (found, len(faults)) == ([], 1)
    assert "is no name of a target" in faults[0]


def test_nor_is_anything_written_where_that_was_not_looked_at(tmp_path: Path) -> None:
    for name in ("../out", "..", str(tmp_path / "out"), "a\0b"):
        with pytest.raises(BadRequest):
            make_folder(tmp_path / "scratch", "r1", {"good": "", name: ""})
        assert not list((tmp_path / "scratch").iterdir())
    assert not (tmp_path / "out").exists()


def test_a_pattern_is_matched_in_linear_time() -> None:
    began = time.monotonic()
    assert not output_fits({"matches": SLOW}, "a" * 60_000 + "!")
    expect = Expect(kind="target_exited", say="x", fields={"meaning": {"matches": SLOW}})
    assert expect.fields
    assert time.monotonic() - began < 5


def test_it_says_what_it_asks_of_the_machine(tmp_path: Path) -> None:
    container = TARGET.replace("process", "container") + (
        'container = { binds = ["/srv/x:/x:ro"], cap_add = ["NET_ADMIN"], env = { A = "1" } }\n'
    )
    (tmp_path / "mine.toml").write_text(HEAD + container)
    catalogue, faults = load_catalogue(tmp_path)
    assert faults == []
    assert catalogue["mine"].asks_for == ["the machine’s /srv/x (binds)", "the capability NET_ADMIN (cap_add)"]
    beside = TARGET.replace("process", "container") + 'container = { pid_mode = "host", user = "USER" }\n'
    for user, says in (("0", 2), ("daemon", 2), ("nobody", 1)):
        (tmp_path / "mine.toml").write_text(HEAD + beside.replace("USER", user))
        assert len(load_catalogue(tmp_path)[0]["mine"].asks_for) == says, user
    ours, _ = load_catalogue()
    assert [each.id for each in ours.values() if each.asks_for] == []


@pytest.mark.whole
def test_the_lab_goes_on_with_all_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "bad.toml").write_text(BAD["digits"])
    slow = f'[[step]]\nsay = "x"\nexpect = [{{ kind = "output", say = "x", fields = {{ matches = \'{SLOW}\' }} }}]\n'
    command = 'command = ["bash", "-c", "printf a%.0s {1..5000}; echo !; echo done; sleep 638"]\n'
    (folder / "mine.toml").write_text(HEAD + TARGET.replace('command = ["true"]\n', command) + slow)
    with running_lab(tmp_path / "data", experiments=folder) as lab, lab.person() as person:
        assert any("bad.toml" in each for each in person.get("/experiments").json()["faults"])
        assert person.get("/experiments/mine").json()["asks_for"] == []
        run, target = person.start("mine")
        with person.events(run=run) as events:
            events.until(prints("done"))
            assert person.post(f"/targets/{target}/stop", {"timeout_s": 0}).status_code == 202
            events.until(kind("run_finished"))
        until(lambda: person.get("/health").json()["ok"])
