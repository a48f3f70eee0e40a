"""What is said where a sandbox is forbidden: on machines that really forbid it, made with namespaces and a filter."""

from __future__ import annotations

import errno
import subprocess
import sys

import pytest

from app.errors import HostFailed, NotPossible
from app.hosts.local.sandbox import SandboxesHost
from app.hosts.local.sandbox_trial import forbidden
from app.resources import PACKAGE

ROOT = PACKAGE.parent
TRIAL = """
import anyio
from app.hosts.local.sandbox_trial import try_one
error = anyio.run(try_one)
print(error and f"{error.code}: {error} HINT {error.hint}")
"""
# A user namespace is a machine of one's own, as far as these settings go.
NAMESPACE = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c")
# As the filter of a container does: unshare(2) is not permitted (seccomp(2): the number, compared; EPERM or allowed).
FILTER = """
import ctypes, os, struct, sys
number = {"x86_64": 272, "aarch64": 97, "riscv64": 97, "s390x": 303, "ppc64le": 282}[os.uname().machine]
steps = [(0x20, 0, 0, 0), (0x15, 0, 1, number), (0x06, 0, 0, 0x00050001), (0x06, 0, 0, 0x7FFF0000)]
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code)))
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, program) == 0, os.strerror(ctypes.get_errno())
os.execv(sys.argv[1], sys.argv[1:])
"""


def tried(*prefix: str) -> str:
    """What a lab that is started by ``prefix`` says of sandboxes."""
    words = [*prefix, sys.executable, "-c", TRIAL]
    return subprocess.run(words, capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip()


def within(script: str) -> tuple[str, ...]:
    return (*NAMESPACE, script + ' && exec "$@"', "sh")


def test_where_nothing_forbids_it_nothing_is_said() -> None:
    assert tried() == "None"
    assert tried(*within("true")) == "None", "one in another is fine"


@pytest.mark.parametrize("name", ["user", "pid", "mnt"])
def test_namespaces_that_are_turned_off_are_told_with_their_switch(name: str) -> None:
    said = tried(*within(f"echo 0 > /proc/sys/user/max_{name}_namespaces"))
    assert said.startswith("not_possible: a sandbox cannot be made here:")
    assert f"(/proc/sys/user/max_{name}_namespaces is 0)" in said
    assert f"HINT As root: sysctl user.max_{name}_namespaces=10000" in said


def test_a_limit_further_out_is_no_filter() -> None:
    """One namespace is allowed out there, and the inner one is that: its own setting says nothing."""
    inner = "unshare --user --map-root-user --mount"
    said = tried(*NAMESPACE, f'echo 1 > /proc/sys/user/max_user_namespaces && exec {inner} "$@"', "sh")
    assert "there are as many namespaces as are allowed" in said
    assert "No space left on device" in said


def test_a_filter_is_told() -> None:
    said = tried(sys.executable, "-c", FILTER)
    assert "a seccomp filter forbids it" in said
    assert "seccomp=unconfined" in said


def test_a_proc_that_is_masked_is_told_apart_from_forbidden_namespaces() -> None:
    said = tried(*within("mount -t tmpfs none /proc/tty"))
    assert "Parts of /proc are hidden" in said
    assert "systempaths=unconfined" in said


def test_what_is_no_matter_of_permission_is_not_called_forbidden() -> None:
    assert isinstance(forbidden("unshare", errno.ENOMEM), HostFailed)


@pytest.mark.anyio
async def test_it_is_tried_once_and_each_is_told_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[int] = []

    async def refused() -> NotPossible:
        tries.append(1)
        return NotPossible("forbidden here", hint="Allow it.")

    monkeypatch.setattr("app.hosts.local.sandbox.try_one", refused)
    host = SandboxesHost.__new__(SandboxesHost)
    told = []
    for _ in range(2):
        with pytest.raises(NotPossible) as caught:
            await host.check()
        told.append(caught.value)
    assert len(tries) == 1
    assert [(str(each), each.hint) for each in told] == [("forbidden here", "Allow it.")] * 2
    assert told[0] is not told[1], "one that is raised again would keep the frames of everybody who was told"
