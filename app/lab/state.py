"""What the lab holds of a run while it is alive: nothing that is not in the journal, but for handles and locks."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import anyio
from anyio.abc import TaskGroup

from app.errors import AlreadyGone, NotOurs
from app.events import RunCreated
from app.events.parts import ScratchFile, TargetInfo
from app.hosts.base import Handle, Spec
from app.lab.forecasts import StopForecaster
from app.lab.stop import StopUnderWay
from app.targets import Target
from app.verdict.signal_state import NOTHING_TRIED, Tried

LOOK_WITHIN_S = 0.5


@dataclass(slots=True)
class TargetState:
    """One target of a run that is not over, from before its start to its end."""

    target: Target
    spec: Spec
    tried: Callable[[], Tried] = lambda: NOTHING_TRIED  # what is known by now of the kernel that it runs on
    handle: Handle | None = None
    wanted: anyio.Event = field(default_factory=anyio.Event)  # of a later one: somebody asked for it
    started: anyio.Event = field(default_factory=anyio.Event)  # there is a handle, or there will be none
    known: anyio.Event = field(default_factory=anyio.Event)  # the kernel's trace was told of its first processes
    ended: bool = False
    over: anyio.Event = field(default_factory=anyio.Event)  # all is said of it, its verdict too, or it never began
    stop: StopUnderWay | None = None  # also one that is just being asked for
    alive: list[tuple[int, int]] = field(default_factory=list)  # (pid, start) on the engine's machine, as seen last
    pids_seen: set[int] = field(default_factory=set)  # inside the target
    stop_forecaster: StopForecaster = field(init=False)
    sending: anyio.Lock = field(default_factory=anyio.Lock)  # one request at a time: so each can be told from the next

    def __post_init__(self) -> None:
        self.stop_forecaster = StopForecaster(self.target, self.tried)

    @property
    def waits(self) -> bool:
        """A step or a person has to start it first."""
        return self.spec.later and not self.wanted.is_set() and not self.ended and self.handle is None

    async def looked_at(self) -> None:
        """What is sent to it before its first look would have no word of the kernel; a slow look is not waited for."""
        with anyio.move_on_after(LOOK_WITHIN_S):
            await self.known.wait()


@dataclass(slots=True)
class RunState:
    """One run that is not over, with its targets."""

    id: str
    targets: list[TargetState]
    created: int  # id of its run_created
    folder: Path | None = None  # holds its scratch files
    files: dict[str, str] = field(default_factory=dict)  # what the journal says is in them
    job: Callable[[RunState], Coroutine[Any, Any, None]] | None = (
        None  # what it is for, where that is no lesson; as of ``jobs``
    )
    jobs: TaskGroup | None = None  # what was asked of a target and takes a while; the run ends after them
    released: anyio.Event = field(default_factory=anyio.Event)  # nobody will ask for a later target any more
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    done: anyio.Event = field(default_factory=anyio.Event)
    reason: Literal["ended", "failed", "removed", "lab_stopped"] = "ended"


@dataclass(frozen=True, slots=True)
class Made:
    """What a run was started from, so that it can be started again."""

    specs: tuple[Spec, ...]
    title: str
    question: str


def announced(
    run: str,
    number: int,
    experiment: str | None,
    made: Made,
    targets: Sequence[TargetState],
    files: Mapping[str, str],
) -> RunCreated:
    """The run's first event."""
    return RunCreated(
        run=run,
        author="person",
        number=number,
        experiment=experiment,
        title=made.title,
        question=made.question,
        targets=tuple(
            TargetInfo(
                id=state.target.id,
                name=state.target.name,
                host=state.target.host,
                tty=state.target.host != "container" or state.spec.container.tty,
                later=state.spec.later,
            )
            for state in targets
        ),
        files=tuple(ScratchFile(name=name, text=text) for name, text in files.items()),
    )


async def check_pid(state: TargetState, handle: Handle, pid: int | None) -> None:
    """Say "not ours" or "gone" before anything is recorded, where this machine can see the target's processes."""
    if pid is None:
        return
    seen = await handle.processes()
    if seen is None:
        return
    state.pids_seen |= {facts.ns_pid for facts in seen}
    if pid in {facts.ns_pid for facts in seen}:
        return
    if pid in state.pids_seen:
        raise AlreadyGone(f"process {pid} of {state.target.id} has ended", hint="Its row may be a newer process now.")
    raise NotOurs(f"{state.target.id} has no process {pid}")
