"""`signal-lab run`, `signal`, `stop`, `watch`, `export`, `ps`: the real command against a real lab."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from app.folder.ownership import address_of
from tests.killable import LAB
from tests.support import TOKEN, LabUnderTest, is_alive, until

pytestmark = pytest.mark.whole
TRAP = "trap 'echo caught TERM; exit 0' TERM; echo ready; while :; do sleep 0.05; done"
DEAF = "trap '' TERM; echo ready; while :; do sleep 0.05; done"


class Terminal:
    """Somebody's terminal: environment and data folder; ``say`` is one command, ``begin`` one that stays."""

    within_s = 45.0

    def __init__(self, data: Path, **env: str) -> None:
        self.data = data
        self._env = {name: value for name, value in os.environ.items() if not name.startswith("SIGNAL_LAB_")}
        self._env |= {"SIGNAL_LAB_DATA": str(data), "DOCKER_HOST": f"unix://{data}/none.sock", **env}

    def say(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [LAB, *words], capture_output=True, text=True, check=False, env={**self._env, **env}, timeout=self.within_s
        )

    def lines(self, *words: str) -> list[dict[str, Any]]:
        said = self.say(*words)
        assert said.stderr == ""
        return [json.loads(line) for line in said.stdout.splitlines()]

    @contextmanager
    def begin(self, *words: str, stderr: int = subprocess.PIPE, **env: str) -> Iterator[subprocess.Popen[str]]:
        full = {**self._env, "PYTHONUNBUFFERED": "1", **env}
        with subprocess.Popen([LAB, *words], env=full, stdout=subprocess.PIPE, stderr=stderr, text=True) as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.kill()


def read_until(process: subprocess.Popen[str], text: str) -> str:
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        if text in line:
            return seen
    raise AssertionError(f"{text!r} never came: {seen}")


@pytest.fixture
def terminal(lab: LabUnderTest) -> Terminal:
    """Its lab listens on a port that nobody told it: the data folder says where."""
    return Terminal(lab.settings.data, SIGNAL_LAB_TOKEN=TOKEN)


@pytest.fixture
def alone(tmp_path: Path) -> Terminal:
    """No lab runs, and none is looked for on the usual port, where somebody's own may be."""
    return Terminal(tmp_path / "alone", SIGNAL_LAB_KERNEL_TRACE="off")


def test_a_run_is_started_signalled_watched_stopped_and_exported(terminal: Terminal, tmp_path: Path) -> None:
    [started] = terminal.lines("run", "--detach", "--json", "--", "bash", "-c", "trap 'echo USR1' USR1; " + TRAP)
    run, target = started["run"], started["targets"][0]["id"]
    assert started["url"] == f"{address_of(terminal.data)}/runs/{run}"
    with terminal.begin("watch", run) as watching:
        read_until(watching, "prints “ready”")
        assert f"{target} (process)" in terminal.say("ps").stdout
        sent = terminal.say("signal", run, "USR1")
        assert sent.returncode == 0
        assert "the driver sends SIGUSR1 to main" in sent.stdout
        assert "verdict: " in sent.stdout
        read_until(watching, "prints “USR1”")
        again = terminal.lines("signal", "-s", "10", target, "--no-wait", "--json")
        assert again[0]["target"] == target
        read_until(watching, "prints “USR1”")
        stopped = terminal.say("stop", target, "-t", "5")
        assert stopped.returncode == 0, stopped
        assert re.search(rf"{target}: stopped after \S+ s, exit code 0\n$", stopped.stdout)
        assert "prints “caught TERM”" in stopped.stdout
        assert "prints “ready”" not in stopped.stdout, "only what came of the stop"
        read_until(watching, "the run is over")
        assert watching.wait(10) == 0
    assert "nothing runs" in terminal.say("ps").stdout
    assert run in terminal.say("ps", "--all").stdout
    events = terminal.lines("export", run)
    assert events[0]["kind"] == "run_created"
    assert {each["run"] for each in events} == {run}
    said = terminal.say("export", run, "-o", str(tmp_path / "it.jsonl"), "--json")
    assert json.loads(said.stdout)["events"] == len((tmp_path / "it.jsonl").read_text().splitlines()) == len(events)
    later = terminal.lines("watch", run.removeprefix("r"), "--json")
    assert [each["id"] for each in later if each.get("run") == run] == [each["id"] for each in events]


WIDE = pytest.mark.long  # more of a kind of which one is in `make test`


@pytest.mark.parametrize("flag", ["-t", *(pytest.param(flag, marks=WIDE) for flag in ("--timeout", "--time"))])
def test_a_stop_that_needs_sigkill_is_not_as_asked(terminal: Terminal, flag: str) -> None:
    [started] = terminal.lines("run", "-d", "--json", "--", "bash", "-c", DEAF)
    with terminal.begin("watch", started["run"]) as watching:
        read_until(watching, "ready")
    done = terminal.say("stop", started["run"], flag, "1")
    assert done.returncode == 1
    assert "SIGKILL" in done.stdout
    assert re.search(r"killed after 1\.\d s, exit code 137\n$", done.stdout)


def test_sigkill_at_once_is_what_was_asked_for(terminal: Terminal) -> None:
    [started] = terminal.lines("run", "-d", "--json", "--", "bash", "-c", DEAF)
    with terminal.begin("watch", started["run"]) as watching:
        read_until(watching, "ready")
    events = terminal.lines("stop", started["run"], "-s", "KILL", "--json")
    assert events[0]["kind"] == "stop_requested"
    assert events[0]["signal"] == "SIGKILL"
    assert events[-1]["kind"] == "verdict"
    assert terminal.say("stop", started["run"]).returncode == 1, "it has ended"


def test_run_with_stop_waits_for_what_is_printed_and_gives_the_verdict(terminal: Terminal, tmp_path: Path) -> None:
    copy = tmp_path / "copy.jsonl"
    words = ("run", "--stop", "--when", "ready", "--timeout", "5", "-o", str(copy), "--", "bash", "-c")
    well = terminal.say(*words, TRAP)
    assert well.returncode == 0, well
    assert well.stdout.index("prints “ready”") < well.stdout.index("asks for a stop") < well.stdout.index("verdict: ")
    assert "r1.main: stopped after" in well.stdout.splitlines()[-1]
    assert json.loads(copy.read_text().splitlines()[-1])["kind"] == "run_finished"
    deaf = terminal.say(*(word if word != "5" else "1" for word in words), DEAF)
    assert deaf.returncode == 1
    assert "killed after" in deaf.stdout.splitlines()[-1]


def test_sandbox_and_options_of_a_process(terminal: Terminal) -> None:
    said = terminal.say("run", "-e", "WORD=hello", "-w", "/", "--", "sh", "-c", "echo $WORD from $PWD")
    assert said.returncode == 0
    assert "prints “hello from /”" in said.stdout
    inside = terminal.say("run", "--sandbox", "--", "sh", "-c", "echo I am $$")
    assert inside.returncode == 0, inside
    assert "prints “I am 1”" in inside.stdout


def test_a_run_of_a_lab_that_stays_ends_with_ctrl_c(terminal: Terminal) -> None:
    with terminal.begin("run", "catch-all") as running:
        said = read_until(running, "prints “ready")
        pid = int(re.findall(r"is running: process (\d+)", said)[0])
        running.send_signal(signal.SIGINT)
        assert running.wait(15) == 130
        assert running.stderr is not None
        assert running.stderr.read() == "\nr1 is ended\n"
    until(lambda: not is_alive(pid))
    assert "nothing runs" in terminal.say("ps").stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_without_a_lab_a_run_brings_its_own_and_leaves_nothing(alone: Terminal, number: signal.Signals) -> None:
    script = "trap '' TERM HUP INT USR2; setsid sleep 633 & echo child $!; while :; do sleep 634; done"
    with alone.begin("run", "--", "bash", "-c", script) as running:
        said = read_until(running, "prints “child ")
        assert "works once; the lab ends with this run" in said
        child = int(re.findall(r"“child (\d+)", said)[0])
        other = alone.say("signal", "r1", "USR2", "--no-wait")  # another terminal finds it by the data folder
        assert other.stdout == "sent to r1.main\n", other
        read_until(running, "USR2")
        begun = time.monotonic()
        running.send_signal(number)
        assert running.wait(30) == 128 + number
        assert time.monotonic() - begun < 15
        assert running.stderr is not None
        assert "Traceback" not in running.stderr.read()
    until(lambda: not is_alive(child))
    assert address_of(alone.data) is None
    gone = alone.say("watch", "r1", "--port", "1")
    assert gone.returncode == 3


def test_without_a_lab_a_short_command_just_works(alone: Terminal) -> None:
    said = alone.say("run", "--", "sh", "-c", "echo it works")
    assert (said.returncode, said.stderr) == (0, "")
    assert "prints “it works”" in said.stdout
    again = alone.say("run", "--json", "--", "false")
    assert (again.returncode, again.stderr) == (0, "")
    assert json.loads(again.stdout.splitlines()[-1])["kind"] == "run_finished"


@pytest.mark.parametrize(
    ("words", "leave", "code"),
    [
        (("run",), 2, "usage"),
        (("run", "--", "/nonexistent/program"), 1, None),
        pytest.param(("run", "no-such"), 1, "not_found", marks=WIDE),
        (("run", "--image", "x"), 1, "no_engine"),
        (("run", "--stop", "-d", "--", "true"), 2, "usage"),
        pytest.param(("run", "--timeout", "3", "--", "true"), 2, "usage", marks=WIDE),
        (("watch", "r999"), 1, "not_found"),
        pytest.param(("export", "r999"), 1, "not_found", marks=WIDE),
        pytest.param(("signal", "r999.main", "TERM"), 1, "not_found", marks=WIDE),
        (("signal", "r999.main", "FOO"), 2, "unknown_signal"),
        pytest.param(("signal", "r999.main"), 2, "usage", marks=WIDE),
        pytest.param(("stop", "r999"), 1, "not_found", marks=WIDE),
        pytest.param(("ps", "--url", "ftp://x"), 2, None, marks=WIDE),
        (("ps", "--url", "http://127.0.0.1:1"), 3, "no_lab"),
        pytest.param(("run", "-d", "--port", "1", "--", "true"), 3, "no_lab", marks=WIDE),
    ],
)
def test_errors_are_one_line_and_what_to_do_next(
    terminal: Terminal, words: tuple[str, ...], leave: int, code: str | None
) -> None:
    at = words.index("--") if "--" in words else len(words)
    said = terminal.say(*words[:at], "--json", *words[at:])
    assert said.returncode == leave, said
    assert "Traceback" not in said.stderr
    if code:
        shape = json.loads(said.stdout.splitlines()[-1])
        assert (shape["ok"], shape["code"]) == (False, code)
        assert said.stderr.splitlines()[:2] == [f"signal-lab: {shape['error']}", f"  {shape['hint']}"]


def test_a_wrong_token_and_a_run_with_several_targets_are_told(terminal: Terminal) -> None:
    refused = terminal.say("ps", SIGNAL_LAB_TOKEN="wrong")
    assert (refused.returncode, "SIGNAL_LAB_TOKEN" in refused.stderr) == (1, True)
    assert terminal.say("list").stdout.startswith("Signals:\n")


def test_the_catalogue_can_be_listed_without_a_lab(alone: Terminal) -> None:
    [line] = alone.say("list", "--json", "--experiments", str(Path("app/experiments/catalogue"))).stdout.split("\0")
    assert "pid-1" in {each["id"] for each in json.loads(line)["experiments"]}


@WIDE  # tests/commands/test_examples.py looks at those of every command
def test_help_has_examples(terminal: Terminal) -> None:
    for command in ("run", "signal", "stop", "watch", "export"):
        assert f"signal-lab {command} " in terminal.say(command, "-h").stdout
