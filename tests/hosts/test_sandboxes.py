"""PID 1 without Docker: what the kernel does for it, who may make one, and that nothing of it is left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.hosts.sandbox_trial import forbidden
from app.resources import PACKAGE
from tests.support import EventReader, Person, is_alive, kind, prints, until

ROOT = PACKAGE.parent
LAB = str(Path(sys.executable).parent / "signal-lab")
READY = "trap 'echo INT' INT; trap 'echo HUP; exit 3' HUP; echo ready; while :; do sleep 600 & wait $!; done"
# As `nobody`, with what it needs to run this checkout.
AS_NOBODY = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups")


@contextmanager
def box(driver: Person, *command: str) -> Iterator[tuple[str, EventReader]]:
    """A sandbox, and the events of its run; it has started."""
    reply = driver.post("/runs", {"host": "sandbox", "command": command})
    assert reply.status_code == 201, reply.text
    with driver.events(run=reply.json()["run"]) as events:
        events.until(kind("target_started"))
        yield reply.json()["targets"][0]["id"], events


def test_its_root_is_pid_1_with_a_proc_and_a_session_of_its_own(driver: Person) -> None:
    script = "echo I am $$, and see $(ls -d /proc/[0-9]* | wc -l); ps -o sid= -p $$; cat /proc/self/uid_map; sleep 600"
    with box(driver, "bash", "-c", script) as (_, events):
        assert "/bin/bash" not in events.until(kind("target_started"))["equivalent"]
        assert events.until(kind("target_started"))["equivalent"].startswith("unshare --user --map-root-user --pid")
        events.until(prints("I am 1, and see"))
        row = events.until(lambda event: event["kind"].startswith("process_") and event.get("ns_pid") == 1)
        assert row["is_init"] is True
        appeared = [event for event in events.seen if event["kind"] == "process_appeared"]
        assert {event["comm"] for event in appeared} <= {"bash", "sleep", "ls", "wc", "ps", "cat"}, "and no wrapper"


def test_what_pid_1_does_not_handle_is_dropped_and_what_it_handles_is_not(driver: Person) -> None:
    with box(driver, "bash", "-c", READY) as (target, events):
        events.until(prints("ready"))
        assert driver.post(f"/targets/{target}/signals", {"signal": "TERM"}).status_code == 202
        assert driver.post(f"/targets/{target}/signals", {"signal": "KILL", "from": "inside"}).status_code == 202
        assert (
            driver.post(f"/targets/{target}/signals", {"signal": "KILL", "from": "inside", "pid": 1}).status_code == 202
        )
        assert driver.post(f"/targets/{target}/signals", {"signal": "INT", "from": "inside"}).status_code == 202
        events.until(prints("INT"))
        assert driver.post(f"/targets/{target}/signals", {"signal": "KILL"}).status_code == 202
        ended = events.until(kind("target_exited"))
        assert (ended["exit_code"], ended["signal"], ended["cause"]) == (137, "SIGKILL", "killed")
        assert not [event for event in events.seen if event["kind"] == "target_exited" and event is not ended]


def test_the_keys_of_the_terminal_reach_pid_1(driver: Person) -> None:
    quits = "trap 'echo QUIT; exit 4' QUIT; " + READY
    with box(driver, "bash", "-c", quits) as (target, events):
        events.until(prints("ready"))
        driver.post(f"/targets/{target}/input", {"data": "\u0003"})
        events.until(prints("INT"))
        driver.post(f"/targets/{target}/input", {"data": "\u001c"})
        events.until(prints("QUIT"))
        assert events.until(kind("target_exited"))["exit_code"] == 4


def test_the_end_of_pid_1_is_told_as_it_was_and_takes_all_along(driver: Person) -> None:
    for script, code in (("exit 0", 0), ("exit 7", 7), ("sleep 600 & sleep 601 & exit 5", 5)):
        with box(driver, "bash", "-c", script) as (_, events):
            ended = events.until(kind("target_exited"))
            assert (ended["exit_code"], ended["cause"]) == (code, "exited")
            assert events.until(kind("run_finished"))["reason"] == "ended"


def test_a_command_that_is_not_there_fails_as_any_other(driver: Person) -> None:
    reply = driver.post("/runs", {"host": "sandbox", "command": ["no-such-program"]})
    with driver.events(run=reply.json()["run"]) as events:
        over = events.until(kind("run_finished"))
    assert (over["reason"], over["error"]) == ("failed", "cannot start no-such-program: No such file or directory")


def test_signals_that_the_server_ignores_are_not_ignored_inside(tmp_path: Path) -> None:
    """Under nohup a shell could not trap HUP."""
    said = keeper("bash", "-c", "trap 'exit 3' HUP; kill -HUP $$; sleep 1; exit 9", prefix=("nohup",))
    assert [each.get("exit_code") for each in said if each["event"] == "exited"] == [3]


def test_when_the_server_is_killed_the_sandbox_goes(tmp_path: Path) -> None:
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(PACKAGE / "keeper.py"), "bash", "-c", "setsid sleep 611 & sleep 612"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    root = int(json.loads(server.stdout.readline())["pid"])
    until(lambda: len(children(root)) == 2, what="both sleeps are there")
    held = [root, *children(root)]
    server.kill()
    server.communicate()
    until(lambda: not any(map(is_alive, held)), what="all of it is gone")


def test_an_ordinary_user_may_have_one_too(tmp_path: Path) -> None:
    said = keeper("bash", "-c", "kill -TERM $$; kill -KILL $$; id -u > /dev/tty; exit $$", prefix=AS_NOBODY)
    (ended,) = [each for each in said if each["event"] == "exited"]
    assert ended["exit_code"] == 1, "it is PID 1, and neither TERM nor KILL from inside has ended it"


def test_where_user_namespaces_are_forbidden_it_is_said(tmp_path: Path) -> None:
    """A machine like that is made with a user namespace in which no further one is allowed."""
    script = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'
    prefix = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh")
    code = "import anyio; from app.hosts.sandbox_trial import try_one; e = anyio.run(try_one); print(e.code, e, e.hint)"
    done = subprocess.run([*prefix, sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.startswith("not_possible a sandbox cannot be made here: user namespaces are turned off")
    assert "sysctl user.max_user_namespaces" in done.stdout


def test_a_proc_that_is_masked_is_told_apart_from_forbidden_namespaces() -> None:
    said = forbidden("mount /proc", "Operation not permitted")
    assert "Parts of /proc are hidden" in str(said)
    assert "systempaths=unconfined" in said.hint


# What a server does to start a keeper for a sandbox, and then waits to be killed.
SERVER = """
import os, subprocess, sys
control, held = os.pipe(); report, said = os.pipe()
words = [sys.executable, "-S", "-I", sys.argv[1], str(control), str(said), "sandbox", "--", *sys.argv[2:]]
subprocess.Popen(words, pass_fds=(control, said), start_new_session=True)
os.close(said)
while data := os.read(report, 4096):
    sys.stdout.write(data.decode()); sys.stdout.flush()
"""


def keeper(*command: str, prefix: tuple[str, ...] = ()) -> list[dict[str, object]]:
    """All that the keeper of a sandbox reports, until it ends."""
    done = subprocess.run(
        [*prefix, "/usr/bin/env", "python3", "-c", SERVER, str(PACKAGE / "keeper.py"), *command],
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
        cwd="/",
        env={**os.environ, "PATH": "/usr/local/bin:/usr/bin:/bin"},
    )
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def children(pid: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def test_a_stop_kills_pid_1_after_its_time(driver: Person) -> None:
    with box(driver, "sleep", "600") as (target, events):
        assert driver.post(f"/targets/{target}/stop", {"timeout_s": 1}).status_code == 202
        over = events.until(kind("stop_finished"))
        assert (over["killed"], over["exit_code"]) == (True, 137)
        assert 1 <= over["took_s"] < 5


def test_a_group_cannot_be_reached_from_inside(driver: Person) -> None:
    """There ``kill -- -1`` would mean everybody."""
    with box(driver, "sleep", "600") as (target, _):
        asked = {"signal": "TERM", "from": "inside", "group": True}
        refused = driver.post(f"/targets/{target}/signals", asked)
        assert (refused.status_code, refused.json()["code"]) == (422, "not_applicable")
