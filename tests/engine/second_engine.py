"""A second Docker engine, on cgroup v2, beside the one that is there; root only.

It has a mount namespace of its own, where ``/sys/fs/cgroup`` is cgroup2 alone, and a network namespace of its own, so
that the first engine keeps its ``docker0``.  The cgroup2 tree itself is the machine's: there is only one.  All of the
engine's containers are below ``PARENT`` in it, so what appears elsewhere was not put there by the engine.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support import is_alive, until

PARENT = "signal-lab-second"
# "$@" is the engine's command line.  A containerd that this machine's init runs is not for this engine: it is hidden.
IN_ITS_NAMESPACES = """
set -e
umount -R /sys/fs/cgroup
mount -t cgroup2 none /sys/fs/cgroup
if [ -d /run/containerd ]; then mount -t tmpfs none /run/containerd; fi
ip link set lo up
exec "$@"
"""


@dataclass(slots=True)
class SecondEngine:
    """``pid``: whose network namespace has its published ports.

    ``stop`` ends it as an administrator does, ``crash`` as a lack of memory would, with its containerd and shims;
    ``begin("other")`` starts another one, with other data, in its place.
    """

    url: str
    pid: int
    begin: Callable[[str], None]
    stop: Callable[[], None]
    crash: Callable[[], None]

    def env(self) -> dict[str, str]:
        return {**os.environ, "DOCKER_HOST": self.url}

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run something that uses this engine, where its published ports are on loopback."""
        there = ["nsenter", f"--net=/proc/{self.pid}/ns/net", *command]
        return subprocess.run(there, env=self.env(), stdin=subprocess.DEVNULL, capture_output=True, text=True)

    def load(self, *images: str) -> None:
        """Copy images from the first engine."""
        with subprocess.Popen(["docker", "save", *images], stdout=subprocess.PIPE) as saving:
            subprocess.run(["docker", "load"], env=self.env(), stdin=saving.stdout, capture_output=True, check=True)
        assert saving.returncode == 0


@contextmanager
def engine_on_cgroup_v2(folder: Path) -> Iterator[SecondEngine]:
    """The engine, for as long as the block runs.  ``folder`` is for its data, and gone afterwards."""
    assert os.geteuid() == 0, "a second engine needs root"
    log = folder / "log"
    log.parent.mkdir()
    apart = ["setpriv", "--pdeathsig", "TERM", "unshare", "--mount", "--net", "--propagation", "private"]
    running: list[subprocess.Popen[bytes]] = []

    def answers() -> bool:
        assert running[-1].poll() is None, f"the second engine ended: {log.read_text()[-2000:]}"
        return subprocess.run(["docker", "version"], env=engine.env(), capture_output=True).returncode == 0

    def begin(data: str) -> None:
        command = [
            "dockerd",
            f"--host=unix://{folder}/socket",
            f"--data-root={folder}/{data}",
            f"--exec-root={folder}/exec",
            f"--pidfile={folder}/pid",
            f"--cgroup-parent=/{PARENT}",
            "--exec-opt=native.cgroupdriver=cgroupfs",
        ]
        with log.open("a") as words:
            process = subprocess.Popen(
                [*apart, "sh", "-c", IN_ITS_NAMESPACES, "sh", *command],
                stdin=subprocess.DEVNULL, stdout=words, stderr=words, start_new_session=True,
            )  # fmt: skip
        running.append(process)
        engine.pid = process.pid
        until(answers, within_s=30, what="the second engine")

    def stop() -> None:
        running[-1].terminate()
        running[-1].wait(30)

    def crash() -> None:
        for pid in (running[-1].pid, *_containerds(folder)):
            os.kill(pid, signal.SIGKILL)
        running[-1].wait(30)
        for told in (
            folder / "pid",
            *folder.glob("exec/containerd/*.pid"),
        ):  # who has that pid is not looked at closely
            told.unlink(missing_ok=True)

    engine = SecondEngine(f"unix://{folder}/socket", 0, begin, stop, crash)
    try:
        begin("data")
        yield engine
    finally:
        _end(running[-1], folder)


def _end(process: subprocess.Popen[bytes], folder: Path) -> None:
    """The engine takes its containers with it; nothing of it may be left."""
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    left = _containerds(folder)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    until(lambda: not any(map(is_alive, left)), what="the end of what it left")
    shutil.rmtree(folder)
    for parent in (root / PARENT for root in cgroup_roots()):
        if parent.is_dir():
            remove_cgroup(parent)
    assert left == [], "the second engine left processes behind"


def _containerds(folder: Path) -> list[int]:
    """The engine's containerd and the shims of its containers: all have the engine's folder in their command line."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            program, *words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if Path(program).name.startswith("containerd") and any(word.startswith(f"{folder}/") for word in words):
            found.append(int(process.name))
    return found


def cgroup_roots() -> list[Path]:
    """Where this machine's cgroup trees begin: one on v2, several on v1."""
    mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    return [Path(where) for _, where, kind, *_ in mounts if kind in ("cgroup", "cgroup2")]


def remove_cgroup(folder: Path) -> None:
    """With all below it; only empty ones can be removed."""
    for child in folder.iterdir():
        if child.is_dir():
            remove_cgroup(child)
    folder.rmdir()
