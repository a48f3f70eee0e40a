"""`signal-lab serve` as a person runs it: what it prints, and above all how it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from app import __version__
from tests.killable import killable
from tests.support import TOKEN, EventReader, commit, is_alive, kind, prints, until

pytestmark = pytest.mark.whole
LAB = str(Path(sys.executable).parent / "signal-lab")
BEARER = {"authorization": f"Bearer {TOKEN}"}


def run(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LAB, *words], capture_output=True, text=True, check=False, env={**os.environ, **env}, timeout=30
    )


@contextmanager
def serving(
    data: Path, *words: str, prefix: tuple[str, ...] = (), **env: str
) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """The server's process, and its driver and viewer links."""
    full = {**os.environ, "SIGNAL_LAB_TOKEN": TOKEN, "DOCKER_HOST": f"unix://{data}/none.sock", **env}
    command = [*prefix, LAB, "serve", "--port", "0", "--data", str(data), *words]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=full)
    try:
        assert server.stdout is not None
        head, drive, watch = (server.stdout.readline() for _ in range(3))
        assert head == "Signal Lab\n", server.communicate()
        yield server, drive.split()[1], watch.split()[1]
    finally:
        if server.poll() is None:
            server.kill()
        server.communicate()


def base(link: str) -> str:
    return re.sub(r"/(enter|watch)/.*", "", link)


def test_help_and_version() -> None:
    said = run("--version").stdout
    assert said in (f"signal-lab {__version__} (commit {commit()}{more})\n" for more in ("", " and changes"))
    assert "signal-lab serve" in run("--help").stdout
    words = run("serve", "--help", COLUMNS="200", TERM="dumb").stdout
    for flag in ("--host", "--port", "--data", "--token-file", "--open", "--no-open", "--public-url", "--log-level"):
        assert flag in words, flag


def test_a_port_that_is_taken_is_one_line_and_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = run("serve", "--port", str(taken.getsockname()[1]), "--data", str(tmp_path))
    assert said.returncode == 1
    assert "Address already in use" in said.stderr
    assert "--port 0" in said.stderr
    assert "Traceback" not in said.stderr


def test_a_data_folder_that_is_not_to_be_had_is_one_line_and_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with killable(tmp_path / "data") as other:
        told = f"another lab uses {tmp_path}/data (server {other.pid}, {other.url})"
        for data, why in (("data", told), ("file", "File exists"), ("file/x", "Not a directory")):
            said = run("serve", "--port", "0", "--data", str(tmp_path / data))
            assert said.returncode == 1
            assert said.stdout == "", "no link leads anywhere"
            assert why in said.stderr
            assert "--data" in said.stderr
            assert "Traceback" not in said.stderr


def test_bad_settings_are_named(tmp_path: Path) -> None:
    said = run("serve", "--port", "99999", "--data", str(tmp_path))
    assert said.returncode == 2
    assert "port" in said.stderr
    assert "Traceback" not in said.stderr


def test_a_program_can_ask_for_links(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as (_, drive, _watch):
        port = base(drive).rsplit(":")[-1]
        for role, door in (("driver", "enter"), ("viewer", "watch")):
            said = run("link", "--role", role, "--port", port, "--json", SIGNAL_LAB_TOKEN=TOKEN)
            assert json.loads(said.stdout)["url"].startswith(f"{base(drive)}/{door}/"), said
        wrong = run("link", "--port", port, SIGNAL_LAB_TOKEN="wrong")
        assert (wrong.returncode, "Traceback" in wrong.stderr) == (1, False)
    gone = run("link", "--port", port, SIGNAL_LAB_TOKEN=TOKEN)
    assert gone.returncode == 3
    assert "no lab answers" in gone.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_it_ends_its_targets_its_readers_and_itself(number: signal.Signals, tmp_path: Path) -> None:
    with serving(tmp_path / "data") as (server, drive, _), httpx.Client(base_url=base(drive), headers=BEARER) as client:
        script = "trap '' TERM HUP INT; setsid sleep 631 & echo child $!; while :; do sleep 632; done"
        reply = client.post("/api/v1/runs", json={"host": "process", "command": ["bash", "-c", script]})
        with client.stream("GET", "/api/v1/events", timeout=15) as response:
            events = EventReader(response)
            child = int(events.until(prints("child"))["text"].split()[1])
            root = events.until(kind("target_started"))["pid"]
            server.send_signal(number)
            last = list(events)[-1]
        assert (last["kind"], last["run"], last["reason"]) == ("run_finished", reply.json()["run"], "lab_stopped")
        # Killed by SIGTERM or ended as an interrupted shell command: what a supervisor and a shell expect.
        assert server.wait(10) == {signal.SIGTERM: -signal.SIGTERM, signal.SIGINT: 130}[number]
        assert server.stderr is not None
        assert server.stderr.read() == ""
        until(lambda: not is_alive(child) and not is_alive(root))


def test_a_second_start_remembers_runs_and_closes_what_was_open(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as (server, drive, _), httpx.Client(base_url=base(drive), headers=BEARER) as client:
        client.post("/api/v1/runs", json={"experiment": "catch-all"})
        with client.stream("GET", "/api/v1/events", timeout=15) as response:
            pid = EventReader(response).until(kind("target_started"))["pid"]
        server.kill()
        until(lambda: not is_alive(pid))
    with serving(tmp_path / "data") as (_, drive, _), httpx.Client(base_url=base(drive), headers=BEARER) as client:
        (facts,) = client.get("/api/v1/runs").json()["runs"]
        assert (facts["run"], facts["status"], facts["reason"]) == ("r1", "finished", "lab_was_gone")
        assert client.post("/api/v1/runs", json={"experiment": "catch-all"}).json()["run"] == "r2"
        gone = client.post("/api/v1/targets/r1.script/signals", json={"signal": "USR1"})
        assert (gone.status_code, gone.json()["code"]) == (409, "already_gone")


@pytest.mark.long  # tests/hostile/test_inherited.py has more of it
@pytest.mark.parametrize(
    "prefix", [("nohup",), ("bash", "-c", "trap '' INT QUIT HUP; \"$@\"", "bash")], ids=["nohup", "background"]
)
def test_targets_are_the_same_however_the_server_was_started(prefix: tuple[str, ...], tmp_path: Path) -> None:
    with (
        serving(tmp_path / "data", prefix=prefix) as (_, drive, _),
        httpx.Client(base_url=base(drive), headers=BEARER) as client,
    ):
        target = client.post("/api/v1/runs", json={"experiment": "catch-all"}).json()["targets"][0]["id"]
        with client.stream("GET", "/api/v1/events", timeout=15) as response:
            events = EventReader(response)
            events.until(prints("ready"))
            for name in ("HUP", "QUIT", "INT"):
                client.post(f"/api/v1/targets/{target}/signals", json={"signal": name})
                events.next(prints(name))


def test_the_token_is_in_no_output_and_no_process_list(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--log-level", "debug") as (server, drive, _):
        httpx.get(f"{base(drive)}/api/v1/health", headers=BEARER)
        code = drive.rsplit("/")[-1]
        httpx.get(drive)
        assert TOKEN not in Path(f"/proc/{server.pid}/cmdline").read_text()
        server.terminate()
        _, err = server.communicate(timeout=15)
        assert TOKEN not in err
        assert code not in err


def test_a_token_is_no_word_of_the_command_line(tmp_path: Path) -> None:
    said = run("serve", "--port", "0", "--data", str(tmp_path / "data"), "--token", "hunter2")
    assert (said.returncode, said.stdout) == (2, "")
    assert "--token-file" in said.stderr
    assert "SIGNAL_LAB_TOKEN" in said.stderr
    assert "hunter2" not in said.stderr
    kept = tmp_path / "a-token"
    kept.write_text(f"{TOKEN}\n")
    with serving(tmp_path / "data", "--token-file", str(kept), SIGNAL_LAB_TOKEN="another") as (server, drive, _):
        assert httpx.get(f"{base(drive)}/api/v1/health", headers=BEARER).json()["role"] == "driver"
        assert TOKEN not in Path(f"/proc/{server.pid}/cmdline").read_text()
    for text, why in (("", "it is empty"), (None, "No such file")):
        kept.write_text(text) if text is not None else kept.unlink()
        said = run("serve", "--port", "0", "--data", str(tmp_path / "data"), "--token-file", str(kept))
        assert said.returncode == 1
        assert why in said.stderr
        assert "Traceback" not in said.stderr


def test_nothing_leaks(tmp_path: Path) -> None:
    """Threads, descriptors and children of the server are what they were, after 20 targets came and went."""

    def owned(pid: int) -> tuple[int, int, int]:
        threads = len(list(Path(f"/proc/{pid}/task").iterdir()))
        files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
        children = sum(len((task / "children").read_text().split()) for task in Path(f"/proc/{pid}/task").iterdir())
        return threads, files, children

    def once(url: str) -> None:
        with httpx.Client(base_url=url, headers=BEARER) as client:
            started = client.post("/api/v1/runs", json={"experiment": "catch-all"}).json()
            with client.stream("GET", "/api/v1/events", params={"run": started["run"]}, timeout=15) as response:
                events = EventReader(response)
                events.until(prints("ready"))
                client.post(f"/api/v1/targets/{started['targets'][0]['id']}/stop", json={"timeout_s": 0})
                events.until(kind("run_finished"))

    with serving(tmp_path / "data") as (server, drive, _):
        once(base(drive))  # what is made once (threads of the pools) is there now
        until(lambda: owned(server.pid)[2] == 0)
        before = owned(server.pid)
        for _ in range(20):
            once(base(drive))
        until(
            lambda: owned(server.pid)[1] <= before[1] and owned(server.pid)[2] == 0,
            what=f"descriptors and children as before ({before})",
        )
        # The pools' idle threads may differ by a few; one thread a target would be 20.
        assert owned(server.pid)[0] <= before[0] + 4
