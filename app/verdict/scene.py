"""What happened to one target, from its events: its processes at a moment, and the kernel's words put together.

Pure: events in, data out.  Numbers are those of the journal, and nothing is told here that no event says.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from app.events import (
    AnyEvent,
    EngineEvent,
    KernelSignal,
    OomVictim,
    ProcessAppeared,
    ProcessChanged,
    ProcessGone,
    SourceLost,
    TargetExited,
    TargetStarted,
)
from app.events.parts import Delivered, Dispositions, Ended, Generated, SenderKind
from app.signals import named_so

Numbered = tuple[int, AnyEvent]
_WAITING = ("queued", "lose_info")


@dataclass(frozen=True, slots=True)
class Row:
    """One process as the journal knew it.  ``told``: the event that said its masks last."""

    pid: int
    start: int
    ns_pid: int
    ppid: int
    comm: str
    argv: tuple[str, ...]
    state: str
    is_init: bool
    frozen: bool
    masks: Dispositions | None
    told: int
    gone: int | None = None
    gone_at: datetime | None = None
    ended: Ended | None = None

    @property
    def name(self) -> str:
        """``PID 1 (python3)``; ``sleep (pid 8)``: for people, so without what is not printable."""
        plain = "".join(sign if sign.isprintable() else "?" for sign in self.comm) or "?"
        return f"PID 1 ({plain})" if self.is_init else f"{plain} (pid {self.ns_pid})"

    def has(
        self, mask: Literal["caught", "ignored", "blocked", "pending", "waited", "signalfd"], signal: str
    ) -> bool | None:
        """None: its masks are not known."""
        if self.masks is None:
            return None
        return bool(int(getattr(self.masks, mask), 16) >> (named_so(signal).number - 1) & 1)


@dataclass(slots=True)
class Word:
    """What the kernel did with one signal: that it was sent, and that it was taken."""

    id: int
    at: datetime
    signal: str
    pid: int
    ns_pid: int | None
    comm: str
    thread: int | None
    sender_kind: SenderKind | None
    sender: str | None
    sender_pid: int | None
    generated: Generated | None
    teardown: bool
    delivered: Delivered | None = None
    taken: int | None = None
    taken_at: datetime | None = None

    @property
    def evidence(self) -> tuple[int, ...]:
        return (self.id,) if self.taken is None or self.taken == self.id else (self.id, self.taken)


@dataclass(slots=True)
class Scene:
    """All that is known of one target.  ``events``: of the target, and those of the lab that concern its witnesses."""

    target: str
    events: Sequence[Numbered]
    words: list[Word] = field(default_factory=list)
    started: TargetStarted | None = None
    exited: tuple[int, TargetExited] | None = None
    engine: list[tuple[int, EngineEvent]] = field(default_factory=list)
    chosen: list[tuple[int, OomVictim]] = field(default_factory=list)  # by the kernel, when memory ran out
    history: dict[int, list[tuple[int, Row | None]]] = field(default_factory=dict)  # by pid: from which event on
    since: int = 0  # the kernel's words begin after this event
    blind: list[tuple[int, str]] = field(default_factory=list)  # since when, and why, the kernel's word was missing
    _ids: list[int] = field(default_factory=list)

    def row(self, pid: int, until: int | None = None) -> Row | None:
        """Who had that pid last, up to and with that event; one that is gone stays, and says so."""
        versions = self.history.get(pid, [])
        at = len(versions) if until is None else bisect_right(versions, until, key=lambda each: each[0])
        return versions[at - 1][1] if at else None

    def words_in(self, first: int, last: int) -> list[Word]:
        """Those that began after ``first``, up to and with ``last``."""
        by_id = [word.id for word in self.words] if len(self._ids) != len(self.words) else self._ids
        self._ids = by_id
        return self.words[bisect_right(by_id, first) : bisect_right(by_id, last)]

    def from_outside(self, word: Word) -> bool:
        """Not by itself, the terminal, the kernel or another process of the target.

        A sender that lived for milliseconds, as runc does, may have no name.
        """
        if word.sender_kind == "process":
            return word.sender_pid is None or self.row(word.sender_pid) is None
        return word.sender_kind in ("lab", "engine", None)

    def rows(self, until: int | None = None) -> list[Row]:
        """All of them."""
        found = (self.row(pid, until) for pid in self.history)
        return [row for row in found if row is not None]

    def blind_at(self, first: int, last: int) -> tuple[int, str] | None:
        """Whether the kernel's word was missing at any time between two events."""
        since: tuple[int, str] | None = None
        for number, why in self.blind:
            if number > last:
                break
            since = (number, why) if why else None
            if why and number >= first:
                return number, why
        return since


def scene_of(target: str, events: Iterable[Numbered], since: int = 0) -> Scene:
    """From the events of a run, in their order; of the kernel's words only those after ``since`` need be there."""
    mine = [each for each in events if each[1].target in (None, target)]
    scene = Scene(target, mine, since=since)
    waiting: dict[tuple[int, str], deque[Word]] = {}  # sent, and not yet taken
    for number, event in mine:
        match event:
            case ProcessAppeared():
                scene.history.setdefault(event.pid, []).append((number, _row(number, event)))
            case ProcessChanged():
                _change(scene, number, event)
            case ProcessGone() if row := scene.row(event.pid):
                gone = replace(row, gone=number, gone_at=event.at, ended=event.ended)
                scene.history[event.pid].append((number, gone))
            case KernelSignal():
                _heard(scene.words, waiting, number, event)
            case TargetStarted():
                scene.started = event
            case TargetExited():
                scene.exited = (number, event)
            case OomVictim():
                scene.chosen.append((number, event))
            case EngineEvent():
                scene.engine.append((number, event))
            case SourceLost() if event.source == "kernel":
                scene.blind.append((number, event.reason))
            case _ if event.kind == "lab_started" or (event.kind == "source_back" and event.source == "kernel"):
                scene.blind.append((number, ""))
    return scene


def _heard(words: list[Word], waiting: dict[tuple[int, str], deque[Word]], number: int, event: KernelSignal) -> None:
    queue = waiting.setdefault((event.pid, event.signal), deque())
    if event.delivered is not None and event.generated is None and queue:
        word = queue.popleft()
        word.delivered, word.taken, word.taken_at = event.delivered, number, event.at
        return
    words.append(
        Word(
            id=number,
            at=event.at,
            signal=event.signal,
            pid=event.pid,
            ns_pid=event.ns_pid,
            comm=event.comm,
            thread=event.thread,
            sender_kind=event.sender_kind,
            sender=event.sender,
            sender_pid=event.sender_pid,
            generated=event.generated,
            teardown=event.teardown,
            delivered=event.delivered,
            taken=number if event.delivered else None,
            taken_at=event.at if event.delivered else None,
        )
    )
    if event.delivered is None and event.generated in _WAITING:
        queue.append(words[-1])


def _row(number: int, event: ProcessAppeared) -> Row:
    return Row(
        pid=event.pid,
        start=event.start,
        ns_pid=event.ns_pid,
        ppid=event.ppid,
        comm=event.comm,
        argv=event.argv,
        state=event.state,
        is_init=event.is_init,
        frozen=event.frozen,
        masks=event.dispositions,
        told=number,
    )


def _change(scene: Scene, number: int, event: ProcessChanged) -> None:
    """A row goes on under the number of a newcomer where ``was`` says so."""
    row = scene.row(event.pid if event.was is None else event.was)
    if row is None:
        return
    names = ("ns_pid", "ppid", "comm", "argv", "state", "is_init", "frozen")
    fields = {name: value for name in names if (value := getattr(event, name)) is not None}
    if event.dispositions is not None:
        fields |= {"masks": event.dispositions, "told": number}
    if event.was is not None and event.was != event.pid:
        scene.history[event.was].append((number, None))
    now = replace(row, pid=event.pid, start=event.start, **fields)
    scene.history.setdefault(event.pid, []).append((number, now))
