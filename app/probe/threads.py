"""Threads of a process: what each blocks, what waits for it, and what it waits for itself.

A thread in rt_sigtimedwait(2) shows the signals that it waits for as *not* blocked, and its real mask nowhere: only
the set that it handed to the kernel tells, read from its memory at the address of the call's first argument.
Reading that needs ptrace(2) access; without it nothing is known to be waited for.  Mask, call and set are three files:
a thread that ran in between could show the mask of one moment and the call of another, so it is looked at again.
"""

from __future__ import annotations

import os
import platform
import struct
from dataclasses import dataclass

from app.probe.files import ProcFiles, parse_stat, status_field

# rt_sigtimedwait and rt_sigtimedwait_time64 by machine; other machines: unknown, so nothing is read.
_WAIT_CALLS = {"x86_64": {128}, "aarch64": {137}, "riscv64": {137}, "ppc64le": {176}, "s390x": {177}}
WAIT_CALLS = _WAIT_CALLS.get(platform.machine(), set())
LOOKED_AT = 256  # threads of one process whose calls are asked for
TRIES = 5
STILL = "SDTt"  # states in which it does nothing; D: frozen, or in a call that must return
_SAME = (b"voluntary_ctxt_switches", b"nonvoluntary_ctxt_switches", b"State", b"SigBlk")


@dataclass(frozen=True, slots=True)
class ThreadFacts:
    """One living thread.  Masks: bit n-1 stands for signal n."""

    tid: int
    ns_tid: int  # inside its PID namespace
    comm: str
    state: str  # one letter
    blocked: int  # as the kernel shows it: without what it waits for
    pending: int  # for this thread only
    waited: int  # what it waits for in rt_sigtimedwait(2)
    steady: bool = True  # False: it ran while it was looked at, each time
    traced: bool = False


def living_threads(files: ProcFiles, pid: int, threads: int, leader_status: bytes) -> tuple[ThreadFacts, ...]:
    """The leader first.  A thread that has ended takes no signal: a leader that did (state Z) is left out."""
    found = []
    for index, tid in enumerate([pid] if threads == 1 else sorted(files.tids(pid), key=lambda tid: tid != pid)):
        status = leader_status if tid == pid else files.read(pid, f"task/{tid}/status")
        if status and (facts := _thread(files, pid, tid, status, ask=index < LOOKED_AT)):
            found.append(facts)
    return tuple(found)


def _thread(files: ProcFiles, pid: int, tid: int, status: bytes, *, ask: bool) -> ThreadFacts | None:
    state = (status_field(status, b"State") or b"?")[:1].decode()
    if tid == pid and state in "ZX":
        # /proc/PID/status tells of the leader; that it lives is said by its own folder.
        stat = parse_stat(files.read(pid, f"task/{tid}/stat"))
        state = stat.state if stat else state
    if state in "ZX":
        return None
    waited, steady = 0, not ask
    for _ in range(TRIES if ask else 0):
        # While it runs nobody can tell its call, and it may be on its way out of a wait, with that wait's mask.
        found = 0 if state in "Tt" else waited_for(files, pid, tid)  # a stop ends the wait, and its mask with it
        still, waited = state in STILL and found is not None, found or 0
        after = files.read(pid, f"task/{tid}/status") or status
        steady = still and all(status_field(after, name) == status_field(status, name) for name in _SAME)
        if steady:
            break
        status, state = after, (status_field(after, b"State") or b"?")[:1].decode()
    blocked, pending = (int(status_field(status, name) or b"0", 16) for name in (b"SigBlk", b"SigPnd"))
    numbers = (status_field(status, b"NSpid") or str(tid).encode()).split()
    name = (status_field(status, b"Name") or b"").decode("utf-8", "replace")
    traced = (status_field(status, b"TracerPid") or b"0") != b"0"
    return ThreadFacts(tid, int(numbers[-1]), name, state, blocked, pending, waited, steady, traced)


def waited_for(files: ProcFiles, pid: int, tid: int) -> int | None:
    """The set of a thread in rt_sigtimedwait(2); 0: in no such call, or it may not be asked.  None: it runs."""
    words = (files.read(pid, f"task/{tid}/syscall") or b"").split()
    if words[:1] == [b"running"]:
        return None
    if len(words) < 2 or not words[0].isdigit() or int(words[0]) not in WAIT_CALLS:
        return 0
    try:
        fd = os.open(f"{files.root}/{pid}/task/{tid}/mem", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return 0
    try:
        raw = os.pread(fd, 8, int(words[1], 16))
    except (OSError, OverflowError):
        return 0
    finally:
        os.close(fd)
    return int(struct.unpack("=Q", raw)[0]) if len(raw) == 8 else 0


def signalfd_mask(files: ProcFiles, pid: int, limit: int = 512) -> int:
    """What the signalfds of a process read, joined; 0 where there is none, or they may not be looked at."""
    mask, folder = 0, f"{files.root}/{pid}/fd"
    try:
        names = os.listdir(folder)
    except OSError:
        return 0
    for name in names[:limit]:
        try:
            if os.readlink(f"{folder}/{name}") != "anon_inode:[signalfd]":
                continue
        except OSError:
            continue
        told = status_field(b"\n" + (files.read(pid, f"fdinfo/{name}") or b""), b"sigmask")
        mask |= int(told, 16) if told else 0
    return mask
