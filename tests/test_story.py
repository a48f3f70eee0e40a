"""What the terminal of `signal-lab serve` says: what was found, runs, viewers; and the same as JSON for a log."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import subprocess
from pathlib import Path

import httpx
import pytest

from app.serve.logs import harmless, logging_to
from app.serve.server import bold
from tests.killable import LAB
from tests.support import TOKEN, EventReader, Person, kind, prints
from tests.test_serve import BEARER, base, serving


def story_of(tmp_path: Path, *flags: str) -> tuple[str, str]:
    """What a server has said, on stdout and stderr, of a run that was stopped and a viewer who came and left."""
    with serving(tmp_path / "data", *flags) as (server, drive, watch):
        with httpx.Client(base_url=base(drive), headers=BEARER, timeout=15) as client, httpx.Client() as viewer:
            viewer.get(watch)
            person = Person(client)
            run, target = person.start("catch-all")
            with viewer.stream("GET", f"{base(drive)}/api/v1/events", timeout=15) as response:
                events = EventReader(response)
                events.until(prints("ready"))
                while events.beat()["viewers"] != 1:
                    pass
                person.post(f"/targets/{target}/stop", {"timeout_s": 0})
                events.until(kind("run_finished", run=run))
            with person.events() as mine:
                mine.beat()
                assert mine.beat()["viewers"] == 0  # told by itself, or by the next heartbeat
            person.start("hup-reload")
        server.terminate()
        out, err = server.communicate(timeout=20)
        assert drive.rsplit("/")[-1] not in out + err
        assert TOKEN not in out + err
        return out, err


@pytest.mark.whole
def test_a_line_for_what_was_found_each_run_and_each_viewer(tmp_path: Path) -> None:
    out, err = story_of(tmp_path)
    lines = [re.sub(r"^\d\d:\d\d:\d\d  ", "", line) for line in out.splitlines()]
    found = [line for line in lines if line.startswith(("engine ", "kernel ", "sandbox ", "trial "))]
    assert [line.split()[0] for line in found] == ["engine", "kernel", "sandbox", "trial"]
    assert found[3].split()[1] == f"{os.uname().release}:"
    assert "PID 1" in found[3]
    assert "no socket at" in found[0]
    assert "`signal-lab doctor --machine` says what would allow what is missing" in lines
    told = [line for line in lines if line.startswith(("run ", "a viewer", "ending"))]
    assert told[0] == "run 1  started: Catch every signal"
    assert "a viewer came: one watches" in told
    assert "a viewer left: nobody watches" in told
    assert any(re.fullmatch(r"run 1  over, stopped in \d\.\d s by SIGKILL, exit code 137", line) for line in told), told
    assert "ending one run: processes and containers first, then this server" in told
    assert any(line.startswith("run 2  ended with the lab") for line in told), told
    assert "\x1b" not in out
    assert err == ""


@pytest.mark.whole
def test_the_same_as_json(tmp_path: Path) -> None:
    out, err = story_of(tmp_path, "--log-format", "json", "--log-level", "info")
    assert out == ""
    said = [json.loads(line) for line in err.splitlines()]
    assert all({"time", "level", "logger", "text"} <= set(each) for each in said)
    events = [each["event"] for each in said if "event" in each]
    assert {"found", "run_created", "run_finished", "viewer_came", "viewer_left", "ending"} <= set(events)
    assert [each["run"] for each in said if each.get("event") == "run_created"] == ["r1", "r2"]


@pytest.mark.whole
def test_a_lab_for_others_warns(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--host", "0.0.0.0") as (server, drive, _watch):
        assert server.stdout is not None
        warned = server.stdout.readline() + server.stdout.readline()
        assert "Others on this network can reach the lab, by plain HTTP" in warned
        assert "a key to this machine" in warned
        assert base(drive).startswith("http://127.0.0.1:")


@pytest.mark.whole
def test_a_terminal_that_nobody_reads_holds_nothing_up(tmp_path: Path) -> None:
    with (
        serving(tmp_path / "data") as (server, drive, _),
        httpx.Client(base_url=base(drive), headers=BEARER, timeout=15) as client,
    ):
        assert server.stdout is not None
        server.stdout.close()  # the reader is gone: EPIPE from now on
        person = Person(client)
        for _ in range(3):
            run, _target = person.command("true")
            with person.events(run=run) as events:
                events.until(kind("run_finished"))
        assert person.get("/health").status_code == 200
        server.stdout = Path(os.devnull).open()  # noqa: SIM115 (the end of the block closes it)


def test_codes_and_controls_are_not_written_as_they_are() -> None:
    out, err = io.StringIO(), io.StringIO()
    with logging_to(out, "info", "text", err) as story:
        story.info("run 1  started: %s", "a\x1b]0;title\x07\nrun 2  forged \u202etxt")
        logging.getLogger("signal_lab").warning("GET /enter/abc-_1 and /watch/zzz")
    assert out.getvalue().count("\n") == 2, "a message of two lines stays two; nothing else moves the cursor"
    assert "\\x1b]0;title\\x07" in out.getvalue()
    assert "\\u202e" in out.getvalue()
    assert "/enter/… and /watch/…" in err.getvalue()
    assert harmless("\x9b31m") == "\\x9b31m"


def test_colours_are_for_terminals_that_want_them(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    assert bold("x", Terminal()) == "\x1b[1mx\x1b[0m"
    assert bold("x", io.StringIO()) == "x"
    monkeypatch.setenv("NO_COLOR", "1")
    assert bold("x", Terminal()) == "x"


@pytest.mark.whole
def test_doctor_names_each_witness_and_what_would_allow_it(tmp_path: Path) -> None:
    env = {**os.environ, "DOCKER_HOST": f"unix://{tmp_path}/none.sock", "SIGNAL_LAB_TRACEFS": str(tmp_path)}
    told = subprocess.run([LAB, "doctor", "--machine", "--json"], env=env, capture_output=True, text=True, timeout=30)
    assert told.returncode == 0
    found = {each["name"]: each for each in json.loads(told.stdout)["witnesses"]}
    assert {
        "engine",
        "kernel trace",
        "sandbox",
        "kernel trial",
        "calls of others",
        "signals to others",
        "tini",
        "ps",
    } == set(found)
    for name in ("engine", "kernel trace"):
        assert not found[name]["there"]
        assert found[name]["found"]
        assert found[name]["allow"]
    for each in found.values():
        assert each["shows"]
        assert each["there"] == (not each["allow"])
    words = subprocess.run(
        [LAB, "doctor", "--machine", "--strict"], env=env, capture_output=True, text=True, timeout=30
    )
    assert words.returncode == 1
    assert "to allow it: " in words.stdout
