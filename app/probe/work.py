"""What a process is busy with: connections that are open, the program that runs, the call that it waits in."""

from __future__ import annotations

import os
import platform

from app.probe.files import ProcFiles

ESTABLISHED, CONNECTED = b"01", b"03"  # net/tcp_states.h; SS_CONNECTED of linux/net.h
DESCRIPTORS = 1024  # looked at, of one process
_WAIT4 = {"x86_64": {61, 247}, "aarch64": {260, 95}, "riscv64": {260, 95}}.get(platform.machine(), set[int]())


def connections(files: ProcFiles, pid: int, tables: dict[str, set[bytes]] | None = None) -> int | None:
    """How many connections it holds: TCP, and Unix sockets that came in by a path.  None: it may not be looked at.

    A listener is none, nor is a pair of sockets between a program's own processes.  ``tables`` keeps what was read of
    each network namespace, for one look at many processes that share it.
    """
    inodes: set[bytes] = set()
    folder = f"{files.root}/{pid}/fd"
    try:
        for name in os.listdir(folder)[:DESCRIPTORS]:
            try:
                link = os.readlink(f"{folder}/{name}")
            except OSError:
                continue
            if link.startswith("socket:["):
                inodes.add(link[8:-1].encode())
    except OSError:
        return None
    if not inodes:
        return 0
    return len(inodes & (_connected(files, pid) if tables is None else _kept(files, pid, tables)))


def _kept(files: ProcFiles, pid: int, tables: dict[str, set[bytes]]) -> set[bytes]:
    try:
        namespace = os.readlink(f"{files.root}/{pid}/ns/net")
    except OSError:
        return _connected(files, pid)
    if namespace not in tables:
        tables[namespace] = _connected(files, pid)
    return tables[namespace]


def _connected(files: ProcFiles, pid: int) -> set[bytes]:
    """Inodes of the connected sockets of its network namespace."""
    found: set[bytes] = set()
    for table in ("net/tcp", "net/tcp6"):
        for line in (files.read(pid, table) or b"").splitlines()[1:]:
            fields = line.split()
            if len(fields) > 9 and fields[3] == ESTABLISHED:
                found.add(fields[9])
    for line in (files.read(pid, "net/unix") or b"").splitlines()[1:]:
        fields = line.split()
        if len(fields) > 7 and fields[5] == CONNECTED:  # the eighth field is the path
            found.add(fields[6])
    return found


def program(files: ProcFiles, pid: int) -> str | None:
    """The path of what it executes, as it sees it itself; None: it may not be looked at."""
    try:
        return os.readlink(f"{files.root}/{pid}/exe")
    except OSError:
        return None


def waits_for_child(files: ProcFiles, pid: int) -> bool | None:
    """Whether its first thread is in wait4(2) or waitid(2); None: nobody can tell."""
    words = (files.read(pid, "syscall") or b"").split()
    if not words or not _WAIT4:
        return None
    return words[0].isdigit() and int(words[0]) in _WAIT4
