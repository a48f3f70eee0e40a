"""A wrong file is told with its name, its line and what was expected; a right one is what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.experiments.actions import SendSignal, Stop, Write
from app.experiments.loading import OURS, BadExperiment, load, load_catalogue
from app.experiments.model import Experiment

GOOD = """\
id = "mine"
title = "Mine"
group = "Own"
order = 1
question = "Why?"

[[file]]
name = "a.conf"
text = "echo A"

[[target]]
name = "one"
host = "process"
command = ["sleep", "60"]

[[step]]
say = "Send it."
do = { signal = { signal = "usr1" } }
expect = [
  { kind = "output", fields = { text = "USR1" }, say = "it prints" },
  { kind = "kernel_signal", fields = { signal = "TERM" }, say = "the kernel" },
]

[[step]]
say = "Stop it, twice."
do = [{ stop = { timeout_s = 3 } }, { write = { file = "a.conf", text = "echo B" } }]
expect = [{ kind = "stop_finished", fields = { took_s = [2.9, 5.0] }, say = "it stops" }]
"""


def written(folder: Path, text: str, name: str = "mine.toml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def fault(folder: Path, old: str, new: str) -> str:
    assert old in GOOD
    with pytest.raises(BadExperiment) as raised:
        load(written(folder, GOOD.replace(old, new, 1)))
    return str(raised.value).removeprefix(f"{folder / 'mine.toml'}:")


def test_a_right_file_is_what_it_says(tmp_path: Path) -> None:
    mine = load(written(tmp_path, GOOD))
    assert [[type(do.what) for do in step.do] for step in mine.step] == [[SendSignal], [Stop, Write]]
    assert mine.step[0].do[0].shown() == {"signal": {"signal": "SIGUSR1", "group": False, "from": "outside"}}
    assert mine.step[0].expect[1].fields == {"signal": "SIGTERM"}, "names are written in full"
    assert mine.hosts == ["process"]
    assert not mine.needs_engine


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('title = "Mine"', 'title = "Mine', 2, "not TOML"),
        ('question = "Why?"\n', "", 1, "question: Field required"),
        ("order = 1", 'order = "first"', 4, "order: Input should be a valid integer"),
        ('id = "mine"', 'id = "other"', 1, "expected 'mine', the file's name, found 'other'"),
        ('host = "process"', 'host = "cloud"', 13, "'process', 'sandbox' or 'container', found 'cloud'"),
        ('say = "Send it."', 'tell = "Send it."', 17, "step 1 tell: Extra inputs are not permitted"),
        ('{ signal = "usr1" }', '{ signal = "usr9" }', 18, "usr9"),
        ("{ signal = {", "{ shout = {", 18, "shout: Extra inputs"),
        ('kind = "output"', 'kind = "outputs"', 20, "step 1 expect 1 kind: Input should be 'output', 'process'"),
        ('fields = { signal = "TERM" }', 'fields = { signals = "TERM" }', 21, "kernel_signal has no field signals"),
        ('fields = { text = "USR1" }', "fields = { }", 20, "output needs `text` or `matches`"),
        ("timeout_s = 3 }", "timeout_s = -7 }", 26, "greater than or equal to -1"),
        ("took_s = [2.9, 5.0]", "took_s = { over = 2 }", 27, "expected exactly one of any, contains, matches, not"),
        (
            'file = "a.conf", text = "echo B"',
            'file = "b.conf", text = "echo B"',
            24,
            "speaks of b.conf, which is no [[file]]",
        ),
        ("stop = { timeout_s = 3 }", 'stop = { target = "two" }', 24, "step 2 speaks of target two; there are one"),
    ],
)
def test_a_fault_is_told_with_its_line(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    said = fault(tmp_path, old, new)
    assert words in said
    where = said.replace(f"{tmp_path / 'mine.toml'}:", "")
    assert f"{line}: " in [each.partition(" ")[0] + " " for each in where.splitlines() if words in each], said


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("order = 1", "order = []").replace('host = "process"', 'host = "cloud"')
    with pytest.raises(BadExperiment) as raised:
        load(written(tmp_path, text))
    assert len(str(raised.value).splitlines()) == 2


def test_a_folder_of_ones_own_comes_beside_ours(tmp_path: Path) -> None:
    written(tmp_path, GOOD)
    written(tmp_path, GOOD.replace('"mine"', '"pid-1"'), "pid-1.toml")
    written(tmp_path, "id = 7", "broken.toml")
    catalogue, faults = load_catalogue(tmp_path)
    assert catalogue["mine"].title == "Mine"
    assert catalogue["pid-1"].title != "Mine", "ours is not replaced in silence"
    assert any("pid-1.toml:1: there is an experiment 'pid-1' already" in each for each in faults)
    assert any("broken.toml:1: " in each for each in faults)


def test_a_folder_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    catalogue, faults = load_catalogue(tmp_path / "nowhere")
    assert catalogue
    assert faults == [f"{tmp_path / 'nowhere'}: there is no such folder"]


def test_ours_are_right_and_say_what_they_must() -> None:
    catalogue, faults = load_catalogue()
    assert faults == []
    assert set(catalogue) == {path.stem for path in OURS.glob("*.toml")}
    for each in catalogue.values():
        assert each.question.endswith("?"), each.id
        assert each.learnt, f"{each.id} does not say what was to be learnt"
        assert each.special, f"{each.id} does not say what is special in its command line"
        assert each.step, each.id
    orders = [each.order for each in catalogue.values()]
    assert len(set(orders)) == len(orders), "two experiments have the same place"


SECONDS = re.compile(r"(below |before the )?\b(\d+(?:\.\d+)?) s\b")


@pytest.mark.parametrize("experiment", load_catalogue()[0].values(), ids=lambda each: each.id)
def test_a_time_that_a_tick_names_is_what_it_asks_for(experiment: Experiment) -> None:
    """Else "after 3 s" is ticked after ten."""
    for expect in (each for step in experiment.step for each in step.expect):
        for less, number in SECONDS.findall(expect.say):
            low, high = expect.took_s or expect.fields.get("took_s") or [expect.fields.get("timeout_s", -1)] * 2
            fits = high < float(number) if less else low <= float(number) <= high
            assert fits, f"{expect.say!r} is ticked whenever it comes"
