"""Lessons through the API, on real processes: files, commands, pages, later targets, ticks and what fails."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import LabUnderTest, Person, kind, prints, running_lab, until

pytestmark = pytest.mark.whole

HEAD = 'title = "X"\ngroup = "Own"\norder = {order}\nquestion = "Why?"\n'

FILES = """
[[file]]
name = "a.conf"
text = "echo before"

[[target]]
name = "watcher"
host = "process"
command = ["bash", "-c", "trap '. {files}/a.conf' HUP; echo ready; while :; do sleep 0.1 & wait $!; done"]

[[step]]
say = "Edit the file."
do = { write = { file = "a.conf", text = "echo after" } }
expect = [
  { kind = "file_written", fields = { name = "a.conf" }, say = "the file is written" },
  { kind = "output", fields = { text = "after" }, say = "nothing new", absent_for_s = 0.3 },
]

[[step]]
say = "Send HUP."
do = { signal = { signal = "HUP" } }
expect = [{ kind = "output", fields = { text = "after" }, say = "the new words" }]
"""

SERVED = """
[[target]]
name = "server"
host = "process"
command = ["python3", "-m", "http.server", "--bind", "127.0.0.1", "{port:8080/tcp}"]
process = { ports = { "8080/tcp" = 0 } }

[[target]]
name = "later"
host = "process"
later = true
command = ["sh", "-c", "echo came later; exit 3"]

[[step]]
say = "Get its page, and look around."
do = [{ get = { port = "8080/tcp" } }, { exec = { command = ["sh", "-c", "echo one; echo two >&2; exit 7"] } }]
expect = [
  { kind = "http_finished", fields = { status = 200, complete = true, text = { contains = "html" } }, say = "a page" },
  { kind = "exec_finished", fields = { exit_code = 7, output = { matches = "one" } }, say = "so does sh" },
]

[[step]]
say = "Start the other one."
do = { start = { target = "later" } }
expect = [{ kind = "target_exited", target = "later", fields = { exit_code = 3 }, say = "it ends with 3" }]

[[step]]
say = "Stop it."
do = { stop = {} }
expect = [{ kind = "stop_finished", fields = { exit_code = 143 }, say = "143" }]
"""

WRONG = """
[[target]]
name = "sleeper"
host = "process"
command = ["sleep", "600"]

[[step]]
say = "It will not say hello."
do = { signal = { signal = "CONT" } }
within_s = 0.5
expect = [{ kind = "output", fields = { text = "hello" }, say = "hello" }]

[[step]]
say = "Never reached."
do = { signal = { signal = "TERM" } }
expect = [{ kind = "target_exited", fields = {}, say = "it ends" }]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    own = tmp_path / "own"
    own.mkdir()
    for order, (name, text) in enumerate({"files": FILES, "served": SERVED, "wrong": WRONG}.items(), 9000):
        (own / f"{name}.toml").write_text(f'id = "{name}"\n{HEAD.format(order=order)}{text}')
    return own


@pytest.fixture
def lab(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LabUnderTest]:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no-engine.sock")
    with running_lab(tmp_path / "data", experiments=folder) as running:
        yield running


def test_a_file_is_edited_on_the_page_and_read_again_on_hup(driver: Person, lab: LabUnderTest) -> None:
    run, _ = driver.start("files")
    with driver.events(run=run) as events:
        assert events.until(kind("run_created"))["files"] == [{"name": "a.conf", "text": "echo before"}]
        events.until(prints("ready"))
        assert driver.post(f"/runs/{run}/steps/0").status_code == 202
        assert events.until(kind("file_written"))["text"] == "echo after"
        events.until(kind("step_done", step=0, expect=1))
        assert driver.post(f"/runs/{run}/steps/1").status_code == 202
        events.until(kind("step_done", step=1))
        assert driver.client.delete(f"/api/v1/runs/{run}").status_code == 200
    assert not list((lab.settings.data / "scratch").iterdir()), "the files go with the run"


def test_an_edit_with_an_editor_of_ones_own_counts_as_well(driver: Person, lab: LabUnderTest) -> None:
    run, _ = driver.start("files")
    with driver.events(run=run) as events:
        events.until(prints("ready"))
        (lab.settings.data / "scratch" / run / "a.conf").write_text("echo by hand")
        assert events.until(kind("file_written"))["by"] == "an editor"
        events.until(kind("step_done", step=0, expect=0))


def test_a_file_can_be_written_by_who_drives_and_only_if_it_is_one(driver: Person, viewer: Person) -> None:
    run, _ = driver.start("files")
    path = f"/api/v1/runs/{run}/files"
    assert driver.client.put(f"{path}/a.conf", json={"text": "echo C"}).status_code == 202
    wrong = driver.client.put(f"{path}/b.conf", json={"text": ""})
    assert (wrong.status_code, wrong.json()["code"]) == (404, "not_found")
    assert driver.client.put(f"{path}/..%2Fa.conf", json={"text": ""}).status_code == 404
    long = driver.client.put(f"{path}/a.conf", json={"text": "é" * 16000})
    assert (long.status_code, long.json()["code"]) == (422, "bad_request")
    assert viewer.client.put(f"{path}/a.conf", json={"text": ""}).status_code == 403
    driver.client.delete(f"/api/v1/runs/{run}")
    assert driver.client.put(f"{path}/a.conf", json={"text": ""}).status_code == 409


def test_pages_commands_and_later_targets_tick_their_steps(driver: Person) -> None:
    run, server = driver.start("served")
    with driver.events(run=run) as events:
        ports = events.until(kind("target_started"))["ports"]
        assert ports["8080/tcp"] > 0
        refused = driver.post(f"/targets/{run}.later/signals", {"signal": "TERM"})
        assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
        assert "was not started yet" in refused.json()["error"]
        assert driver.post(f"/runs/{run}/steps/0").status_code == 202
        events.until(kind("step_done", step=0, expect=0))
        events.until(kind("step_done", step=0, expect=1))
        assert events.until(kind("exec_finished"))["output"].splitlines() == ["one", "two"]
        assert events.until(kind("http_requested"))["url"] == f"http://127.0.0.1:{ports['8080/tcp']}/"
        assert driver.post(f"/targets/{run}.later/start").status_code == 202
        events.until(kind("step_done", step=1))
        assert driver.post(f"/targets/{run}.later/start").status_code == 409
        assert driver.post(f"/targets/{server}/stop", {}).status_code == 202
        events.until(kind("step_done", step=2))
        assert events.until(kind("run_finished"))["reason"] == "ended"


def test_what_does_not_come_true_has_failed_and_says_why(driver: Person) -> None:
    run, _ = driver.start("wrong")
    with driver.events(run=run) as events:
        events.until(kind("target_started"))
        driver.post(f"/runs/{run}/steps/0")
        failed = events.until(kind("step_failed"))
        assert (failed["step"], failed["expect"], failed["why"]) == (0, 0, "nothing was printed")
        driver.post(f"/runs/{run}/steps/1")  # a person may go on all the same
        events.until(kind("step_done", step=1))


def test_a_process_has_no_freezer_and_says_what_to_do_instead(driver: Person) -> None:
    run, target = driver.command("sleep", "600")
    with driver.events(run=run) as events:
        events.until(kind("target_started"))
    refused = driver.post(f"/targets/{target}/pause")
    assert (refused.status_code, refused.json()["code"]) == (422, "not_applicable")
    assert "SIGSTOP" in refused.json()["hint"]


def command(*words: str, data: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).parent / "signal-lab"), *words],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "DOCKER_HOST": f"unix://{data}/no-engine.sock"},
    )


def test_verify_prints_a_row_for_each_expectation_and_fails_with_the_reason(folder: Path, tmp_path: Path) -> None:
    done = command("verify", "files", "wrong", "--experiments", str(folder), data=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "✓ 2.1 the new words" in done.stdout
    assert "✗ 1.1 hello: nothing was printed" in done.stdout
    assert "· 2.1 it ends" in done.stdout
    assert "2 experiments: 1 passed, 1 failed" in done.stdout


def test_verify_as_json_and_what_is_not_possible_is_no_failure(folder: Path, tmp_path: Path) -> None:
    done = command("verify", "served", "pid-1", "--json", "--experiments", str(folder), data=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    answer = json.loads(done.stdout)
    served, pid_1 = answer["experiments"]
    assert [row["outcome"] for row in served["rows"]] == ["passed"] * 4
    assert (pid_1["result"], pid_1["rows"]) == ("not_possible", [])
    assert "no socket" in pid_1["why"]
    assert answer["summary"]["not_possible"] == 1


def test_verify_tells_a_wrong_file_with_its_line(folder: Path, tmp_path: Path) -> None:
    (folder / "bad.toml").write_text(f'id = "bad"\n{HEAD.format(order="one")}')
    done = command("verify", "--experiments", str(folder), data=tmp_path)
    assert done.returncode == 2
    assert f"{folder}/bad.toml:4: order: Input should be a valid integer" in done.stderr or "not TOML" in done.stderr


def test_verify_knows_no_such_experiment(tmp_path: Path) -> None:
    done = command("verify", "nothing", data=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("signal-lab: there is no experiment nothing")


def test_the_scratch_files_of_a_killed_server_are_gone_at_the_next_start(tmp_path: Path) -> None:
    left = tmp_path / "data" / "scratch" / "r7"
    left.mkdir(parents=True)
    with running_lab(tmp_path / "data"):
        until(lambda: not left.exists(), what="the folder is gone")
