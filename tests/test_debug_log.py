"""``--log-level debug`` shows what the lab does at its borders, and no secret."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import Person, kind, prints, running_lab

SECRET = "hunter2-4711"
BORDERS = "signal_lab"


def said(caplog: pytest.LogCaptureFixture) -> Callable[[str], bool]:
    return lambda words: any(words in record.getMessage() for record in caplog.records)


@pytest.mark.whole
def test_a_local_target_from_its_keeper_to_its_end(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, BORDERS), running_lab(tmp_path) as lab, lab.person() as driver:
        command = ("sh", "-c", "echo ready; read x", "sh", f"--password={SECRET}")
        run, target = driver.command(*command, env={"TOKEN": SECRET})
        with driver.events(run=run) as events:
            events.until(prints("ready"))
            driver.post(f"/targets/{target}/signals", {"signal": "TERM"})
            events.until(kind("run_finished"))
    told = said(caplog)
    for words in (
        *("of r1.main: sh -c", "--password=•••", "is told to start", "says {'event': 'started'"),
        *("kernel: signal 15 to", "says {'event': 'exited'", "ends what is left"),
        *("trace: follows r1.main", "trace: has said its last word on r1.main"),
    ):
        assert told(words), words
    assert SECRET not in caplog.text


@pytest.mark.whole
@pytest.mark.engine
def test_a_container_from_its_creation_to_its_removal(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, BORDERS), running_lab(tmp_path) as lab, lab.person() as driver:
        stop_one(driver)
    told = said(caplog)
    for words in (
        *("engine: Docker", "engine: follows its events", "engine: POST", "/containers/create: 201"),
        *(
            "waits beside the server",
            "engine: says start",
            "stop of r1.main with SIGTERM and 1 s, by the engine",
        ),
        *("engine: says die", "r1.main has ended with", "is let go: nothing is left to remove"),
    ):
        assert told(words), words
    assert SECRET not in caplog.text


def stop_one(driver: Person) -> None:
    body = {
        "host": "container",
        "image": "base",
        "command": ["sh", "-c", "trap 'exit 3' TERM; echo ready; while :; do read -t 0.2 x; done", f"--token={SECRET}"],
        "options": {"env": {"TOKEN": SECRET}, "stdin_open": True},
    }
    reply = driver.post("/runs", body)
    assert reply.status_code == 201, reply.text
    run, target = reply.json()["run"], reply.json()["targets"][0]["id"]
    with driver.events(run=run) as events:
        events.until(prints("ready"))
        driver.post(f"/targets/{target}/stop", {"timeout_s": 1})
        events.until(kind("run_finished"))
