"""What a stop forecast looks at: the processes of a target as they are now, its stop signal and its timeout.

Pure data, made by whoever read it.  None always means that nobody knows, and what nobody knows is never sure.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

from app.targets import HostName
from app.verdict.signal_state import SignalState

COPY_S = 0.1  # a copy of its parent that is older than this stays one, such as a subshell


@dataclass(frozen=True, slots=True)
class ProcessView:
    """One process of a target, as a forecast of its stop sees it.

    ``wait_call``: whether its first thread is in wait4(2) or waitid(2) now.  None: the kernel would not say which call
    it is in; then ``subject`` does not tell what it waits for in sigwait(3) either, and ``waited`` there means nothing.
    ``connections``: established TCP sockets that it holds, and connected Unix stream sockets with a name; those without
    one are mostly pairs of its own.  ``uid``: two None are taken for the same.  ``age_s``: since it was started.
    ``steady``: False when a look shortly before showed other masks.
    """

    pid: int
    ppid: int
    ns_pid: int
    pgid: int
    comm: str
    argv: tuple[str, ...]
    exe: str | None
    subject: SignalState
    threads: int = 1
    connections: int | None = None
    wait_call: bool | None = None
    uid: int | None = None
    age_s: float | None = None
    steady: bool = True


@dataclass(frozen=True)
class StopCase:
    """A target and the stop that is asked of it.  ``members``: the root first, which gets the signal; never empty.

    ``signal`` is a number.  ``timeout_s``: 0 is SIGKILL about 10 ms after the signal, -1 never.  ``stops_paused`` and
    ``signal_at_zero``: what its engine does, as in ``Ways`` of ``app/hosts/base.py``.
    """

    members: tuple[ProcessView, ...]
    signal: int
    timeout_s: int
    host: HostName = "container"
    stops_paused: bool = True
    signal_at_zero: bool = True

    @property
    def root(self) -> ProcessView:
        return self.members[0]

    @cached_property
    def _children(self) -> dict[int, tuple[ProcessView, ...]]:
        found: dict[int, tuple[ProcessView, ...]] = {}
        for member in self.members:
            if member.subject.state not in "ZX" or member.subject.threads:
                found[member.ppid] = (*found.get(member.ppid, ()), member)
        return found

    def children(self, member: ProcessView) -> tuple[ProcessView, ...]:
        """Its living children, oldest first as far as their numbers tell."""
        return tuple(sorted(self._children.get(member.pid, ()), key=lambda child: child.ns_pid))

    def group(self, pgid: int) -> tuple[ProcessView, ...]:
        """The members of a process group."""
        return tuple(member for member in self.members if member.pgid == pgid)

    def below(self, member: ProcessView) -> tuple[ProcessView, ...]:
        """All living descendants."""
        found, seen = [*self.children(member)], {member.pid}
        for each in found:
            if each.pid not in seen:
                seen.add(each.pid)
                found += [child for child in self.children(each) if child.pid not in seen]
        return tuple(found)

    def thawed(self) -> StopCase:
        """The same, not frozen: the engine unpauses a container after it has sent the signal.

        What the freezer of version 1 holds shows as D.
        """
        return replace(self, members=tuple(_thawed(each) for each in self.members))


class _Process(Protocol):
    @property
    def argv(self) -> tuple[str, ...]: ...
    @property
    def comm(self) -> str: ...
    @property
    def age_s(self) -> float | None: ...


def is_new_copy(parent: _Process, child: _Process) -> bool:
    """Perhaps between fork and exec: then its signals are those that it was handed, and not what it will have."""
    young = child.age_s is not None and child.age_s < COPY_S
    return young and (child.argv, child.comm) == (parent.argv, parent.comm)


def _thawed(member: ProcessView) -> ProcessView:
    own = member.subject
    if not own.frozen:
        return member
    return replace(member, subject=replace(own, frozen="", state="S" if own.state == "D" else own.state))
