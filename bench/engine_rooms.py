"""Another engine beside the machine's own, in namespaces of its own: its files, network, control groups; root only.

Its files come from Debian's packages by mmdebstrap.  It has a root file system of its own, a network namespace without
a way out, and a cgroup namespace: to it a group below ``PARENT`` is the root of all groups.  That matters: Podman moves
all processes of the group that it takes for the root into ``/init`` when it first starts.  So the machine's engine, its
groups and its packet filter stay as they are; ``unchanged`` holds that.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

PARENT = "signal-lab-engines"
COMMON = "iptables,nftables,iproute2,procps,ca-certificates,tini"
PACKAGES = {
    "podman": f"podman,crun,catatonit,netavark,aardvark-dns,golang-github-containers-common,{COMMON}",
    "docker": f"docker.io,containerd,runc,{COMMON}",
}
# $1: the new root, $2: the folder that has one path inside and outside, $3: the cgroup; then the engine's command line.
# The groups are seen from a namespace that is made after the process has moved, so two unshares.
ENTER = 'echo $$ > "$3/cgroup.procs"; exec unshare --cgroup sh -ec "$0" sh "$@"'
INSIDE = """
root=$1 shared=$2; shift 3
mount --bind "$root" "$root"
mkdir -p "$root$shared" "$root/.old"
mount --bind "$shared" "$root$shared"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
umount -R "$root/sys/fs/cgroup"
mount -t cgroup2 none "$root/sys/fs/cgroup"
mount -t proc proc "$root/proc"
mount -t tmpfs none "$root/run"
ip link set lo up
cd "$root"
pivot_root . .old
umount -l /.old
exec "$@"
"""
STARTS_WITHIN_S, ENDS_WITHIN_S = 60, 30


@dataclass(frozen=True, slots=True)
class Room:
    """One engine that runs.  ``pid``: whose network namespace has the ports that it publishes."""

    url: str
    pid: int
    log: Path

    def env(self) -> dict[str, str]:
        return {**os.environ, "DOCKER_HOST": self.url}

    def there(self, *command: str) -> list[str]:
        """To run something in its network, with the machine's files."""
        return ["nsenter", f"--net=/proc/{self.pid}/ns/net", *command]

    def load(self, images: list[str]) -> None:
        """Copy images from the machine's engine."""
        with subprocess.Popen(["docker", "save", *images], stdout=subprocess.PIPE) as saving:
            subprocess.run(
                ["docker", "load"], env=self.env(), stdin=saving.stdout, stdout=subprocess.DEVNULL, check=True
            )
        if saving.returncode:
            raise RuntimeError(f"docker save ended with {saving.returncode}")


def root_file_system(folder: Path, kind: str, suite: str) -> Path:
    """Made once for a folder, by about 70 s."""
    root = folder / f"{kind}-{suite}"
    if not (root / ".made").exists():
        shutil.rmtree(root, ignore_errors=True)
        options = ["--variant=minbase", '--aptopt=Acquire::Check-Valid-Until "false"', f"--include={PACKAGES[kind]}"]
        subprocess.run(["mmdebstrap", "--quiet", *options, suite, str(root)], check=True)
        (root / ".made").touch()
    return root


@contextmanager
def engine(kind: str, root: Path, folder: Path) -> Iterator[Room]:
    """It runs for as long as the block does; what it made in ``folder`` is gone afterwards."""
    group = _cgroup2() / PARENT / kind
    group.mkdir(parents=True)
    folder.mkdir()
    log, socket = folder / "log", folder / "socket"
    command, env = _command(kind, folder, socket)
    apart = ["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--net", "--uts", "--propagation", "private"]
    with log.open("w") as words:
        process = subprocess.Popen(
            [*apart, "sh", "-ec", ENTER, INSIDE, str(root), str(folder), str(group), *command],
            stdin=subprocess.DEVNULL, stdout=words, stderr=words, start_new_session=True, env={**os.environ, **env},
        )  # fmt: skip
    room = Room(f"unix://{socket}", process.pid, log)
    try:
        _until_it_answers(room, process)
        yield room
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(ENDS_WITHIN_S)
        _end_all_in(group)
        process.wait()
        _remove_groups(group)
        with suppress(OSError):  # another engine may still be there
            group.parent.rmdir()
        _unmount_below(folder)
        shutil.rmtree(folder)


def _command(kind: str, folder: Path, socket: Path) -> tuple[list[str], dict[str, str]]:
    if kind == "docker":
        places = [f"--data-root={folder}/data", f"--exec-root={folder}/exec", f"--pidfile={folder}/pid"]
        return ["dockerd", f"--host=unix://{socket}", *places, "--exec-opt=native.cgroupdriver=cgroupfs"], {}
    limits = {"nofile": resource.RLIMIT_NOFILE, "nproc": resource.RLIMIT_NPROC}
    own = [f"{name}={_most(number)}:{_most(number)}" for name, number in limits.items()]
    conf = folder / "containers.conf"
    # It would raise the limits of what it starts, which not every machine lets it.
    conf.write_text(f"[containers]\ndefault_ulimits = {own}\npids_limit = 0\n".replace("'", '"'))
    places = ["--root", f"{folder}/data", "--runroot", f"{folder}/run", "--cgroup-manager", "cgroupfs"]
    command = ["podman", *places, "system", "service", "--time=0", f"unix://{socket}"]
    return command, {"CONTAINERS_CONF_OVERRIDE": str(conf)}


def _most(limit: int) -> int:
    hard = resource.getrlimit(limit)[1]
    return 1 << 20 if hard == resource.RLIM_INFINITY else hard


def _until_it_answers(room: Room, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + STARTS_WITHIN_S
    while subprocess.run(["docker", "version"], env=room.env(), capture_output=True).returncode:
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"the engine did not come up: {room.log.read_text()[-2000:]}")
        time.sleep(0.2)


def _cgroup2() -> Path:
    mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    return next(Path(where) for _, where, kind, *_ in mounts if kind == "cgroup2")


def _end_all_in(group: Path) -> None:
    """Whatever still runs there was started by this engine."""
    until = time.monotonic() + ENDS_WITHIN_S
    while left := [int(pid) for each in group.rglob("cgroup.procs") for pid in each.read_text().split()]:
        if time.monotonic() > until:
            raise RuntimeError(f"these do not end: {left}")
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)


def _remove_groups(group: Path) -> None:
    for child in group.iterdir():
        if child.is_dir():
            _remove_groups(child)
    group.rmdir()


def _unmount_below(folder: Path) -> None:
    """Its mounts went with its namespace; but for those that it passed on."""
    mounts = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    for where in reversed([each for each in mounts if each.startswith(f"{folder}/")]):
        subprocess.run(["umount", "-l", where], check=True)


def machine() -> dict[str, str]:
    """What must be the same before and after: groups, packet filter, networks, and what the machine's engine has."""
    asked = {
        "iptables": ["iptables-save"],
        "links": ["ip", "-o", "link"],
        "namespaces": ["ip", "netns"],
        "containers": ["docker", "ps", "-aq", "--no-trunc"],
    }
    return {name: _said(command) for name, command in asked.items()} | {"groups": _groups()}


def _said(command: list[str]) -> str:
    told = subprocess.run(command, capture_output=True, text=True).stdout
    return "\n".join(line.partition(" [")[0] for line in told.splitlines() if not line.startswith("#"))


def _groups() -> str:
    """Those at the root of cgroup v2; the machine's own engine makes its group with its first container."""
    return "\n".join(sorted(each.name for each in _cgroup2().iterdir() if each.is_dir() and each.name != "docker"))
