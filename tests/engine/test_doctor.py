"""The doctor on real containers that are not the lab's: what it says is what ``docker stop`` then does."""

from __future__ import annotations

import json
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anyio
import pytest
from anyio import to_thread

from app.commands.doctor import _socket_of
from app.doctor import looking
from app.doctor.examination import Doctor
from app.hosts.engine.cleaning import any_engine
from app.hosts.engine.finding import translated
from tests.engine.foreign import CATCHES, HTTP, docker, foreign
from tests.killable import LAB
from tests.support import running_lab, until

pytestmark = [pytest.mark.engine, pytest.mark.timeout(120)]
PROTECTED = ("--label", "dev.signal-lab.protect=true")


def doctor(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([LAB, "doctor", *words], capture_output=True, text=True, check=False, timeout=60)


def examined(*names: str) -> dict[str, dict[str, Any]]:
    """By id, in this process, in a thread of its own: a browser's tests leave a loop in theirs."""
    client = any_engine()

    async def call(act: Any) -> Any:
        def run() -> Any:
            with translated():
                return act(client)

        return await to_thread.run_sync(run)

    async def look() -> dict[str, dict[str, Any]]:
        report = await Doctor(call, _socket_of(client)).examine(names)
        return {each["id"]: each for each in report.containers}

    try:
        with ThreadPoolExecutor(1) as apart:
            return apart.submit(anyio.run, look).result()
    finally:
        client.close()


def stopped(container: str) -> tuple[int, float]:
    """Its exit code, and how long ``docker stop -t 2`` took."""
    began = time.monotonic()
    docker("stop", "-t", "2", container)
    return int(docker("inspect", "-f", "{{.State.ExitCode}}", container)), time.monotonic() - began


def test_what_the_doctor_says_is_what_docker_stop_then_does(
    engine: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = ("-e", "DB_PASSWORD=hunter2")
    wanted = {
        "deaf": (secret, HTTP),
        "init": (("--init",), HTTP),
        "shell": (("--stop-signal", "TERM"), ("sh", "-c", f'python3 -c "{CATCHES}" --password hunter2; true')),
        "paused": (("--stop-timeout", "5"), HTTP),
        "protected": (PROTECTED, HTTP),
    }
    with foreign(**wanted) as ids, running_lab(tmp_path / "data") as lab, lab.person() as person:
        docker("pause", ids["paused"])
        told = doctor(*ids.values(), "--json")
        assert told.returncode == 1, told.stderr
        found = {each["id"]: each for each in json.loads(told.stdout)["containers"]}
        by = {name: found[container] for name, container in ids.items()}
        assert {name: each["holds"] for name, each in by.items()} == {
            **{"deaf": False, "shell": False, "paused": False, "protected": False},
            "init": True,
        }
        assert "hunter2" not in told.stdout

        # The facts, each with its source.
        facts = {name: {fact["name"]: fact["value"] for fact in each["facts"]} for name, each in by.items()}
        assert {name: each["entrypoint"] for name, each in facts.items()} == {
            **dict.fromkeys(("deaf", "init", "paused", "protected"), "exec form"),
            "shell": "shell form",
        }
        assert {name: each["init"] for name, each in facts.items() if each["init"] != "no"} == {"init": "yes"}
        assert by["shell"]["unheard"].startswith("python3 (pid ")
        assert by["shell"]["unheard"].endswith("has a handler for SIGTERM and is never told.")
        assert by["paused"]["status"] == "paused"
        assert any("paused" in why for why in by["paused"]["stop"]["because"])
        graces = {each["path"]: each["seconds"] for each in by["paused"]["graces"]}
        assert (graces["docker stop"], graces["engine restart"], graces["Swarm update"]) == (5, 5, None)
        for name in ("deaf", "paused", "protected"):
            assert by[name]["findings"][0]["advice"]["text"] == "Run it with --init, or handle SIGTERM."

        words = doctor(*ids.values()).stdout
        assert max(len(line) for line in words.splitlines() if not line.startswith("      ")) <= 80, "lines to copy"
        assert "\x1b" not in words, "no colour but on a terminal"
        assert "SIGKILL after 10 s" in words
        assert "hunter2" not in words

        # The page's API says the same, and nothing there acts on them.
        page = {each["id"]: each for each in person.get("/doctor").json()["containers"]}
        for name, container in ids.items():
            assert page[container]["holds"] == by[name]["holds"], name
            assert not page[container]["ours"]
            for path, body in (("signals", {"signal": "TERM"}), ("stop", {"timeout_s": 0})):
                refused = person.post(f"/doctor/{container}/{path}", body)
                assert (refused.status_code, refused.json()["code"]) == (403, "not_ours"), refused.text
        assert "protected" in person.post(f"/doctor/{ids['protected']}/stop", {}).json()["error"]
        assert person.post("/doctor/nobody-is-called-so/stop", {}).status_code == 404
        assert set(docker("ps", "-q", "--no-trunc").split()) >= set(ids.values()), "all of them still run"

        # As ps lists them: the same, and never sure.
        with monkeypatch.context() as blind:
            blind.setattr(looking, "first_process", lambda *_: None)
            seen = examined(*ids.values())
        for name, container in ids.items():
            each = seen[container]
            assert (each["seen"]["by"], each["stop"]["sure"]) == ("ps", False), name
            if name != "init":  # which init it is does not show in masks alone
                assert each["holds"] == by[name]["holds"], (name, each["stop"])

        with ThreadPoolExecutor() as side_by_side:
            ends = dict(zip(ids, side_by_side.map(stopped, ids.values()), strict=True))
        for name, (code, took_s) in ends.items():
            assert (code != 137) == by[name]["holds"], (name, code)
            assert by[name]["holds"] == (took_s < 2), (name, took_s)


def test_a_signal_by_way_of_the_engine_switches_the_restart_policy_off(engine: None) -> None:
    script = ("bash", "-c", "trap 'exit 3' USR1; echo Serving; while :; do read -r -t 0.2 _; done")
    flags = ("--restart", "always")
    with foreign(asked=(flags, script), left=(flags, script), other=((*flags, "--stop-signal", "QUIT"), script)) as ids:
        for name in ("asked", "other"):
            docker("kill", "--signal", "WINCH", ids[name])
        found = examined(*ids.values())
        off = {name for name, each in ids.items() if "restart-off" in [one["check"] for one in found[each]["findings"]]}
        assert off == {"asked"}
        fact = next(each for each in found[ids["asked"]]["facts"] if each["name"] == "restart")
        assert fact["value"] == "always, switched off"
        for each in ids.values():
            subprocess.run(["docker", "exec", each, "kill", "-USR1", "1"], check=False)
        restarted = "{{.RestartCount}} {{.State.Status}}"
        for name in ("left", "other"):
            until(lambda: docker("inspect", "-f", restarted, ids[name]) == "1 running", what=name)  # noqa: B023
        until(lambda: docker("inspect", "-f", restarted, ids["asked"]) == "0 exited", what="the end of it")
        (advice,) = [one["advice"] for one in found[ids["asked"]]["findings"] if one["check"] == "restart-off"]
        docker(*advice["at"][0]["lines"][0].split()[1:])
        assert not [one for one in examined(ids["asked"])[ids["asked"]]["findings"] if one["check"] == "restart-off"]
        subprocess.run(["docker", "exec", ids["asked"], "kill", "-USR1", "1"], check=False)
        until(lambda: docker("inspect", "-f", restarted, ids["asked"]) == "1 running", what="it counts again")
