"""The way of a signal inside a target: who sent what to whom, and who was killed because PID 1 ended."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.events.parts import Sentence
from app.verdict.came import STAYS, Came, came_of, named, row_of
from app.verdict.scene import Row, Scene, Word

LISTED = 6  # hops that have a sentence each
_NOISE = frozenset({"SIGCHLD", "SIGURG"})


@dataclass(frozen=True, slots=True)
class Hop:
    """One signal from one process of the target to another, or to itself."""

    sender: Row
    word: Word
    came: Came

    def sentence(self) -> Sentence:
        to = "itself" if self.word.pid == self.sender.pid else named(self.word, None)
        return Sentence(
            text=f"{self.sender.name} sent {self.word.signal} to {to}. {self.came.text}", evidence=self.came.evidence
        )


def hops(scene: Scene, first: int, last: int) -> list[Hop]:
    """What its processes sent each other between two events, in order."""
    found: list[Hop] = []
    for word in scene.words_in(first, last):
        if word.teardown or word.signal in _NOISE or word.sender_pid is None:
            continue
        if (sender := scene.row(word.sender_pid, last)) is not None:
            found.append(Hop(_as_it_was_named(sender, word), word, came_of(scene, word)))
    return found


def _as_it_was_named(sender: Row, word: Word) -> Row:
    """By the name that it had when it sent: systemd becomes another program when it has ended its services."""
    if word.sender_kind != "process" or word.sender in (None, f"process {word.sender_pid}"):
        return sender
    return replace(sender, comm=word.sender)


def sentences_of(found: list[Hop]) -> list[Sentence]:
    """The first of them as sentences, and how many more there were."""
    said = [hop.sentence() for hop in found[:LISTED]]
    if rest := found[LISTED:]:
        said.append(Sentence(text=f"{len(rest)} more were sent inside.", evidence=(rest[0].word.id, rest[-1].word.id)))
    return said


def kept_by(scene: Scene, found: list[Hop], root: int, until: int) -> Hop | None:
    """Somebody who was told by the root and on whom it was lost: the root waits for that one.

    ``until``: the event that ended the waiting; who was gone by then has kept nobody.
    """
    for hop in found:
        row = scene.row(hop.word.pid, until)
        alive = row is None or (row.gone is None and row.state not in "ZX")
        asks = hop.word.signal not in ("SIGSTOP", "SIGCONT", "SIGKILL")
        if hop.sender.pid == root and hop.word.pid != root and asks and alive and hop.came.fate in STAYS - {"nothing"}:
            return hop
    return None


@dataclass(frozen=True, slots=True)
class Swept:
    """One that was killed because PID 1 ended.  ``loss``: why that is not a clean end; "" when nothing is lost."""

    row: Row
    word: Word
    loss: str

    def sentence(self) -> Sentence:
        loss = f"; {self.loss}" if self.loss else ", which had nothing to lose"
        text = f"{self.row.name} was killed by the kernel (code 128) when PID 1 ended{loss}."
        return Sentence(text=text, evidence=(self.word.id, self.row.told))


def swept(scene: Scene, first: int, last: int, signal: str) -> list[Swept]:
    """All of them, in order; ``signal`` is the one that the stop was to tell them by."""
    found: list[Swept] = []
    told_before = {
        word.pid: word
        for word in scene.words_in(first, last)
        if not word.teardown and word.signal not in _NOISE | {"SIGKILL", "SIGCONT"}
    }
    for word in scene.words_in(first, last):
        if not (word.teardown and word.generated == "queued"):
            continue
        row = row_of(scene, word)
        if row is None or row.comm == "" or any(each.row.pid == row.pid for each in found):
            continue
        found.append(Swept(row, word, _loss(row, told_before.get(row.pid), signal)))
    return found


def _loss(row: Row, before: Word | None, signal: str) -> str:
    handles = [name for name in dict.fromkeys((signal, "SIGTERM")) if row.has("caught", name)]
    if before is not None and before.delivered == "handler":
        return f"it was told by {before.signal} and had not ended yet"
    if before is not None:
        return "" if not handles else f"it has a handler for {handles[0]} and got {before.signal} instead"
    if handles:
        return f"it has a handler for {handles[0]} and was never told"
    return "" if row.comm == "sleep" else "it was never told"
