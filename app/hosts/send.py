"""Sends a signal to one process of this machine, or to its process group, and to nobody else: for every host.

A number that was a target's process a moment ago may be somebody else's now.  So each way is the same three lines: hold
the process by a pidfd, see that it still is the one with that start time, send.

A process group has a number only, and no descriptor.  The kernel gives that number to nobody else while one member is
left.  So it is read anew from a process that is held, every member of it must be the target's own, and the last thing
that is looked at before it is sent to is that process, still in that group.
"""

from __future__ import annotations

import logging
import os
import signal as signals
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from anyio import to_thread

from app.errors import AlreadyGone, HostFailed, NotOurs
from app.probe.procfs import Proc, ProcessFacts
from app.signals import Signal

Members = Callable[[], Iterable[int]]  # pids of all processes of the target, now
LOOKS = 3  # at a group with a stranger in it: a walk through a tree can miss one whose parent has just ended
MACHINE_INIT = 1
PROC = Proc()

log = logging.getLogger("signal_lab.kernel")


async def send_to_process(to: ProcessFacts, signal: Signal, *, of: str) -> None:
    """Send ``signal`` to the process ``to`` of the target ``of``, whose name stands in errors.

    Raises AlreadyGone, NotOurs for the machine's init and this server, HostFailed with the kernel's words.
    """
    with _held(to, of) as pidfd:
        log.debug("kernel: signal %d to %d, started at %d, of %s", signal.number, to.pid, to.start, of)
        signals.pidfd_send_signal(pidfd, signal.number)


async def send_to_group(to: ProcessFacts, signal: Signal, *, of: str, members: Members) -> None:
    """Send ``signal`` to the process group in which ``to`` is now.

    Raises as ``send_to_process``; NotOurs also where anybody in that group is not among ``members``, and for the group
    and the session of this server.
    """
    with _held(to, of):
        group = await to_thread.run_sync(_own_group, to, of, members)
        if _group_now(to, of) != group:
            raise AlreadyGone(f"process {to.ns_pid} of {of} has changed its group", hint="Look again, and send again.")
        log.debug("kernel: signal %d to group %d, of %s", signal.number, group, of)
        os.killpg(group, signal.number)


def may_signal(to: ProcessFacts) -> bool:
    """Whether this user may signal the process ``to``: the kernel is asked with 0, which sends nothing."""
    try:
        with _held(to, "") as pidfd:
            signals.pidfd_send_signal(pidfd, 0)
    except (AlreadyGone, NotOurs, HostFailed):
        return False
    return True


@contextmanager
def _held(to: ProcessFacts, of: str) -> Iterator[int]:
    """A pidfd of exactly this process; what the kernel refuses meanwhile is told as an error of ours."""
    if to.pid <= MACHINE_INIT or to.pid == os.getpid():
        raise NotOurs(f"process {to.ns_pid} of {of} is this server, or the machine's own")
    try:
        pidfd = os.pidfd_open(to.pid)
        try:
            if PROC.identity(to.pid) != (to.pid, to.start):
                raise _ended(to, of)
            yield pidfd
        finally:
            os.close(pidfd)
    except ProcessLookupError as error:
        raise _ended(to, of) from error
    except OSError as error:
        raise HostFailed(f"the kernel refused: {error.strerror}") from error


def _ended(to: ProcessFacts, of: str) -> AlreadyGone:
    return AlreadyGone(f"process {to.ns_pid} of {of} has ended")


def _group_now(to: ProcessFacts, of: str) -> int:
    """Number of the group in which it is.  Raises AlreadyGone, NotOurs for one that no target can be in."""
    stat = PROC.stat(to.pid)
    if stat is None or stat.start != to.start:
        raise _ended(to, of)
    if stat.pgid <= MACHINE_INIT or stat.pgid == os.getpgrp() or stat.sid == os.getsid(0):
        raise NotOurs(f"the group of process {to.ns_pid} of {of} is this server's, or the machine's own")
    return stat.pgid


def _own_group(to: ProcessFacts, of: str, members: Members) -> int:
    """The group of ``to``, in which nobody is a stranger.  Reads all of /proc: some milliseconds, so in a thread."""
    group = _group_now(to, of)
    for _ in range(LOOKS):
        inside = _in_group(group, PROC.pids())
        strangers = set(inside) - set(members())  # asked later: who was forked meanwhile is known by then
        if not _in_group(group, strangers):
            return group
    raise NotOurs(f"the group of process {to.ns_pid} of {of} also holds what is not the target's")


def _in_group(group: int, pids: Iterable[int]) -> list[int]:
    """Those that are in it, of these."""
    return [pid for pid in pids if (stat := PROC.stat(pid)) and stat.pgid == group]
