"""The keeper, through the host that uses it and with a server that is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.resources import PACKAGE
from tests.support import Person, is_alive, kind, prints, until

KEEPER = str(PACKAGE / "hosts" / "local" / "keeper.py")
# What a server does to start a keeper, and then waits to be killed.
SERVER = """
import os, subprocess, sys
control, held = os.pipe(); report, said = os.pipe()
os.write(held, b"start\\n")
words = [sys.executable, "-S", "-E", "-s", sys.argv[1], str(control), str(said), "process", "--", *sys.argv[2:]]
subprocess.Popen(words, pass_fds=(control, said), start_new_session=True)
os.close(said)
while data := os.read(report, 4096):
    sys.stdout.write(data.decode()); sys.stdout.flush()
"""


def start_server(*command: str, prefix: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*prefix, sys.executable, "-c", SERVER, KEEPER, *command], stdout=subprocess.PIPE, text=True
    )


def lines(server: subprocess.Popen[str]) -> dict[str, object]:
    assert server.stdout is not None
    said: dict[str, object] = json.loads(server.stdout.readline())
    return said


SLEEPERS = {
    "child": "sleep 600 & echo $! >> {pids}",
    "setsid": "setsid sleep 601 & echo $! >> {pids}",
    "nohup": "nohup sleep 602 >/dev/null 2>&1 & echo $! >> {pids}",
    "deaf": "bash -c \"trap '' HUP TERM INT; while :; do sleep 603; done\" & echo $! >> {pids}",
    "daemon": "(setsid bash -c 'echo $BASHPID >> {pids}; exec sleep 604' &) ",
    "stopped": "sleep 605 & echo $! >> {pids}; kill -STOP $!",
}


@pytest.mark.parametrize("sleeper", SLEEPERS)
def test_when_the_server_is_killed_nothing_of_the_target_is_left(sleeper: str, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    script = SLEEPERS[sleeper].format(pids=pids) + f"; echo $$ >> {pids}; touch {tmp_path}/ready; sleep 606"
    server = start_server("bash", "-c", script)
    try:
        root = lines(server)["pid"]
        until(lambda: (tmp_path / "ready").exists() and len(pids.read_text().split()) == 2)
        started = [int(pid) for pid in pids.read_text().split()]
        assert root in started
        assert all(is_alive(pid) for pid in started)
    finally:
        server.kill()
        server.communicate()
    until(lambda: not any(is_alive(pid) for pid in started), what="every descendant is gone")


def test_a_fork_loop_loses(tmp_path: Path) -> None:
    sleep = f"sleep 607.{os.getpid()}"  # nobody else's on this machine
    loops = f"for i in $(seq 200); do (setsid {sleep} &) ; done; while :; do (sleep 0.01 &); done"
    server = start_server("bash", "-c", f"touch {tmp_path}/ready; {loops}")
    root = lines(server)["pid"]
    assert isinstance(root, int)
    until((tmp_path / "ready").exists)
    server.kill()
    server.communicate()
    until(lambda: not is_alive(root), what="the loop is gone")

    def sleepers() -> int:
        listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
        return listed.splitlines().count(sleep)

    until(lambda: sleepers() == 0, what="all that it forked is gone")


# Whoever started the server may have had the C library's own two ignored as well: seen under make in a background job.
RESERVED = """
import ctypes, os, sys
sys.path[:0] = [sys.argv[1]]
import keeper
action = ctypes.create_string_buffer(64)
action[0] = 1  # SIG_IGN
for number in (32, 33):
    ctypes.CDLL(None).syscall(keeper.RT_SIGACTION[os.uname().machine], number, action, None, ctypes.c_size_t(8))
os.execvp(sys.argv[2], sys.argv[2:])
"""


@pytest.mark.parametrize(
    "prefix",
    [
        ("nohup",),
        (sys.executable, "-c", RESERVED, str(PACKAGE / "hosts" / "local")),
        ("bash", "-c", "trap '' HUP INT QUIT USR1 PIPE; exec \"$@\"", "bash"),
        ("env", "--ignore-signal=TERM,WINCH", "--block-signal=USR2,TERM"),
    ],
    ids=["nohup", "reserved", "ignored", "blocked"],
)
def test_a_target_starts_with_every_signal_as_new(prefix: tuple[str, ...], tmp_path: Path) -> None:
    out = tmp_path / "status"
    server = start_server(
        "bash", "-c", f"grep Sig /proc/self/status > {out}.new; mv {out}.new {out}; sleep 600", prefix=prefix
    )
    try:
        lines(server)
        until(out.exists)
        masks = dict(line.split(":\t") for line in out.read_text().splitlines())
        assert int(masks["SigIgn"], 16) == 0
        assert int(masks["SigBlk"], 16) == 0
    finally:
        server.kill()
        server.communicate()


def test_how_a_target_ended_is_its_wait_status() -> None:
    for script, code, number in (("exit 7", 7, None), ("kill -TERM $$", None, signal.SIGTERM)):
        server = start_server("bash", "-c", script)
        started, exited, empty = lines(server), lines(server), lines(server)
        server.communicate()
        assert (started["event"], exited["event"], empty["event"]) == ("started", "exited", "empty")
        assert (exited["exit_code"], exited["signal"], exited["pid"]) == (code, number, started["pid"])


def test_a_command_that_cannot_be_executed_says_why() -> None:
    server = start_server("./no/such/file")
    said = lines(server)
    server.communicate()
    assert (said["event"], said["error"], said["argv0"]) == ("failed", "No such file or directory", "./no/such/file")


def test_a_target_has_three_descriptors_and_a_terminal(driver: Person) -> None:
    script = "open=(/proc/$$/fd/*); echo ${#open[@]}; tty; set -m; echo job control; read"
    run, target = driver.command("bash", "-c", script)
    with driver.events(run=run) as events:
        events.until(prints("job control"))
        said = "".join(event["text"] for event in events.seen if event["kind"] == "output").split("\r\n")
        assert said[0] == "4"  # the three, and the folder that is being read
        assert said[1].startswith("/dev/pts/")
        assert "no job control" not in "".join(said)
        driver.post(f"/targets/{target}/input", {"data": "\n"})
        assert events.until(kind("target_exited"))["exit_code"] == 0


def test_the_keeper_itself_cannot_be_signalled_away(driver: Person) -> None:
    run, target = driver.command(
        "bash", "-c", "echo ready; kill -TERM $PPID; kill -HUP $PPID; kill -INT $PPID; echo sent; read"
    )
    with driver.events(run=run) as events:
        events.until(prints("sent"))
        driver.post(f"/targets/{target}/stop", {"timeout_s": 5})
        finished = events.until(kind("stop_finished"))
    assert (finished["exit_code"], finished["killed"]) == (143, False)


def test_what_outlives_the_root_ends_with_the_run(driver: Person) -> None:
    run, _ = driver.command("bash", "-c", "setsid sleep 620 & echo child $!")
    with driver.events(run=run) as events:
        said = events.until(prints("child"))["text"]
        events.until(kind("run_finished"))
    child = int(said.split("child ")[1].split()[0])
    until(lambda: not is_alive(child))
    assert os.getpid() != child
