"""What the lab asks of whatever acts on targets.

A host starts targets and gives a ``Handle`` for each; the handle is asked, and what then *happens* is reported through
``record`` by whoever saw it: the pipe, the engine, the wait status.  A handle never reports an end because it sent a
signal.  Hosts own their tasks and threads: they are async context managers, and when the block ends nothing is left.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, Protocol

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from app.events import Clock
from app.events.parts import Fence, Limit, Origin
from app.probe.procfs import ProcessFacts
from app.signals import Signal
from app.targets import HostName, Target

_PORT = re.compile(r"(\d{1,5})(?:/(?:tcp|udp|sctp))?", re.ASCII)
_VARIABLE = re.compile(r"[^=\0]+")


def _env(env: dict[str, str]) -> dict[str, str]:
    for name, value in env.items():
        if not _VARIABLE.fullmatch(name) or "\0" in value:
            raise ValueError(f"{name[:80]!r} cannot be the name of a variable, or its value holds NUL")
    return env


def _ports(ports: dict[str, int]) -> dict[str, int]:
    for inside, outside in ports.items():
        port = _PORT.fullmatch(inside)
        if not port or not 0 < int(port[1]) < 65536 or not 0 <= outside < 65536:
            raise ValueError(f"{inside[:80]!r} at {outside} is no port")
    return ports


Env = Annotated[dict[str, str], AfterValidator(_env)]
Ports = Annotated[dict[str, int], AfterValidator(_ports)]
RUN_WITHIN_S = 20.0  # for a command inside a target
LEAST_MEMORY = 6 * 2**20  # the engine takes no less
_UNITS = {"": 0, "b": 0, "k": 10, "m": 20, "g": 30}
# Root may signal what is root's, without any capability; another name may stand for it in the image.
_ORDINARY = re.compile(r"(nobody|0*[1-9]\d*)(:(nogroup|0*[1-9]\d*))?", re.ASCII)
_MEMORY = re.compile(r"(\d{1,15})([bkmg]?)b?", re.IGNORECASE | re.ASCII)


def is_ordinary(user: str) -> bool:
    """Of a container: certainly not root, whatever its image calls whom."""
    return _ORDINARY.fullmatch(user) is not None


class ProcessOptions(BaseModel):
    """Of a local target or a sandbox.  ``cols`` and ``rows`` are the terminal's first size."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    env: Env = Field(default_factory=dict)
    cwd: str | None = None
    cols: int = Field(default=80, ge=2, le=500)
    rows: int = Field(default=24, ge=2, le=300)
    ports: Ports = Field(default_factory=dict)  # "8080/tcp" → wanted on loopback; {port:8080/tcp} in the command


class ContainerOptions(BaseModel):
    """Of a container, named as in docker-py.  None means: what the engine or the image says.

    ``fence``: what the lab adds on its own account.  "fenced" takes all capabilities and the network away; "docker"
    leaves it at the engine's usual ones and a bridge.  Limits of memory, processes and cpu belong to both.  The last
    four are for the catalogue's own files only; the API refuses them (``app/web/adhoc.py``).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    init: bool | None = None
    pid_mode: Literal["host"] | None = None
    stop_signal: str | None = None
    stop_timeout_s: int | None = Field(default=None, ge=-1, le=3600)
    entrypoint: tuple[str, ...] | None = None
    tty: bool = False
    stdin_open: bool = False
    env: Env = Field(default_factory=dict)
    user: str | None = None
    workdir: str | None = None
    fence: Fence = "fenced"
    memory: str = "256m"
    pids_limit: int = Field(default=256, ge=1, le=4096)
    ports: Ports = Field(default_factory=dict)  # "8080/tcp" → a port on loopback, 0: any free one
    tmpfs: tuple[str, ...] = ()
    binds: tuple[str, ...] = ()
    cgroupns: Literal["host", "private", "auto"] | None = None  # auto: the host's on cgroup v2, for systemd
    cap_add: tuple[str, ...] = ()

    @field_validator("memory")
    @classmethod
    def _is_a_limit(cls, memory: str) -> str:
        """Also in a file of one's own: to the engine 0 means none."""
        found = _MEMORY.fullmatch(memory)
        if not found or int(found[1]) << _UNITS[found[2].lower()] < LEAST_MEMORY:
            raise ValueError(f"{memory!r} is no amount that the engine takes: at least 6m, such as 256m or 1g")
        return memory

    @model_validator(mode="after")
    def _leaves_the_machine_alone(self) -> ContainerOptions:
        if self.fence == "docker" and self.pid_mode == "host":
            raise ValueError("fence: among the machine's processes (pid_mode) a container is always fenced")
        return self


class Spec(BaseModel):
    """What to start.  ``image`` is a folder of ``docker/`` ("base") or, ad hoc, an image's reference."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = "main"
    host: HostName
    command: tuple[str, ...] = ()
    image: str | None = None
    later: bool = False  # started by a step or a person, not with the run
    own: bool = False  # somebody's own, and not the lab's: the values of its environment are on no screen
    process: ProcessOptions = ProcessOptions()
    container: ContainerOptions = ContainerOptions()


@dataclass(frozen=True, slots=True)
class StopDefaults:
    """What a stop does when nothing else is asked.  ``timeout_s`` −1: it waits for ever."""

    signal: Signal
    timeout_s: int


@dataclass(frozen=True, slots=True)
class Ways:
    """What whoever acts on a target does, where engines differ; by itself as Docker does since API 1.42.

    ``stop_takes_signal``: a stop can be asked for with another signal.  ``tells_signals``: each signal that it sends is
    an event with its number.  ``stops_paused``: it sends the signal and then thaws; else it refuses.
    ``signal_at_zero``: with a timeout of 0 the stop signal comes first, and SIGKILL about 10 ms later.
    ``low_ports``: whoever is not root may bind ports below 1024 in a network of its own.
    """

    engine: str = "Docker"
    stop_takes_signal: bool = True
    tells_signals: bool = True
    stops_paused: bool = True
    signal_at_zero: bool = True
    low_ports: bool = True


@dataclass(frozen=True, slots=True)
class Stopped:
    """How a stop ended.

    ``took_s`` runs from the first signal to the end of the root process, by the one clock named in ``clock``; None
    where it could not be measured.  ``killed``: SIGKILL ended it; None where nobody can tell.
    """

    took_s: float | None
    exit_code: int | None
    killed: bool | None
    clock: Clock
    at: datetime


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a command that was run inside a target.  ``output``: both streams, joined, at most 64 KiB."""

    exit_code: int
    output: str


class Handle(Protocol):
    """One started target.  Calls raise AlreadyGone once it has ended, HostFailed with the other side's words."""

    @property
    def target(self) -> Target: ...

    @property
    def stop_defaults(self) -> StopDefaults: ...

    @property
    def stdin(self) -> bool:
        """Whether ``write`` is possible."""
        ...

    @property
    def ports(self) -> Mapping[str, int]:
        """Where its ports can be reached on this machine's loopback: "8080/tcp" → 32768."""
        ...

    async def send(self, signal: Signal, *, pid: int | None, group: bool, origin: Origin) -> None:
        """Send one signal to a process of the target.

        Args:
            pid: inside the target's PID namespace; None: the root process.
            group: to the whole process group of that process.
            origin: "inside" has it sent by a process in the target's PID namespace, where PID 1 is protected even
                from SIGKILL.

        Raises:
            NotOurs: no process of the target has that pid, or its group holds others.  AlreadyGone: it had, and ended.
        """
        ...

    async def stop(self, signal: Signal, timeout_s: int, on_timeout: Callable[[], Awaitable[object]]) -> Stopped:
        """Stop as ``docker stop`` does: ``signal`` to the root process, SIGKILL after ``timeout_s`` (−1: never).

        Returns when the target has ended.  ``on_timeout`` is awaited just before this host itself sends SIGKILL; where
        the engine does that, its own ``kill`` event tells.
        """
        ...

    async def kill(self) -> None:
        """SIGKILL to the whole target, now.  Returns when it has been sent."""
        ...

    async def write(self, data: bytes) -> None:
        """Type into the target's terminal or standard input.  Raises NotApplicable without ``stdin``."""
        ...

    async def resize(self, cols: int, rows: int) -> None:
        """Give the terminal another size: a real SIGWINCH.  Raises NotApplicable without a terminal."""
        ...

    async def pause(self) -> None:
        """Freeze all of it, as ``docker pause`` does.  Raises NotApplicable where there is no freezer of its own."""
        ...

    async def unpause(self) -> None:
        """Let it go on."""
        ...

    async def run(self, command: tuple[str, ...], within_s: float = RUN_WITHIN_S) -> Ran:
        """Run a command inside the target, in its PID and mount namespaces, and wait for it.

        Raises HostFailed: it did not end in time.
        """
        ...

    async def processes(self) -> list[ProcessFacts] | None:
        """All processes of the target now, root first; None where this machine cannot see them."""
        ...

    async def ended(self) -> None:
        """Returns when ``target_exited`` has been recorded."""
        ...

    async def close(self) -> None:
        """End the target whatever it does and release all that belongs to it.  Does not mind one that is gone."""
        ...


class Host(Protocol):
    """Starts targets of one kind."""

    async def check(self) -> None:
        """Raises EngineUnavailable or NotPossible where nothing can be started now."""
        ...

    def lacks(self, wanted: Iterable[Limit]) -> list[Limit]:
        """Which of these limits a target would be without here."""
        ...

    @property
    def ways(self) -> Ways:
        """Of the engine that is there now; as Docker's while there is none."""
        ...

    async def start(self, target: Target, spec: Spec) -> Handle:
        """Start it; records ``target_starting`` and ``target_started``.  Raises LabError when it cannot be started."""
        ...

    def equivalent(self, spec: Spec, name: str) -> str:
        """The command line a person would type for this."""
        ...
