"""The trial of this machine's kernel: it answers within milliseconds, also where little is allowed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.hosts.local.kernel_trial import boot, try_now
from tests.hosts.test_sandbox_trial import ROOT, within

TRIAL = """
import json
from app.errors import LabError
from app.hosts.local.kernel_trial import try_now
try:
    said = try_now()
    print(json.dumps({"outcome": said.outcome}))
except LabError as error:
    print(json.dumps({"code": error.code, "error": str(error), "hint": error.hint}))
"""


def tried(*prefix: str) -> dict[str, str]:
    """What a lab that is started by ``prefix`` is told."""
    words = [*prefix, sys.executable, "-c", TRIAL]
    said: dict[str, str] = json.loads(subprocess.run(words, capture_output=True, check=True, cwd=ROOT).stdout)
    return said


def test_it_says_the_same_each_time_and_of_which_kernel(record_property: Callable[[str, object], None]) -> None:
    found = [try_now() for _ in range(3)]
    assert len({each.outcome for each in found}) == 1
    assert {(each.release, each.boot_id) for each in found} == {boot()}
    assert boot() == (os.uname().release, Path("/proc/sys/kernel/random/boot_id").read_text().strip())
    times = sorted(each.took_s * 1000 for each in found)
    record_property(f"the trial of kernel {found[0].release}: {found[0].outcome}, in ms", [round(ms) for ms in times])


@pytest.mark.parametrize("number", [signal.SIGQUIT, signal.SIGSYS])
def test_what_dumps_core_is_dropped_by_every_kernel(number: int) -> None:
    assert try_now(number).outcome == "drops"


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGUSR1, signal.SIGRTMIN + 3])
def test_all_that_are_fatal_without_a_core_fare_alike(number: int) -> None:
    assert try_now(number).outcome == try_now().outcome


def test_where_pid_namespaces_are_turned_off_it_is_told_with_the_switch() -> None:
    said = tried(*within("echo 0 > /proc/sys/user/max_pid_namespaces"))
    assert said["code"] == "not_possible"
    assert "(/proc/sys/user/max_pid_namespaces is 0)" in said["error"]
    assert "sysctl user.max_pid_namespaces=10000" in said["hint"]


def test_root_needs_no_user_namespace() -> None:
    assert tried(*within("echo 0 > /proc/sys/user/max_user_namespaces"))["outcome"] == try_now().outcome


def test_signals_that_were_ignored_or_blocked_at_the_start_change_nothing() -> None:
    words = ("env", "--ignore-signal=TERM", "--block-signal=TERM,USR1")
    assert tried(*words)["outcome"] == try_now().outcome
