"""`signal-lab run --image`: the real command, its own lab, a real engine."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.commands.test_full_citizen import Terminal

pytestmark = pytest.mark.engine
HERE = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
SERVER = ("--when", "Serving", "--", "python3", "-u", "-m", "http.server", "8080")


@pytest.fixture
def terminal(engine: None, tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "data", DOCKER_HOST=HERE)


def test_an_image_with_the_options_that_matter(terminal: Terminal) -> None:
    script = "echo $A as $(id -u) in $PWD; test -t 1 && echo a terminal; exec sleep 600"
    words = ("-t", "-i", "-e", "A=one", "-u", "1234", "-w", "/tmp", "-m", "64m", "--stop-signal", "KILL")
    said = terminal.say("run", "--image", "base", *words, "--stop", "--when", "terminal", "--", "sh", "-c", script)
    assert said.returncode == 1, said
    assert "one as 1234 in /tmp" in said.stdout
    line = next(line for line in said.stdout.splitlines() if "docker run" in line)
    for flag in ("-t", "-i", "--stop-signal SIGKILL", "--memory 64m", "--user 1234", "--workdir /tmp", "-e A"):
        assert f" {flag} " in line, flag
    assert "exit code 137" in said.stdout


@pytest.mark.long
def test_init_decides_what_a_stop_comes_to(terminal: Terminal) -> None:
    bare = terminal.say("run", "--image", "base", "--stop", "--timeout", "1", *SERVER)
    assert bare.returncode == 1, bare
    assert "verdict: Killed after 1." in bare.stdout
    assert "What would help: " in bare.stdout
    init = terminal.say("run", "--image", "base", "--init", "--stop", "--timeout", "5", *SERVER)
    assert init.returncode == 0, init
    assert "exit code 143" in init.stdout.splitlines()[-1]
    host = terminal.say("run", "--image", "base", "--pid", "host", "--stop", "--timeout", "5", "--json", *SERVER)
    assert host.returncode == 0, host
    events = [json.loads(line) for line in host.stdout.splitlines()]
    assert [each["exit_code"] for each in events if each["kind"] == "stop_finished"] == [143]
    left = subprocess.run(
        ["docker", "ps", "-aq", "--filter", f"label=dev.signal-lab.lab={_journal(terminal)}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert left.stdout == ""


def _journal(terminal: Terminal) -> str:
    with closing(sqlite3.connect(terminal.data / "journal.db")) as journal:
        (found,) = journal.execute("SELECT value FROM meta WHERE key = 'id'").fetchone()
    return str(found)
