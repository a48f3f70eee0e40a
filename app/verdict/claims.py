"""Which of the kernel's words belong to which request for a signal.

A request names no event of the kernel: words are claimed by requests in their order, by signal, receiver and sender.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.events import SignalRequested, StopRequested
from app.verdict.passed_on import Hop, hops
from app.verdict.scene import Row, Scene, Word


@dataclass(frozen=True, slots=True)
class Sent:
    """One request for a signal, with what the kernel said of it."""

    id: int
    asked: SignalRequested
    last: int  # the newest event that may count: the next request is another story
    row: Row | None  # whom it was for
    word: Word | None
    others: tuple[Word, ...]  # for the rest of its process group
    hops: tuple[Hop, ...]


def sent_of(scene: Scene, request: int, asked: SignalRequested) -> Sent:
    """All that belongs to one request; the same signal may have been asked for before."""
    claimed: set[int] = set()
    word, row, last = None, None, scene.events[-1][0]
    others: tuple[Word, ...] = ()
    for number, event in scene.events:
        if number > request and isinstance(event, SignalRequested | StopRequested):
            last = number
            break
        if not isinstance(event, SignalRequested) or not scene.since <= number <= request:
            continue
        if event.signal != asked.signal and number != request:
            continue  # it cannot claim what this one is after
        row = _aim(scene, number, event)
        mine = _claim(scene, number, event, row, claimed)
        claimed |= {each.id for each in mine}
        word, others = (mine[0] if mine else None), tuple(mine[1:])
    after = tuple(hop for hop in hops(scene, request, last) if word is None or hop.word.id != word.id)
    return Sent(request, asked, last, row, word, others, after)


def _claim(scene: Scene, number: int, event: SignalRequested, row: Row | None, claimed: set[int]) -> list[Word]:
    """What the kernel said of one request: one word, or one for each process of the group; whom it was for first."""
    found: list[Word] = []
    later = (each for at, each in scene.events if at > number and isinstance(each, SignalRequested))
    until = next((each.at for each in later if each.signal == event.signal), None)  # one is sent after the other
    for word in scene.words_in(number, scene.events[-1][0]):
        if event.group and ((until is not None and word.at >= until) or not scene.from_outside(word)):
            continue
        if word.id in claimed or not _fits(word, event, row) or any(each.pid == word.pid for each in found):
            continue
        found.append(word)
        if not event.group:
            break
    return sorted(found, key=lambda word: row is None or word.pid != row.pid)


def _aim(scene: Scene, number: int, event: SignalRequested) -> Row | None:
    rows = [row for row in scene.rows(number) if row.gone is None]
    if event.pid is not None:
        return next((row for row in rows if row.ns_pid == event.pid), None)
    pid = scene.started.pid if scene.started else None
    return next((row for row in rows if row.pid == pid), None)


def _fits(word: Word, event: SignalRequested, row: Row | None) -> bool:
    if word.signal != event.signal or word.generated is None or word.teardown:
        return False
    if word.sender_kind in ("terminal", "kernel", "itself"):
        return False
    if event.group:
        return True
    if row is not None:
        return word.pid == row.pid
    return event.pid is None or word.ns_pid == event.pid
