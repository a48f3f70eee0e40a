"""A signal reaches the process that was meant, or its group, and nobody who has its number by now.

Every number in danger is that of a real process beside the target, which must not notice anything.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import IO

import pytest

from app.errors import AlreadyGone, HostFailed, NotOurs
from app.events import AnyEvent
from app.hosts.base import Spec
from app.hosts.local.host import running_processes
from app.hosts.send import may_signal, send_to_group, send_to_process
from app.probe.procfs import Proc, ProcessFacts
from app.signals import SIGTERM, parse_signal
from app.targets import Target
from tests.support import until

PROC = Proc()
USR1 = parse_signal("USR1")
# A leader and two in its group, a third in one of its own; who is hit says so.  They end with the pipe.
# Python runs a handler between two of its own steps: one whose signal comes after the last look and before the call
# that waits is run when that call returns.  So no program here waits for long at a stretch.
FAMILY = """
import os, select, signal
def hear(number, frame):
    os.write(1, b"%d heard\\n" % os.getpid())
signal.signal(signal.SIGUSR1, hear)
signal.signal(signal.SIGUSR2, lambda number, frame: os.setpgid(0, 0))
for apart in (False, False, True):
    if os.fork() == 0:
        if apart:
            os.setpgid(0, 0)
        break
os.write(1, b"%d here\\n" % os.getpid())
while not select.select([0], [], [], 0.2)[0]:
    pass
"""
pytestmark = pytest.mark.anyio


def look(pid: int) -> ProcessFacts:
    seen = PROC.read_process(pid)
    assert seen is not None
    return seen


@contextmanager
def bystander(*, session: bool = True, group: int | None = None) -> Iterator[ProcessFacts]:
    """Somebody else's process, which is not to be disturbed.

    ``session``: it leads a group and a session of its own.  ``group``: 0, one of its own.
    """
    with subprocess.Popen(["sleep", "681"], start_new_session=session, process_group=group) as running:
        try:
            yield look(running.pid)
            assert running.poll() is None, "it was hit"
        finally:
            running.kill()


@contextmanager
def family() -> Iterator[tuple[subprocess.Popen[str], set[int], IO[str]]]:
    """The leader, all four, and what they say."""
    python = ["python3", "-c", FAMILY]
    with subprocess.Popen(
        python, start_new_session=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as leader:
        assert leader.stdout is not None
        assert leader.stdin is not None
        yield leader, {int(leader.stdout.readline().split()[0]) for _ in range(4)}, leader.stdout
        leader.stdin.close()


async def test_a_group_is_reached_and_who_left_it_is_not() -> None:
    with family() as (leader, everybody, said):
        in_group = {pid for pid in everybody if os.getpgid(pid) == leader.pid}
        assert len(in_group) == 3
        for each in in_group:  # whichever of them is named
            await send_to_group(look(each), USR1, of="r1.a", members=lambda: everybody)
            assert {int(said.readline().split()[0]) for _ in in_group} == in_group


async def test_a_group_with_a_stranger_in_it_is_nobodys_to_signal() -> None:
    with family() as (leader, everybody, said):
        stranger = next(pid for pid in everybody if os.getpgid(pid) == leader.pid != pid)
        asked = []

        def all_but_one() -> set[int]:
            asked.append(1)
            return everybody - {stranger}

        with pytest.raises(NotOurs):
            await send_to_group(look(leader.pid), USR1, of="r1.a", members=all_but_one)
        assert len(asked) > 1, "it was looked at again, since a look can miss one"
        await send_to_process(look(stranger), USR1, of="r1.a")
        assert said.readline() == f"{stranger} heard\n", "nobody had heard anything before"


async def test_one_that_a_look_had_missed_is_no_stranger() -> None:
    with family() as (leader, everybody, said):
        looks = iter((set[int](), everybody))
        await send_to_group(look(leader.pid), USR1, of="r1.a", members=lambda: next(looks))
        assert {said.readline().split()[1] for _ in range(3)} == {"heard"}


async def test_a_number_that_was_given_away_meanwhile_is_not_used() -> None:
    with bystander() as other:
        before = replace(other, start=other.start - 1)  # what had the number before
        for ways in (
            send_to_process(before, SIGTERM, of="r1.a"),
            send_to_group(before, SIGTERM, of="r1.a", members=lambda: [before.pid]),
        ):
            with pytest.raises(AlreadyGone):
                await ways
        assert not may_signal(before)
        assert may_signal(other)


async def test_a_group_that_was_left_meanwhile_is_not_used() -> None:
    """What was seen is a group that is somebody else's by now; where the process is now counts."""
    with family() as (leader, everybody, said), bystander() as other:
        apart = next(pid for pid in everybody if os.getpgid(pid) == pid != leader.pid)
        seen = replace(look(apart), pgid=other.pgid)
        await send_to_group(seen, USR1, of="r1.a", members=lambda: [apart])
        assert said.readline() == f"{apart} heard\n"


async def test_a_group_that_is_left_at_the_last_moment_is_not_used() -> None:
    with family() as (leader, everybody, said):
        leaving = next(pid for pid in everybody if os.getpgid(pid) == leader.pid != pid)

        def members() -> set[int]:
            os.kill(leaving, signal.SIGUSR2)  # while everybody is looked at
            until(lambda: os.getpgid(leaving) == leaving)
            return everybody

        with pytest.raises(AlreadyGone, match="changed its group"):
            await send_to_group(look(leaving), USR1, of="r1.a", members=members)
        await send_to_process(look(leader.pid), USR1, of="r1.a")
        assert said.readline() == f"{leader.pid} heard\n"
        await send_to_process(look(leaving), USR1, of="r1.a")
        assert said.readline() == f"{leaving} heard\n", "nobody had heard anything before"


async def test_nobody_reaches_the_machines_init_this_server_its_group_or_its_session() -> None:
    with bystander(session=False) as in_our_group, bystander(session=False, group=0) as in_our_session:
        for pid in (os.getpid(), 1):
            with pytest.raises(NotOurs):
                await send_to_process(look(pid), SIGTERM, of="r1.a")
            assert not may_signal(look(pid))
        for each in (in_our_group, in_our_session, look(1), look(os.getpid())):
            with pytest.raises(NotOurs):
                await send_to_group(each, SIGTERM, of="r1.a", members=PROC.pids)
        for number in (0, -1, -in_our_session.pid):
            with pytest.raises(NotOurs):
                await send_to_process(replace(in_our_session, pid=number), SIGTERM, of="r1.a")


async def test_what_the_kernel_refuses_is_told_in_its_words() -> None:
    with bystander() as other, pytest.raises(HostFailed, match="Invalid argument"):
        await send_to_process(other, replace(SIGTERM, number=200), of="r1.a")
    with pytest.raises(AlreadyGone, match=r"process 7 of r1\.a has ended"):
        await send_to_process(replace(other, ns_pid=7), SIGTERM, of="r1.a")


async def test_a_target_whose_process_has_ended_hits_nobody_who_has_its_number() -> None:
    """The whole way of a local target's handle: its last look is of a process whose number is somebody else's now."""

    async def record(_event: AnyEvent, /) -> int:
        return 1

    with bystander() as other:
        async with running_processes(record) as host:
            handle = await host.start(Target("r1", "one", "process"), Spec(host="process", command=("sleep", "686")))
            stale = replace(other, start=other.start - 1)

            async def processes() -> list[ProcessFacts]:
                return [stale]

            handle.processes = processes  # type: ignore[method-assign]
            for group in (False, True):
                with pytest.raises(AlreadyGone):
                    await handle.send(SIGTERM, pid=stale.ns_pid, group=group, origin="outside")
            await handle.close()
