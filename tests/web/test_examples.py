"""The examples of docs/api.md do what they say, each with a lab of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import TOKEN, LabUnderTest, Person

pytestmark = pytest.mark.whole
EXAMPLES = Path(__file__).parents[2] / "docs/examples"
# As somebody would type it who has no more than the system's own Python.
BY = {"first-run.sh": ("bash",), "first_run.py": (sys.executable, "-I")}


def told(name: str, url: str, token: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "SIGNAL_LAB_TOKEN": token}
    return subprocess.run([*BY[name], str(EXAMPLES / name), url], capture_output=True, text=True, env=env, timeout=45)


def test_all_of_them_are_tried() -> None:
    assert {each.name for each in EXAMPLES.iterdir() if each.is_file()} == set(BY)
    page = (EXAMPLES.parent / "api.md").read_text()
    assert all(f"(examples/{name})" in page for name in BY)


@pytest.mark.parametrize("name", BY)
def test_an_example_starts_signals_and_stops_a_run(name: str, lab: LabUnderTest, driver: Person) -> None:
    done = told(name, lab.url, TOKEN)
    assert (done.returncode, done.stderr) == (0, "")
    started, printed, code, verdict = done.stdout.splitlines()
    assert (started, printed, code) == ("started r1", "its trap has printed USR1", "exit code 137")
    events = driver.client.get("/api/v1/runs/r1/events.jsonl").text.splitlines()
    assert verdict in [event["text"] for event in map(json.loads, events) if event["kind"] == "verdict"]
    assert verdict.startswith("Killed after ")
    [run] = driver.get("/runs").json()["runs"]
    assert (run["run"], run["experiment"], run["result"]["killed"]) == ("r1", "catch-all", True)


@pytest.mark.parametrize("name", BY)
def test_an_example_with_a_wrong_token_fails_and_does_nothing(name: str, lab: LabUnderTest, driver: Person) -> None:
    done = told(name, lab.url, "wrong")
    assert done.returncode != 0
    assert "401" in done.stderr
    assert driver.get("/runs").json()["runs"] == []
