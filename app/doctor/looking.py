"""The processes of any container: from this machine's /proc, else by a probe on the engine, else as ps lists them.

What each witness cannot see is said, with what would allow it; what is not seen is unknown, and a forecast by it never
sure.  Command lines are masked here, before anything is made of them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

from anyio import to_thread

from app.doctor.setup import Setup
from app.errors import LabError
from app.events.masking import masked_words
from app.hosts.looking import first_process, look_at
from app.lab.forecasts import StopForecaster, process_view_of
from app.probe.procfs import Proc, ProcessFacts
from app.targets import Target
from app.verdict.setup.unseen import ALLOW_CALLS, ALLOW_PROC, CALLS, CALLS_AND_MORE, ELSEWHERE
from app.verdict.signal_state import SignalState, Thread
from app.verdict.tree import ProcessView

T = TypeVar("T")
Call = Callable[[Callable[[Any], T]], Awaitable[T]]  # runs a blocking call on the engine's client, in a thread
Probe = Callable[[int, str], Awaitable[list[ProcessFacts] | None]]
By = Literal["proc", "probe", "ps", "nobody"]

COLUMNS = "pid,ppid,pgid,uid,stat,pending,blocked,ignored,caught,args"


@dataclass(frozen=True, slots=True)
class Zombie:
    pid: int
    start: int
    comm: str
    ppid: int


@dataclass(frozen=True, slots=True)
class Seen:
    """``members``: the root first; empty where nobody is to be seen.  ``zombies``: None where they do not show.

    ``missing``: what this witness cannot see; "" nothing.  ``allow``: what would let it.
    """

    by: By
    members: tuple[ProcessView, ...] = ()
    zombies: tuple[Zombie, ...] | None = None
    missing: str = ""
    allow: str = ""


async def look(setup: Setup, call: Call[Any], probe: Probe | None) -> Seen:
    """At a container that runs."""
    proc = Proc()

    async def once() -> list[ProcessFacts] | None:
        if first_process(proc, setup.pid, setup.id):
            return await look_at(proc, await to_thread.run_sync(proc.container_processes, setup.pid, setup.id))
        return await probe(setup.pid, setup.id) if probe else None

    by: By = "proc" if first_process(proc, setup.pid, setup.id) else "probe"
    facts = await StopForecaster(Target("", setup.name, "container")).look(once) if setup.pid else []
    if not facts:
        return await _as_ps_lists_them(setup, call) if setup.pid else Seen("nobody")
    if by == "proc":
        facts = await to_thread.run_sync(proc.busy, facts)
    return of_facts(facts, by)


def of_facts(facts: Sequence[ProcessFacts], by: By) -> Seen:
    """From what the probe's own code has read."""
    members = tuple(_masked(process_view_of(each)) for each in facts if not each.preparing)
    dead = (each for each in facts if each.state == "Z" and not each.threads_of)
    zombies = tuple(Zombie(each.pid, each.start, each.comm, each.ppid) for each in dead)
    blind = any(each.subject.state not in "ZX" and each.wait_call is None for each in members)
    return Seen(by, members, zombies, CALLS if blind else "", ALLOW_CALLS if blind else "")


async def _as_ps_lists_them(setup: Setup, call: Call[Any]) -> Seen:
    """``docker top``: masks of first threads, and no zombies, calls, threads or files."""
    try:
        told = await call(lambda client: client.top(setup.id, f"-eo {COLUMNS}"))
    except LabError:
        return Seen("nobody", missing=ELSEWHERE, allow=ALLOW_PROC)
    members = [member for row in told.get("Processes") or () if (member := of_row(row, setup))]
    members.sort(key=lambda each: (each.pid != setup.pid, each.pid))
    if not members or members[0].pid != setup.pid:
        return Seen("nobody", missing=ELSEWHERE, allow=ALLOW_PROC)
    return Seen("ps", tuple(members), missing=CALLS_AND_MORE, allow=ALLOW_PROC)


def of_row(row: Sequence[str], setup: Setup) -> ProcessView | None:
    """One line of ``COLUMNS``; pids are those of the engine's machine.  None: it is no such line."""
    try:
        pid, ppid, pgid, uid = (int(word) for word in row[:4])
        _, blocked, ignored, caught = (int(word, 16) for word in row[5:9])
    except (ValueError, IndexError):
        return None
    words = masked_words(" ".join(row[9:]).split())
    is_init = pid == setup.pid and not setup.pid_mode
    state = row[4][:1]
    frozen: Literal["", "v1"] = "v1" if setup.status == "paused" else ""
    subject = SignalState(
        (Thread(blocked),), ignored, caught, leader_blocked=blocked, state=state, is_init=is_init, frozen=frozen
    )
    comm = words[0].rpartition("/")[2] if words else ""
    return ProcessView(pid, ppid, 1 if is_init else pid, pgid, comm, words, None, subject, uid=uid)


def _masked(member: ProcessView) -> ProcessView:
    return replace(member, argv=masked_words(member.argv))
