"""Where ``--shutdown-timeout`` is read, in a made-up /proc; the socket is a real one."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.hosts.engine.daemon import UNREADABLE, shutdown_timeout
from app.probe.procfs import Proc


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """This process listens: it is the engine of these tests."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "docker.sock"))
        listener.listen()
        yield f"unix://{tmp_path}/docker.sock"


def proc_with(tmp_path: Path, *argv: str, uid: int = 0, comm: str = "dockerd") -> Proc:
    folder = tmp_path / "proc" / str(os.getpid())
    folder.mkdir(parents=True)
    (folder / "root/etc/docker").mkdir(parents=True)
    rest = " ".join(["0"] * 16)
    (folder / "stat").write_text(f"{os.getpid()} ({comm}) S 1 1 1 {rest} 5 0 0")
    ids = f"{uid}\t{uid}\t{uid}\t{uid}"
    (folder / "status").write_text(f"Name:\t{comm}\nTgid:\t{os.getpid()}\nUid:\t{ids}\nNSpid:\t{os.getpid()}\n")
    (folder / "cmdline").write_text("".join(f"{word}\0" for word in argv))
    return Proc(tmp_path / "proc")


def configured(tmp_path: Path, **config: object) -> None:
    (tmp_path / "proc" / str(os.getpid()) / "root/etc/docker/daemon.json").write_text(json.dumps(config))


@pytest.mark.parametrize("flag", [("--shutdown-timeout", "7"), ("--shutdown-timeout=7",)])
def test_its_command_line_tells(tmp_path: Path, url: str, flag: tuple[str, ...]) -> None:
    assert shutdown_timeout(url, proc_with(tmp_path, "dockerd", *flag)) == (7, "dockerd's command line")


def test_its_file_tells(tmp_path: Path, url: str) -> None:
    proc = proc_with(tmp_path, "dockerd")
    configured(tmp_path, **{"shutdown-timeout": 40, "debug": True})
    assert shutdown_timeout(url, proc) == (40, "/etc/docker/daemon.json")


def test_a_file_without_it_means_the_default(tmp_path: Path, url: str) -> None:
    proc = proc_with(tmp_path, "dockerd")
    configured(tmp_path, debug=True)
    assert shutdown_timeout(url, proc) == (15, "dockerd's default")


def test_what_cannot_be_read_is_unknown(tmp_path: Path, url: str) -> None:
    assert shutdown_timeout("tcp://10.0.0.1:2375") == (None, UNREADABLE)
    assert shutdown_timeout(f"unix://{tmp_path}/none.sock") == (None, UNREADABLE)
    rootless = proc_with(tmp_path, "dockerd", uid=1000)
    assert shutdown_timeout(url, rootless) == (None, UNREADABLE)


def test_another_program_behind_the_socket_is_no_dockerd(tmp_path: Path, url: str) -> None:
    assert shutdown_timeout(url, proc_with(tmp_path, "podman", "system", "service", comm="podman")) == (
        None,
        UNREADABLE,
    )
