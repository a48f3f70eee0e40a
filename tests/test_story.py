"""What the terminal of `signal-lab serve` says: what was found, runs, viewers; and the same as JSON for a log."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import subprocess
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.events import StopFinished
from app.serve.logs import bold, harmless, logging_to
from app.serve.others import addresses, warning
from app.serve.story import Teller
from app.settings import Settings
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
    stop = r"run 1  script: stopped in \d\.\d s by SIGKILL, exit code 137"
    assert any(re.fullmatch(stop, line) for line in told), told
    assert "run 1  over" in told, "what came of the stop is not told twice"
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
    told = {"found", "run_created", "stop_finished", "run_finished", "viewer_came", "viewer_left", "ending"}
    assert told <= set(events)
    assert [each["run"] for each in said if each.get("event") == "run_created"] == ["r1", "r2"]


@pytest.mark.whole
def test_quiet_is_the_links_alone_and_goes_for_json_too(tmp_path: Path) -> None:
    """And what somebody must know: a program that reads the two lines, and a person, are both served."""
    asked = [LAB, "serve", "--port", "0", "--data", str(tmp_path), "-q", "--log-format", "json"]
    env = {**os.environ, "SIGNAL_LAB_TOKEN": TOKEN, "DOCKER_HOST": f"unix://{tmp_path}/none.sock"}
    with subprocess.Popen(asked, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        drive, watch = (server.stdout.readline().split() for _ in range(2))
        assert (drive[0], watch[0]) == ("drive", "watch")
        with httpx.Client(base_url=base(drive[1]), headers=BEARER, timeout=15) as client:
            person = Person(client)
            run, _target = person.command("true")
            with person.events(run=run) as events:
                events.until(kind("run_finished"))
        server.terminate()
        assert server.communicate(timeout=20) == ("", "")


@pytest.mark.whole
def test_a_lab_for_others_warns(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--host", "0.0.0.0") as (server, drive, _watch):
        assert server.stdout is not None
        assert base(drive).startswith("http://127.0.0.1:")
        assert "Others on this network can reach the lab, by plain HTTP" in server.stdout.readline()
        told = takewhile(lambda line: "a key to this machine" not in line, iter(server.stdout.readline, ""))
        links = [line.split()[1] for line in told]
        assert links, "this machine has an address"
        for link in links:
            assert httpx.get(link).status_code == 303, "and what is printed works"


def test_what_is_said_of_an_address_depends_on_who_can_reach_it() -> None:
    link = "http://127.0.0.1:9015/lab/watch/abc"

    def said(host: str, public_url: str | None = None) -> str:
        return warning(Settings(port=9015, host=host, public_url=public_url), link)

    assert said("127.0.0.1") == said("127.0.0.1", "https://lab.example") == ""
    everywhere = said("0.0.0.0")
    for each in addresses("0.0.0.0"):
        assert f"\n  watch  http://{each}:9015/lab/watch/abc\n" in everywhere
    for one in (said("192.0.2.1"), said("0.0.0.0", "http://lab.example")):
        assert "by plain HTTP that can be read on its way.\n" in one
        assert "watch  " not in one, "it is printed already"
    behind = said("0.0.0.0", "https://lab.example")
    assert "past the proxy, by plain HTTP" in behind
    assert "--host 127.0.0.1" in behind


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


def test_each_stop_is_a_line_and_what_nobody_could_read_is_unknown(caplog: pytest.LogCaptureFixture) -> None:
    """Of several targets of a run the last one's end was all that was told."""
    log, at = logging.getLogger("story"), datetime.now(UTC)
    log.setLevel(logging.INFO)
    teller = Teller(log)
    asked: dict[str, Any] = {"at": at, "run": "r7", "author": "lab", "stop": 1, "meaning": ""}
    for name, took_s, code, killed in (("web", 0.31, 0, False), ("db", 3.04, 137, True), ("old", None, None, None)):
        event = StopFinished(**asked, target=f"r7.{name}", took_s=took_s, exit_code=code, killed=killed)
        teller.on_event(1, event)
    teller.on_event(2, StopFinished(**asked, target="r7.far", took_s=1.0, exit_code=None, killed=None))
    assert caplog.messages == [
        "run r7  web: stopped in 0.3 s, exit code 0",
        "run r7  db: stopped in 3.0 s by SIGKILL, exit code 137",
        "run r7  old: stopped",
        "run r7  far: stopped in 1.0 s, exit code unknown",
    ]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_colours_are_for_terminals_that_want_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert bold("x", Terminal()) == "\x1b[1mx\x1b[0m"
    assert bold("x", io.StringIO()) == "x"
    assert story_on(Terminal()) == "\x1b[33mkernel   none: \\x1b[31m\x1b[0m\nsandbox  possible\n"
    assert story_on(io.StringIO()) == "kernel   none: \\x1b[31m\nsandbox  possible\n"
    monkeypatch.setenv("NO_COLOR", "1")
    assert bold("x", Terminal()) == "x"
    assert "\x1b" not in story_on(Terminal())


def story_on(out: io.StringIO) -> str:
    """What is missing, and what is not; a colour that the text brings is no colour."""
    with logging_to(out, "info", "text") as story:
        story.info("kernel   none: %s", "\x1b[31m", extra={"tone": "missing"})
        story.info("sandbox  possible", extra={"tone": ""})
    return re.sub(r"\d\d:\d\d:\d\d  ", "", out.getvalue())


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
