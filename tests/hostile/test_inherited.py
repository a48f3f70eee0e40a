"""Targets are the same however the server was started: what it inherits of signals, masks and limits is not theirs."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

import tests.killable
from tests.killable import killable
from tests.support import TOKEN, Person, kind, prints

pytestmark = [pytest.mark.whole, pytest.mark.timeout(120)]
PYTHON = "import os, signal, sys\n{}\nos.execvp(sys.argv[1], sys.argv[1:])"


def by_python(*lines: str) -> tuple[str, ...]:
    return (sys.executable, "-I", "-c", PYTHON.format("\n".join(lines)))


IGNORE = "signal.signal(signal.{0}, signal.SIG_IGN)".format
BLOCK = "signal.pthread_sigmask(signal.SIG_BLOCK, {{{0}}})".format
CRON = ("HOME=/tmp", "LOGNAME=x", "SHELL=/bin/sh", "PATH=/usr/bin:/bin", f"SIGNAL_LAB_TOKEN={TOKEN}")
WAYS: dict[str, tuple[str, ...]] = {
    "plain": (),
    "nohup": ("nohup",),
    # systemd.exec(5): IgnoreSIGPIPE=yes by default; no terminal; a session of its own
    "as a service of systemd": by_python(IGNORE("SIGPIPE"), "os.setsid()"),
    "as a job of cron": ("env", "-i", *CRON, "setsid"),
    "with signals blocked": by_python(BLOCK("signal.SIGUSR1, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD")),
    "with all ignored": by_python(*(IGNORE(name) for name in ("SIGHUP", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGCHLD"))),
    "with a narrow umask and few files": by_python(
        "import resource", "os.umask(0o777 & 0o077)", "resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))"
    ),
}
SHOW = "grep -E '^Sig(Blk|Ign|Cgt)' /proc/self/status | tr '\\n\\t' '; '; echo; trap 'echo got HUP' HUP; echo ready; "


def inherited(person: Person, host: str) -> tuple[str, list[str]]:
    """What a target says of its own masks, and whether signals that a starter may have ignored reach it."""
    script = SHOW + "while :; do sleep 0.05; done"
    made = person.post("/runs", {"host": host, "command": ["bash", "-c", script]})
    assert made.status_code == 201, made.text
    run, target = made.json()["run"], made.json()["targets"][0]["id"]
    with person.events(run=run) as events:
        events.until(prints("ready"))
        printed = "".join(event["text"] for event in events.seen if event["kind"] == "output")
        masks = next(line for line in printed.replace("\r", "").split("\n") if line.startswith("SigBlk"))
        person.post(f"/targets/{target}/signals", {"signal": "HUP"})
        events.until(prints("got HUP"))
        person.post(f"/targets/{target}/signals", {"signal": "USR1" if host == "process" else "KILL"})
        over = events.until(kind("target_exited"))
    return masks, [over["cause"], over.get("signal", "")]


def told(way: str, folder: Path) -> dict[str, object]:
    lab = (*WAYS[way], tests.killable.LAB)
    data = folder / way.replace(" ", "-")
    with killable(data, lab=lab, DOCKER_HOST="unix:///nonexistent") as server, server.person() as person:
        return {host: inherited(person, host) for host in ("process", "sandbox")}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    return told("plain", tmp_path_factory.mktemp("plain"))


USUAL = ("as a service of systemd", "with signals blocked", "with all ignored")
OTHERS = [way for way in WAYS if way not in ("plain", *USUAL)]


@pytest.mark.parametrize("way", [*USUAL, *(pytest.param(way, marks=pytest.mark.long) for way in OTHERS)])
def test_targets_behave_as_under_a_plain_start(way: str, plain: dict[str, object], tmp_path: Path) -> None:
    assert told(way, tmp_path) == plain


def test_the_lab_is_told_what_its_own_helpers_come_to(tmp_path: Path) -> None:
    """Where SIGCHLD is ignored the kernel reaps them first, and asyncio would say 255 of each."""
    lab = (*by_python(IGNORE("SIGCHLD")), tests.killable.LAB)
    with killable(tmp_path / "data", lab=lab, DOCKER_HOST="unix:///nonexistent") as server, server.person() as person:
        script = "trap 'echo heard' USR1; echo ready; while :; do sleep 0.05; done"
        made = person.post("/runs", {"host": "sandbox", "command": ["bash", "-c", script]}).json()
        with person.events(run=made["run"]) as events:
            events.until(prints("ready"))
            sent = person.post(f"/targets/{made['targets'][0]['id']}/signals", {"signal": "USR1", "from": "inside"})
            assert sent.status_code == 202, sent.text
            events.until(prints("heard"))


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_what_ends_the_lab_is_heard_though_its_starter_had_blocked_it(name: str, tmp_path: Path) -> None:
    lab = (*by_python(BLOCK(f"signal.{name}")), tests.killable.LAB)
    with killable(tmp_path / "data", lab=lab, DOCKER_HOST="unix:///nonexistent") as server:
        os.kill(server.pid, getattr(signal, name))
        code, said = server.wait(60)
        assert code == (130 if name == "SIGINT" else -getattr(signal, name)), said


def test_also_in_the_background_of_a_shell(plain: dict[str, object], tmp_path: Path) -> None:
    """With what POSIX says that a shell without job control does to what it starts with &: INT and QUIT are ignored."""
    ignored = by_python(IGNORE("SIGINT"), IGNORE("SIGQUIT"))
    with killable(tmp_path / "data", lab=(*ignored, tests.killable.LAB), DOCKER_HOST="unix:///nonexistent") as server:
        status = Path(f"/proc/{server.pid}/status").read_text()
        assert int(next(line for line in status.splitlines() if line.startswith("SigIgn")).split()[1], 16) & 0b100
        with server.person() as person:
            assert {host: inherited(person, host) for host in ("process", "sandbox")} == plain
