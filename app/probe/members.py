"""Which processes belong together: a tree, a control group, a PID namespace, a container.

All answers are pids in order of (start, pid), which does not change while they live, with the root in front.  Dead
processes that nobody has waited for (zombies) belong to them too: control groups do not list those, so below every
member its children are asked for.  All of /proc is read only where nothing cheaper tells.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress

from app.probe.files import ProcFiles, read_file, status_field

NS_GET_PARENT = 0xB702  # ioctl_ns(2)


def tree(files: ProcFiles, roots: Iterable[int], *, first: int | None = None) -> list[int]:
    """Those of ``roots`` that exist and everything below them."""
    children = files.family()
    starts: dict[int, int] = {}
    waiting = list(dict.fromkeys(roots))
    for pid in waiting:  # grows while it is walked
        if pid not in starts and (stat := files.stat(pid)):
            starts[pid] = stat.start
            waiting += children(pid, stat.threads)
    return sorted(starts, key=lambda pid: (pid != first, starts[pid], pid))


def processes_of_cgroup(folder: str) -> list[int]:
    """Pids of a control group and of those below it, as the kernel lists them: no zombies, no order."""
    found: dict[int, None] = {}
    for path, _, _ in os.walk(folder):
        procs = read_file(f"{path}/cgroup.procs") or b""
        found |= dict.fromkeys(map(int, procs.split()))
    found.pop(0, None)  # v2 lists a process that this PID namespace cannot see as 0
    return list(found)


def processes_of_pid_namespace(files: ProcFiles, init: int) -> list[int]:
    """All processes of the PID namespace of ``init`` and of namespaces inside it.

    Where the namespace may not be looked at (ptrace(2) access), the tree below ``init``: no process that entered.
    """
    wanted = _namespace(files, init)
    if wanted is None:
        return tree(files, [init], first=init)
    inside = {wanted: True}
    members = []
    for pid in files.pids():
        link = _namespace(files, pid)
        if link is None:
            continue
        if link not in inside:
            inside[link] = wanted in _outer_namespaces(files, pid)
        if inside[link]:
            members.append(pid)
    return tree(files, members, first=init)


def container_processes(files: ProcFiles, init: int, container_id: str) -> list[int]:
    """Every process of a container; [] once it ended.  ``init`` is its first process: PID 1, unless ``--pid host``.

    The control group that carries the container's id tells.  Where that folder cannot be seen, the id is looked for in
    the control groups of all processes; where ``init`` is in no such group (systemd can leave it), its PID namespace
    tells, if it has one of its own: the machine's is never taken for a container.
    """
    if files.identity(init) is None:
        return []
    own = (files.read(init, "cgroup") or b"").decode("utf-8", "surrogateescape") if container_id else ""
    for folder in _folders(files.cgroup_root, own, container_id):
        if members := processes_of_cgroup(folder):
            return tree(files, [init, *members], first=init)
    if container_id and container_id in own:
        needle = container_id.encode()
        named = (pid for pid in files.pids() if needle in (files.read(pid, "cgroup") or b""))
        return tree(files, [init, *named], first=init)
    depth = len((status_field(files.read(init, "status") or b"", b"NSpid") or b"").split())
    return processes_of_pid_namespace(files, init) if depth > 1 else tree(files, [init], first=init)


def _folders(cgroup_root: str, cgroups: str, container_id: str) -> Iterator[str]:
    """Where the group named after the container may be, from the text of /proc/PID/cgroup.

    Cut behind the id, because an init may sit in a group of its own below (systemd's init.scope); a named hierarchy
    comes last, because a container that manages it can move its processes there.
    """
    lines = [line.split(":", 2) for line in cgroups.splitlines() if line.count(":") >= 2]
    for _, controllers, path in sorted(lines, key=lambda line: line[1].startswith("name=")):
        parts = path.strip("/").split("/")
        at = next((index for index, part in enumerate(parts) if container_id in part), None)
        if at is None or ".." in parts:  # "..": outside of our own cgroup namespace, so not mounted here
            continue
        for hierarchy in (controllers.removeprefix("name="),) if controllers else ("", "unified"):
            yield "/".join((cgroup_root, hierarchy, *parts[: at + 1]))


def _namespace(files: ProcFiles, pid: int) -> str | None:
    """``pid:[4026531836]``; zombies still have one."""
    try:
        return os.readlink(f"{files.root}/{pid}/ns/pid")
    except OSError:
        return None


def _outer_namespaces(files: ProcFiles, pid: int) -> list[str]:
    """The PID namespaces around that of ``pid``, as far out as this process may look."""
    found: list[str] = []
    with suppress(OSError):
        fd = os.open(f"{files.root}/{pid}/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
        try:
            while True:
                outer = fcntl.ioctl(fd, NS_GET_PARENT)
                os.close(fd)
                fd = outer
                found.append(f"pid:[{os.fstat(fd).st_ino}]")
        finally:
            os.close(fd)
    return found
