"""The keeper by itself, as a server starts it: two pipes and a terminal.

What the host makes of it, and a server that is killed with SIGKILL: tests/hosts/test_keeper.py.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.hosts.local.keeper import children
from app.resources import PACKAGE
from tests.support import WITHIN_S, is_alive, until

KEEPER = (sys.executable, "-S", "-E", "-I", str(PACKAGE / "hosts" / "local" / "keeper.py"))
WITHIN_HOST_S = 5.0  # the host gives up waiting for an end then
# Becomes the keeper, with signals as nobody wants to inherit them, and CONTROL at a number that select() cannot take.
AWKWARD = """
import os, resource, signal, sys
for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGCHLD, signal.SIGRTMAX):
    signal.signal(number, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1, signal.SIGTERM, signal.SIGRTMIN})
resource.setrlimit(resource.RLIMIT_NOFILE, (2000, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
os.dup2(int(sys.argv[6]), 1500)
os.execv(sys.argv[1], [*sys.argv[1:6], "1500", *sys.argv[7:]])
"""
# Never the same process for long, never in the same session; gives up by itself, should the test fail.
HOPPER = """
import os, time
end = time.monotonic() + 20
print("ready", flush=True)
while time.monotonic() < end:
    if os.fork():
        os._exit(0)
    os.setsid()
"""
# Every way to get away that the keeper must know.  "$0" marks all of them, for `marked` below.
FAMILY = r"""
sleeper() { exec -a "$0" sleep 600; }
sleeper &
setsid bash -c 'exec -a "$0" sleep 600' "$0" &
nohup bash -c 'exec -a "$0" sleep 600' "$0" >/dev/null 2>&1 &
bash -c 'trap "" HUP TERM INT QUIT; while :; do sleep 600; done' "$0" &
(setsid bash -c '(exec -a "$0" sleep 600 &)' "$0" &)
sleeper & kill -STOP $!
echo ready; wait
"""
FAMILY_SIZE = 8  # the keeper and the root too; the sleep of the deaf one is not marked
WIDE = "for i in $(seq 300); do sleep 600 & done; echo ready; wait"


def marked(mark: str) -> list[int]:
    """Processes that have it as a word of their command line."""
    command = ["pgrep", "-f", f" {mark}( |$)|^{mark} "]
    found = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return [pid for pid in map(int, found.split()) if is_alive(pid)]


class Kept:
    """A keeper, its two pipes, and the master of its target's terminal."""

    def __init__(self, *command: str, prefix: tuple[str, ...] = (), gone: bool = False, **options: Any) -> None:
        control_read, self.control = os.pipe()
        report, report_write = os.pipe()
        self.master, slave = os.openpty()
        if gone:
            self.close_control()
        else:
            os.write(self.control, b"start\n")
        argv = [*prefix, *KEEPER, str(control_read), str(report_write), "process", "--", *command]
        options |= {"stdin": slave, "stdout": slave, "stderr": slave, "pass_fds": (control_read, report_write)}
        self.process = subprocess.Popen(argv, start_new_session=True, **options)
        for fd in (control_read, report_write, slave):
            os.close(fd)
        self.report = os.fdopen(report)
        self.shown = ""

    def __enter__(self) -> Kept:
        return self

    def __exit__(self, *_: object) -> None:
        self.close_control()
        self.process.wait(WITHIN_S)
        self.report.close()
        os.close(self.master)

    def says(self, event: str) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self.report.readline())
        assert said["event"] == event, said
        return said

    def shows(self, text: str) -> str:
        """What the terminal printed, up to now, once it holds this."""
        while text not in self.shown:
            assert select.select([self.master], [], [], WITHIN_S)[0], f"no {text!r} in {self.shown!r}"
            self.shown += os.read(self.master, 4096).decode()  # EIO: nobody has it open any more
        return self.shown

    def close_control(self) -> None:
        if self.control >= 0:
            os.close(self.control)
            self.control = -1

    def tell_to_kill(self) -> None:
        os.write(self.control, b"kill\n")


def test_a_target_starts_as_new_whatever_was_inherited() -> None:
    with Kept("cat", prefix=(sys.executable, "-c", AWKWARD)) as target:
        pid = target.says("started")["pid"]
        os.write(target.master, b"here\n")
        target.shows("here\r\nhere")  # the terminal's echo, then cat's own line: the loader has closed its files
        assert sorted(os.listdir(f"/proc/{pid}/fd")) == ["0", "1", "2"]  # noqa: PTH208 (names are what counts)
        status = Path(f"/proc/{pid}/status").read_text()
        assert all(f"{mask}:\t{0:016x}\n" in status for mask in ("SigBlk", "SigIgn", "SigCgt")), status
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2]
        parent, group, session, terminal, foreground = map(int, stat.split()[1:6])
        assert (parent, group, session, foreground) == (target.process.pid, pid, pid, pid)
        assert terminal != 0
        os.write(target.master, b"\x04")
        assert target.says("exited")["exit_code"] == 0  # the keeper is still there to say so


def test_environment_and_folder_are_those_that_were_given(tmp_path: Path) -> None:
    given = {"PATH": os.environ["PATH"], "ONLY": "this"}  # no locale: Python would add one
    with Kept("sh", "-c", "tr '\\0' '\\n' </proc/$$/environ; pwd; echo end", env=given, cwd=tmp_path) as target:
        *environment, folder, _ = target.shows("end\r\n").split()
    assert dict(line.split("=", 1) for line in environment) == given
    assert folder == str(tmp_path)


def test_a_key_is_an_interrupt_and_a_new_size_a_winch() -> None:
    script = "trap 'echo got INT' INT; trap 'echo got WINCH' WINCH; echo ready; while :; do sleep 600 & wait; done"
    with Kept("bash", "-c", script) as target:
        target.shows("ready")
        fcntl.ioctl(target.master, termios.TIOCSWINSZ, struct.pack("HHHH", 31, 101, 0, 0))
        target.shows("got WINCH")
        os.write(target.master, b"\x03")
        target.shows("got INT")
    with Kept("cat") as target:
        target.says("started")
        os.write(target.master, b"\x03")
        assert target.says("exited")["signal"] == signal.SIGINT


def test_a_shell_has_job_control() -> None:
    with Kept("bash", "--norc", "--noprofile", "-i") as target:
        os.write(target.master, b"sh -c 'echo job $((40 + 2)); exec sleep 600'\n")
        target.shows("job 42")  # any earlier, and bash's child may still ignore the key
        os.write(target.master, b"\x1a")  # Ctrl-Z stops the job, not the shell
        assert "no job control" not in target.shows("Stopped")


@pytest.mark.parametrize("script", ["exit 7", "kill -TERM $$", "ulimit -c 0; kill -QUIT $$", "kill -ABRT $$"])
def test_how_a_target_ended_is_what_the_kernel_told_its_parent(script: str, tmp_path: Path) -> None:
    direct = os.posix_spawnp("sh", ["sh", "-c", f"cd {tmp_path}; {script}"], os.environ)
    status = os.waitpid(direct, 0)[1]
    began = time.time_ns(), time.monotonic_ns()
    with Kept("sh", "-c", script, cwd=tmp_path) as target:
        pid = target.says("started")["pid"]
        exited = target.says("exited")
        target.says("empty")
        assert target.process.wait(WITHIN_S) == 0
    assert (exited["pid"], exited["status"], exited["core"]) == (pid, status, os.WCOREDUMP(status))
    meaning = (None, os.WTERMSIG(status)) if os.WIFSIGNALED(status) else (os.WEXITSTATUS(status), None)
    assert (exited["exit_code"], exited["signal"]) == meaning
    assert began[0] < exited["at_ns"] < time.time_ns()
    assert began[1] < exited["mono_ns"] < time.monotonic_ns()


@pytest.mark.parametrize(("command", "error"), [('./no "such" \\ 😀\n', "No such file"), ("/etc", "Permission")])
def test_a_command_that_cannot_be_executed_says_why(command: str, error: str) -> None:
    with Kept(command) as target:
        said = target.says("failed")
        assert (said["argv0"], said["error"], said["error"][:7]) == (command, os.strerror(said["errno"]), error[:7])
        assert target.report.read() == ""


@pytest.mark.parametrize("end", [Kept.close_control, Kept.tell_to_kill])
def test_everything_ends_when_the_server_is_gone_or_says_so(end: Callable[[Kept], None], tmp_path: Path) -> None:
    with Kept("bash", "-c", FAMILY, mark := str(tmp_path)) as target:
        target.shows("ready")
        until(lambda: len(marked(mark)) == FAMILY_SIZE, what="the family is complete")
        target.says("started")
        end(target)
        assert target.says("exited")["signal"] == signal.SIGKILL
        target.says("empty")
        assert target.process.wait(WITHIN_S) == 0
    assert marked(mark) == []


@pytest.mark.parametrize("command", [["bash", "-c", WIDE], [sys.executable, "-S", "-c", HOPPER]], ids=["wide", "hop"])
def test_what_is_hard_to_end_ends_while_the_host_waits(command: list[str], tmp_path: Path) -> None:
    with Kept(*command, str(tmp_path)) as target:
        target.shows("ready")
        target.close_control()
        target.process.wait(WITHIN_HOST_S)
    assert marked(str(tmp_path)) == []


def test_nothing_is_started_for_a_server_that_is_already_gone(tmp_path: Path) -> None:
    with Kept("touch", str(tmp_path / "started"), gone=True) as target:
        assert target.report.read() == ""
        assert target.process.wait(WITHIN_S) == 0
    assert not (tmp_path / "started").exists()


def test_what_outlives_the_root_is_kept_and_the_dead_are_collected() -> None:
    # It has left the session before the root's end hangs up the terminal.
    script = "for i in 1 2 3 4 5; do (true &); done; setsid sh -c 'echo away $$; exec sleep 600' & read; exit 3"
    with Kept("bash", "-c", script) as target:
        root = target.says("started")["pid"]
        left = int(target.shows("\r\n").split()[1])
        until(lambda: children(target.process.pid) == [root], what="orphans are collected")
        os.write(target.master, b"\n")
        assert target.says("exited")["exit_code"] == 3
        until(lambda: children(target.process.pid) == [left], what="one is left")
        os.kill(left, signal.SIGKILL)
        target.says("empty")


def test_no_signal_ends_the_keeper() -> None:
    with Kept("cat") as target:
        target.says("started")
        for number in set(range(1, signal.NSIG)) - {signal.SIGKILL, signal.SIGSTOP}:
            os.kill(target.process.pid, number)  # also the two that the C library keeps for itself
        os.write(target.master, b"\x04")
        assert target.says("exited")["exit_code"] == 0
        target.says("empty")
        assert target.process.wait(WITHIN_S) == 0


def test_children_are_found_also_where_the_kernel_does_not_list_them(monkeypatch: pytest.MonkeyPatch) -> None:
    with Kept("bash", "-c", "sleep 600 & sleep 600 & echo ready; wait") as target:
        root = target.says("started")["pid"]
        target.shows("ready")
        listed = sorted(children(root))
        monkeypatch.setattr("app.hosts.local.keeper.CHILDREN_ARE_LISTED", False)
        assert sorted(children(root)) == listed
        assert len(listed) == 2
