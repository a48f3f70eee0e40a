"""`signal-lab check`: the real command on a real engine."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.hosts.container.images import tag_of
from tests.commands.check.test_everywhere import ROOT, loaded, ran
from tests.commands.check.test_reports import wrong_in
from tests.commands.test_full_citizen import Terminal
from tests.engine.test_recovery import docker
from tests.support import until

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]
HERE = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
SERVER = ("python3", "-u", "-m", "http.server")


@pytest.fixture
def terminal(engine: None, tmp_path: Path) -> Terminal:
    found = Terminal(tmp_path / "data", DOCKER_HOST=HERE, GITHUB_STEP_SUMMARY=str(tmp_path / "summary"))
    found.within_s = 120  # each is a lab that starts, a container and its stop, on a machine that may be busy
    return found


@pytest.fixture
def image() -> Iterator[Callable[..., str]]:
    """Tags an image made of the base with another CMD; the same tag may be made again."""
    made = set()

    def make(tag: str, *command: str) -> str:
        text = f"FROM {tag_of('base')}\nCMD {json.dumps(command)}\n"
        words = ("docker", "build", "-q", "-t", tag, "-")
        env = {**os.environ, "DOCKER_BUILDKIT": "0"}
        subprocess.run(words, input=text, text=True, check=True, capture_output=True, env=env)
        made.add(tag)
        return tag

    yield make
    for tag in made:
        docker("rmi", "-f", tag)


def seen(terminal: Terminal, *words: str, code: int) -> dict[str, Any]:
    said = terminal.say("check", "--json", *words)
    assert said.returncode == code, said
    found: dict[str, Any] = json.loads(said.stdout)
    assert found["exit"] == code
    return found


def rules(subject: dict[str, Any]) -> list[str]:
    return [each["rule"] for each in subject["findings"]]


def test_a_stop_that_does_not_hold_and_every_report_of_it(terminal: Terminal, tmp_path: Path) -> None:
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text(f"FROM base\n\nCMD {json.dumps(SERVER)}\n")
    reports = [f"--report={kind}={tmp_path / kind}" for kind in ("json", "junit", "sarif", "github", "gitlab")]
    words = ("--within", "1s", "--ready-log", "^Serving HTTP", "--dockerfile", str(dockerfile), *reports)
    said = terminal.say("check", "base", *words, "--", *SERVER)
    assert (said.returncode, said.stderr) == (1, ""), said
    assert said.stdout.startswith("base: did not hold\n  Killed after 1.")
    for part in ("drops unhandled signals for PID 1", "SL001", "What would help: Run it with --init", "| Serving HTTP"):
        assert part in said.stdout, part
    [subject] = json.loads((tmp_path / "json").read_text())["subjects"]
    [run] = subject["runs"]
    assert (rules(subject), run["killed"], run["exit_code"]) == (["SL001"], True, 137)
    assert 0.9 < run["took_s"] < 10
    numbers = {line["id"] for line in run["timeline"]}
    assert numbers & {number for sentence in run["verdict"]["said"] for number in sentence["evidence"]}
    sarif = json.loads((tmp_path / "sarif").read_text())
    assert wrong_in(sarif) == []
    [result] = sarif["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 3}
    steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
    assert "The check asks for a stop" in steps[0]["location"]["message"]["text"]
    assert any("SIGKILL" in each["location"]["message"]["text"] for each in steps)
    assert '<failure message="Killed after 1.' in (tmp_path / "junit").read_text()
    assert (tmp_path / "github").read_text().startswith("::error file=")
    assert "| ❌ | base | did not hold | 1" in (tmp_path / "summary").read_text()
    assert json.loads((tmp_path / "gitlab").read_text())[0]["check_name"] == "SL001"


def test_it_holds_with_an_init_once_it_answers(terminal: Terminal) -> None:
    words = ("--init", "--within", "5s", "--ready-http", ":8000/", "--expect-exit", "143", "--fail-on", "clean")
    [subject] = seen(terminal, "base", *words, "--", *SERVER, code=0)["subjects"]
    assert (subject["result"], subject["findings"]) == ("held", [])
    assert "exited with 143" in subject["text"]
    [again] = seen(terminal, "base", "--init", "--settle", "0.5s", "--expect-exit", "0", "--", *SERVER, code=1)[
        "subjects"
    ]
    assert rules(again) == ["SL010"]


def test_a_mix_of_runs_is_said_and_progress_comes_on_a_terminal(terminal: Terminal, image: Callable[..., str]) -> None:
    """The tag is another image from the second run on."""
    tag = image(f"signal-lab-test-mix:{os.getpid()}", "sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done")
    controller, screen = pty.openpty()
    words = ("check", tag, "--runs", "2", "--within", "1s", "--settle", "1s", "--json")
    with terminal.begin(*words, stderr=screen) as running:
        os.close(screen)
        shown = ""
        while "it runs; waiting until 1 s have passed" not in shown:
            shown += os.read(controller, 4096).decode()
        image(tag, *SERVER)
        assert running.stdout is not None
        found = json.loads(running.stdout.read())
        assert running.wait(100) == 1
    os.close(controller)
    assert f"{tag}, run 1 of 2: starting it" in shown
    [subject] = found["subjects"]
    assert [each["result"] for each in subject["runs"]] == ["held", "not_held"]
    assert subject["text"].startswith("A mix: run 1 held, run 2 did not hold, in ")


COMPOSE = """\
services:
  web:
    image: base
    command: [python3, -u, -m, http.server]
    init: true
    stop_grace_period: 2s
    volumes: [data:/data]
    pre_stop: [{command: [sleep, "0.3"], user: root}]
  gone:
    image: base
    command: sh -c 'echo boom; exit 7'
  hooked:
    image: base
    command: sleep 600
    pre_stop: [{command: [sh, -c, exit 7, --password, opensesame]}]
  missing:
    image: base
    command: /no/such/program
  builds:
    build: .
"""


def test_services_and_what_could_not_be_told(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "compose.yaml"
    file.write_text(COMPOSE)
    web, gone, hooked, missing, builds = seen(terminal, "--compose", str(file), "--settle", "0.5s", code=3)["subjects"]
    assert (web["result"], web["within_s"]) == ("held", 2.0)
    assert web["notes"] == [
        "volumes is not used: it runs alone, under the lab's fence",
        "pre_stop: user of a hook is not used",
    ]
    assert re.search(r"Before the signal its pre_stop hook took [\d.]+ s: [\d.]+ s in all\.", web["text"])
    assert "its pre_stop hook `sh -c exit 7 --password •" in hooked["text"], hooked["text"]
    assert "left with 7 in the copy" in hooked["text"]
    assert "opensesame" not in json.dumps(hooked), "nor does the record have it"
    for each, why in ((gone, "ended by itself, with 7"), (missing, "no such file"), (builds, "builds nothing")):
        assert (each["result"], rules(each)) == ("unknown", ["SL011"])
        assert why in each["text"], each["text"]
    assert gone["runs"][0]["printed_last"] == ["boom"]
    assert builds["runs"][0]["hint"].startswith("Build it first")


def containers(command: str) -> list[str]:
    lines = docker("ps", "-a", "--no-trunc", "--format", "{{.ID}} {{.Command}}").splitlines()
    return [line.split()[0] for line in lines if command in line]


def interrupted(terminal: Terminal, tmp_path: Path, number: signal.Signals) -> tuple[int, str]:
    """Its exit code and what it said; afterwards nothing of it is there."""
    token = f"sleep 6{os.getpid()}{int(number)}"
    with terminal.begin("check", "base", "--settle", "50s", "--", *token.split(), TMPDIR=str(tmp_path)) as running:
        until(lambda: containers(token), what="its container")
        running.send_signal(number)
        code = running.wait(100)
        assert running.stderr is not None
        said = running.stderr.read()
    until(lambda: not containers(token), within_s=30, what="that its container is gone")
    return code, said


def test_interrupted_it_leaves_nothing(terminal: Terminal, tmp_path: Path) -> None:
    code, said = interrupted(terminal, tmp_path, signal.SIGTERM)
    assert (code, said) == (143, "signal-lab: ended by SIGTERM; nothing of it is left\n")
    assert list(tmp_path.glob("signal-lab-check-*")) == []


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_however_it_is_ended_it_leaves_no_container(terminal: Terminal, tmp_path: Path, number: signal.Signals) -> None:
    code, said = interrupted(terminal, tmp_path, number)
    assert code == (-9 if number == signal.SIGKILL else 128 + number)
    assert "Traceback" not in said


@pytest.mark.long
def test_without_the_kernels_word_what_held_is_told_and_what_was_clean_is_not(terminal: Terminal) -> None:
    words = ("base", "--init", "--within", "5s", "--ready-port", "8000", "--kernel-trace", "off")
    [held] = seen(terminal, *words, "--", *SERVER, code=0)["subjects"]
    assert "No SIGKILL was sent: the engine says so." in held["text"]
    [untold] = seen(terminal, *words, "--fail-on", "clean", "--", *SERVER, code=3)["subjects"]
    assert rules(untold) == ["SL011"]


@pytest.mark.long
def test_in_time_and_not_clean(terminal: Terminal) -> None:
    handles = (
        'import signal, sys, time\nsignal.signal(15, lambda *_: sys.exit(0))\nprint("ready")\n'
        "while True: time.sleep(.2)"
    )
    script = f"python3 -uc '{handles}'; :"
    words = ("base", "--init", "--within", "5s", "--ready-log", "ready", "--settle", "0.5s")
    [warned] = seen(terminal, *words, "--", "sh", "-c", script, code=0)["subjects"]
    assert (warned["result"], rules(warned)) == ("not_clean", ["SL007"])
    seen(terminal, *words, "--fail-on", "clean", "--", "sh", "-c", script, code=1)


@pytest.mark.long
def test_what_never_becomes_ready_and_what_nobody_has(terminal: Terminal) -> None:
    never = ("--ready-within", "1s", "--settle", "0s")
    [log] = seen(terminal, "base", *never, "--ready-log", "never", "--", "sleep", "60", code=3)["subjects"]
    assert "was not ready within 1.0 s: it was waited until it prints /never/" in log["text"]
    [port] = seen(terminal, "base", *never, "--ready-port", "8000", "--", "sleep", "60", code=3)["subjects"]
    assert "closed at once" in port["text"] or "no connection" in port["text"]
    [http] = seen(terminal, "base", "--ready-http", "/health", "--", *SERVER, code=3)["subjects"]
    assert "the image exposes no port" in http["text"]
    [nobody] = seen(terminal, f"localhost:1/no-such:{os.getpid()}", code=3)["subjects"]
    assert "could not be" in nobody["text"] or "no registry" in nobody["text"]


@pytest.mark.long
def test_a_grace_that_is_shorter_than_the_stop_takes(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "compose.yaml"
    slow = "trap 'sleep 1.5; exit 0' TERM; echo ready; while :; do sleep 0.1; done"
    service = {"image": "base", "command": ["bash", "-c", slow], "stop_grace_period": "1s"}
    file.write_text(json.dumps({"services": {"slow": service}}))
    [alone] = seen(terminal, "-f", str(file), "--ready-log", "ready", code=1)["subjects"]
    assert rules(alone) == ["SL006"]
    [measured] = seen(terminal, "-f", str(file), "--ready-log", "ready", "--within", "10s", code=1)["subjects"]
    assert rules(measured) == ["SL012"]
    [late] = seen(terminal, "base", "--within", "1200ms", "--ready-log", "ready", "--", "bash", "-c", slow, code=1)[
        "subjects"
    ]
    assert rules(late) == ["SL009"]


def test_the_step_of_the_action_and_the_job_of_gitlab_with_an_engine(engine: None, tmp_path: Path) -> None:
    """As on a build server: one that holds, one that does not, and what each reports."""
    held = ran(
        *("bash", str(ROOT / "ci/github-check")), cwd=tmp_path, DOCKER_HOST=HERE,
        IMAGE="base", WITHIN="5s", SARIF="stop.sarif", SUDO="false", ARGS="--init --settle 0.5s -- sleep 600",
        GITHUB_OUTPUT=str(tmp_path / "output"), GITHUB_STEP_SUMMARY=str(tmp_path / "summary"),
    )  # fmt: skip
    assert held.returncode == 0, held
    assert (tmp_path / "output").read_text() == "exit-code=0\n"
    assert "| ✅ | base | held |" in (tmp_path / "summary").read_text()
    job = loaded("ci/gitlab.yml")["signal-lab-check"]
    given = {name: value for name, value in job["variables"].items() if name.startswith("SIGNAL_LAB_")}
    given |= {"SIGNAL_LAB_IMAGE": "base", "SIGNAL_LAB_ARGS": "--within 1s --settle 0.5s -- sleep 600"}
    killed = ran("sh", "-ec", "\n".join(job["script"]), cwd=tmp_path, DOCKER_HOST=HERE, **given)
    assert killed.returncode == 1, killed
    assert json.loads((tmp_path / job["artifacts"]["reports"]["codequality"]).read_text())[0]["check_name"] == "SL001"
