"""PID 1 without Docker: what the kernel does for it, who may make one, and that nothing of it is left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.events import AnyEvent
from app.hosts.base import ProcessOptions, Ran, Spec
from app.hosts.local.host import running_processes
from app.hosts.local.sandbox import SandboxesHost
from app.resources import PACKAGE
from app.targets import Target
from tests.support import EventReader, Person, is_alive, kind, prints, until

pytestmark = pytest.mark.whole
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


def test_a_signal_from_inside_to_the_group_of_pid_1_reaches_that_and_no_other(driver: Person) -> None:
    """To kill(2) -1 is not group 1 but everybody except PID 1."""
    loop = "while :; do sleep 600 & wait $!; done"
    scripts = {
        "child": f"trap 'echo child heard' USR1; echo child ready; {loop}",
        "other": f"trap 'echo other heard' USR1; trap 'echo other asked' USR2; echo other ready as $$.; {loop}",
        "root": f'trap \'echo root heard\' USR1; bash -c "$CHILD" & setsid bash -c "$OTHER" & {loop}',
    }
    env = {"CHILD": scripts["child"], "OTHER": scripts["other"]}
    body = {"host": "sandbox", "command": ["bash", "-c", scripts["root"]], "options": {"env": env}}
    with driver.events(run=(reply := driver.post("/runs", body).json())["run"]) as events:
        signals = f"/targets/{reply['targets'][0]['id']}/signals"
        events.until(prints("child ready"))
        events.until(prints("."))
        printed = "".join(event["text"] for event in events.seen if event["kind"] == "output")
        assert driver.post(signals, {"signal": "USR1", "group": True, "from": "inside"}).status_code == 202
        events.until(prints("root heard"))
        events.until(prints("child heard"))
        other = int(printed.partition("other ready as ")[2].partition(".")[0])
        asked = {"signal": "USR2", "group": True, "from": "inside", "pid": other}
        assert driver.post(signals, asked).status_code == 202
        events.until(prints("other asked"))
        assert not [event for event in events.seen if prints("other heard")(event)]


@pytest.mark.anyio
async def test_a_command_in_it_sees_its_processes_from_its_working_directory() -> None:
    async def record(_event: AnyEvent, /) -> int:
        return 0

    spec = Spec(host="sandbox", command=("sleep", "600"), process=ProcessOptions(cwd="/usr/share"))
    async with running_processes(record, host=SandboxesHost) as host:
        handle = await host.start(Target("run", "box", "sandbox"), spec)
        try:
            ran = await handle.run(("sh", "-c", "pwd; cat /proc/1/comm; sleep 646 & exit 7"))
            assert ran == Ran(7, "/usr/share\nsleep\n")
            left = [each for each in await handle.processes() or [] if each.argv == ("sleep", "646")]
            assert [each.ns_pid > 1 for each in left] == [True], "what is left behind is the sandbox's"
        finally:
            await handle.close()
    assert not is_alive(left[0].pid), "and ends with it"


@pytest.mark.parametrize(
    "prefix",
    [("nohup",), ("env", "--ignore-signal=HUP,TERM,WINCH", "--block-signal=USR2,TERM")],
    ids=["nohup", "ignored and blocked"],
)
def test_signals_that_the_server_ignores_are_as_new_inside(prefix: tuple[str, ...]) -> None:
    """Under nohup a shell could not trap HUP."""
    script = "trap 'exit 3' HUP; grep -E 'Sig(Ign|Blk):.*[1-9a-f]' /proc/self/status && exit 8; kill -HUP $$; exit 9"
    assert end(keeper("bash", "-c", script, prefix=prefix))["exit_code"] == 3


def test_a_hang_up_of_the_terminal_reaches_pid_1() -> None:
    master, slave = os.openpty()
    server = start_server(
        "bash", "-c", "trap 'exit 3' HUP; echo ready; while :; do sleep 600 & wait $!; done", tty=slave
    )
    os.close(slave)
    said = b""
    while b"ready" not in said:
        said += os.read(master, 100)
    os.close(master)
    assert end(all_of(server))["exit_code"] == 3


@pytest.mark.parametrize("whom", ["server", "keeper"])
def test_when_the_server_or_the_keeper_is_killed_the_sandbox_goes(whom: str) -> None:
    """PID 1 ignores what it does not handle, so no hang-up would do."""
    server = start_server("bash", "-c", "trap '' HUP; setsid sleep 611 & sleep 612")
    try:
        root = started(server)
        until(lambda: len(children(root)) == 2, what="both sleeps are there")
        held = [root, *children(root)]
        os.kill(server.pid if whom == "server" else parent(root), signal.SIGKILL)
        until(lambda: not any(map(is_alive, held)), what="all of it is gone")
    finally:
        server.kill()
        server.communicate()


def test_an_ordinary_user_may_have_one_too() -> None:
    said = keeper("bash", "-c", "kill -TERM $$; kill -KILL $$; exit $$", prefix=AS_NOBODY)
    assert end(said)["exit_code"] == 1, "it is PID 1, and neither TERM nor KILL from inside has ended it"


def test_an_ordinary_user_signals_it_from_inside_and_from_outside() -> None:
    def kill(name: str, *, inside: bool) -> None:
        join = ("nsenter", "-t", str(root), "--user", "--preserve-credentials", "--pid", "--mount", "--wd", "--")
        words = ("sh", "-c", f"kill -s {name} {1 if inside else root}")
        subprocess.run([*AS_NOBODY, *(join if inside else ()), *words], check=True, cwd="/")

    def heard() -> bool:
        return any("77" in Path(f"/proc/{pid}/cmdline").read_text() for pid in children(root))

    server = start_server("bash", "-c", "trap 'sleep 77 & ' USR1; while :; do sleep 600 & wait; done", prefix=AS_NOBODY)
    try:
        root = started(server)
        until(lambda: children(root), what="its first sleep, so the trap is set")
        kill("KILL", inside=True)
        kill("STOP", inside=True)
        kill("USR1", inside=True)
        until(heard, what="it goes on and hears what it has a handler for")
        kill("KILL", inside=False)
        assert end(all_of(server))["signal"] == signal.SIGKILL
    finally:
        server.kill()


# What a server does to start a keeper for a sandbox, and then waits to be killed.
SERVER = """
import os, subprocess, sys
control, held = os.pipe(); report, said = os.pipe()
os.write(held, b"start\\n")
words = [sys.executable, "-S", "-I", sys.argv[1], str(control), str(said), "sandbox", "--", *sys.argv[2:]]
subprocess.Popen(words, pass_fds=(control, said), start_new_session=True, stdout=0 if os.isatty(0) else None)
os.close(said)
while data := os.read(report, 4096):
    sys.stdout.write(data.decode()); sys.stdout.flush()
"""


def start_server(*command: str, prefix: tuple[str, ...] = (), tty: int | None = None) -> subprocess.Popen[str]:
    """``prefix`` may be another user, who needs a Python that everybody may execute: the machine's own."""
    return subprocess.Popen(
        [*prefix, "/usr/bin/env", "python3", "-c", SERVER, str(PACKAGE / "hosts" / "local" / "keeper.py"), *command],
        stdin=subprocess.DEVNULL if tty is None else tty,
        stdout=subprocess.PIPE,
        text=True,
        cwd="/",
        env={**os.environ, "PATH": "/usr/local/bin:/usr/bin:/bin"},
    )


def started(server: subprocess.Popen[str]) -> int:
    """The pid of PID 1, as this machine has it."""
    assert server.stdout is not None
    return int(json.loads(server.stdout.readline())["pid"])


def all_of(server: subprocess.Popen[str]) -> list[dict[str, object]]:
    """What its keeper reports from now on, until it ends."""
    said, _ = server.communicate(timeout=20)
    return [json.loads(line) for line in said.splitlines() if line.startswith("{")]


def keeper(*command: str, prefix: tuple[str, ...] = ()) -> list[dict[str, object]]:
    """All that the keeper of a sandbox reports."""
    return all_of(start_server(*command, prefix=prefix))


def end(said: list[dict[str, object]]) -> dict[str, object]:
    (ended,) = [each for each in said if each["event"] == "exited"]
    return ended


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


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
        assert 1 <= over["took_s"] < 10
