"""Stops as the journal tells them, made up for one process tree: the events from the start to the end of a container.

Processes are lines as in ``stop_scenarios.py``; the kernel said ``WHOM SIGNAL generated [delivered] [from PID]``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from app.events import (
    AnyEvent,
    EngineEvent,
    KernelSignal,
    ProcessAppeared,
    ProcessChanged,
    ProcessGone,
    StopFinished,
    StopRequested,
    TargetExited,
    TargetStarted,
)
from app.events.parts import Advice, Dispositions
from app.verdict.diagnose_stop import diagnose_stop
from app.verdict.diagnosis import Diagnosis
from app.verdict.scene import scene_of
from app.verdict.tree import ProcessView
from tests.verdict.stop_scenarios import processes

BEGAN = datetime(2024, 5, 1, tzinfo=UTC)


@dataclass
class Told:
    """``words``: what the kernel said after the stop was asked for; ``gone``: who ended before the root was killed."""

    tree: str
    words: str = ""
    equivalent: str = "docker run -d --name server IMAGE"
    command: tuple[str, ...] = ("app",)
    signal: str = "SIGTERM"
    own_signal: str = "SIGTERM"
    timeout_s: int = 3
    own_timeout_s: int = 10
    killed: bool = True
    gone: tuple[int, ...] = ()
    swept: tuple[int, ...] = ()  # killed with PID 1
    later: str = ""  # processes that appeared after the words
    became: dict[int, tuple[str, ...]] = field(default_factory=dict)  # what was executed meanwhile
    host: str = "container"
    _events: list[AnyEvent] = field(default_factory=list)

    def advice(self) -> Advice | None:
        return self.diagnosis().advice

    def diagnosis(self) -> Diagnosis:
        members = processes(self.tree, host=cast(Any, self.host))
        self._add(TargetStarted, pid=members[0].pid, start=1, command=self.command, equivalent=self.equivalent,
                  container_id="c0ffee" if self.host == "container" else None, tty=False, stdin=False,
                  stop_signal=self.own_signal, stop_timeout_s=self.own_timeout_s)  # fmt: skip
        for member in members:
            self._appeared(member)
        asked = self._add(StopRequested, signal=self.signal, timeout_s=self.timeout_s, deadline=None, by="the driver")
        for pid, argv in self.became.items():
            masks = Dispositions(**dict.fromkeys(("blocked", "ignored", "caught", "pending"), "0" * 16))
            self._add(ProcessChanged, pid=pid, start=pid, comm=argv[0], argv=argv, dispositions=masks)
        for line in self.words.strip().splitlines():
            self._word(line.split())
        for member in processes(self.later, host="process") if self.later else ():
            self._appeared(member)
        for pid in self.gone:
            self._add(ProcessGone, pid=pid, start=pid)
        if self.killed:
            self._add(EngineEvent, action="kill", signal="SIGKILL")
            self._word([str(members[0].pid), "KILL", "queued", "default"])
        for pid in self.swept:
            self._add(KernelSignal, signal="SIGKILL", pid=pid, comm="", sender_kind="kernel", generated="queued",
                      teardown=True)  # fmt: skip
        code = 137 if self.killed else 143
        self._add(StopFinished, stop=asked, took_s=3.0, exit_code=code, killed=self.killed, meaning="")
        self._add(TargetExited, exit_code=code, cause="killed" if self.killed else "exited", meaning="")
        numbered = list(enumerate(self._events, 1))
        return diagnose_stop(scene_of("r1.server", numbered), asked)

    def _add(self, made: type[Any], **fields: Any) -> int:
        at = BEGAN + timedelta(milliseconds=len(self._events))
        self._events.append(made(run="r1", target="r1.server", at=at, **fields))
        return len(self._events)

    def _appeared(self, member: ProcessView) -> None:
        own = member.subject
        masks = (own.leader_blocked, own.ignored, own.caught, 0, own.leader_waited, own.signalfd)
        names = ("blocked", "ignored", "caught", "pending", "waited", "signalfd")
        self._add(ProcessAppeared, pid=member.pid, start=member.pid, ns_pid=member.pid, ppid=member.ppid,
                  comm=member.comm, argv=member.argv, state="S", threads=1, is_init=own.is_init,
                  dispositions=Dispositions(**{name: f"{mask:016x}" for name, mask in zip(names, masks, strict=True)}),
                  )  # fmt: skip

    def _word(self, words: list[str]) -> None:
        """``1 TERM ignored``; ``7 TERM queued handler from 1``; ``1 caught=2``: other masks from here on."""
        pid = int(words[0])
        if words[1].startswith("caught="):
            none = dict.fromkeys(("blocked", "ignored", "pending"), "0" * 16)
            masks = Dispositions(caught=f"{int(words[1][7:], 16):016x}", **none)
            self._add(ProcessChanged, pid=pid, start=pid, dispositions=masks)
            return
        sender = int(words[words.index("from") + 1]) if "from" in words else None
        delivered = words[3] if len(words) > 3 and words[3] != "from" else None
        kind = "process" if sender else "engine"
        self._add(KernelSignal, signal=f"SIG{words[1]}", pid=pid, comm="", sender_kind=kind, sender="somebody",
                  sender_pid=sender, generated=words[2], delivered=delivered)  # fmt: skip
