"""What one signal came to for one process: the kernel's word, with what is known of the process, as a sentence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from app.signals import named_so
from app.verdict.scene import Row, Scene, Word

Fate = Literal[
    "dropped",
    "ignored",
    "ignored_default",
    "queued_dropped",
    "pending",
    "merged",
    "taken",
    "handler",
    "ended",
    "stopped",
    "continued",
    "nothing",
    "unknown",
]
# Those after which a process is where it was.
STAYS = frozenset({"dropped", "ignored", "ignored_default", "queued_dropped", "pending", "merged", "nothing"})
SOON = 200  # events: within which an init passes on what it has taken
_BY_DEFAULT: dict[str, Fate] = {
    "terminate": "ended",
    "core": "ended",
    "stop": "stopped",
    "continue": "continued",
    "ignore": "nothing",
}


@dataclass(frozen=True, slots=True)
class Came:
    fate: Fate
    text: str
    evidence: tuple[int, ...]


def row_of(scene: Scene, word: Word) -> Row | None:
    """The process that a word is about, as it was known when it was sent, or else as it was known later.

    By the name that it had then: an exec is looked at a moment later, on a busy machine after the signal.
    """
    row = scene.row(word.pid, word.id) or scene.row(word.pid)
    return row and as_named(row, word)


def as_named(row: Row, word: Word) -> Row:
    """The process by the name that the kernel had for it when it was sent, or took, the signal."""
    return row if word.thread is not None or not word.comm else replace(row, comm=word.comm)


def named(word: Word, row: Row | None) -> str:
    if row is not None:
        return row.name
    plain = "".join(sign if sign.isprintable() else "?" for sign in word.comm) or "?"
    return f"{plain} (pid {word.ns_pid or word.pid})"


def came_of(scene: Scene, word: Word) -> Came:
    """From the kernel's two answers, and from the masks where it gave only one."""
    row = row_of(scene, word)
    who, signal = named(word, row), word.signal
    if word.generated == "ignored":
        return _ignored(word, row, who)
    if word.generated == "already_pending":
        text = f"One {signal} was pending for {who} already; the kernel keeps one of a kind, so this one is lost."
        return Came("merged", text, word.evidence)
    if word.generated == "overflow_fail":
        return Came("nothing", f"The kernel had no room left to queue {signal} for {who}: it is lost.", word.evidence)
    if word.delivered == "handler":
        return Came("handler", f"{who} ran its handler for {signal}.", word.evidence)
    if word.delivered == "dropped":
        why = "PID 1 is protected from the default action" if row and row.is_init else "it was ignored by then"
        text = f"{signal} was queued for {who} and dropped when it was to be taken: {why}."
        return Came("queued_dropped", text, word.evidence)
    if word.delivered == "default" or signal == "SIGKILL":
        return _default(scene, word, row, who)
    return _waiting(scene, word, row, who)


def _ignored(word: Word, row: Row | None, who: str) -> Came:
    signal = word.signal
    evidence = (*word.evidence, *(() if row is None else (row.told,)))
    if row is None or row.masks is None:
        return Came("ignored", f"The kernel dropped {signal} for {who}; its masks are not known.", word.evidence)
    if signal == "SIGCONT" and row.state == "T":
        text = f"SIGCONT made {who} go on: that comes with the sending, before anything can ignore it."
        return Came("continued", text, evidence)
    if signal in ("SIGKILL", "SIGSTOP") and not row.is_init:
        return Came("nothing", f"{who} was ending already: the kernel dropped {signal} for it.", word.evidence)
    if row.has("ignored", signal):
        return Came("ignored", f"{who} ignores {signal} by its own choice: the kernel dropped it.", evidence)
    by_default = named_so(signal).default
    if row.is_init and by_default not in ("ignore", "continue"):
        if signal in ("SIGKILL", "SIGSTOP"):
            text = f"The kernel dropped {signal} for {who}: from inside its own PID namespace not even this reaches it."
        else:
            text = f"{who} has no handler for {signal}, and the kernel drops unhandled signals for PID 1."
        return Came("dropped", text, evidence)
    if by_default in ("ignore", "continue"):
        text = f"{who} has no handler for {signal}, and its default action is to do nothing."
        return Came("ignored_default", text, evidence)
    text = f"The kernel dropped {signal} for {who}: it was ending already, or ignored it at that moment."
    return Came("nothing", text, word.evidence)


def _default(scene: Scene, word: Word, row: Row | None, who: str) -> Came:
    signal = word.signal
    fate: Fate = "ended" if signal == "SIGKILL" else _BY_DEFAULT[named_so(signal).default]
    row = scene.row(word.pid) or row
    gone = row.gone if row and row.gone is not None and row.gone > word.id else None
    evidence = (*word.evidence, *(() if gone is None else (gone,)))
    match fate:
        case "ended" if signal == "SIGKILL":
            return Came(fate, f"SIGKILL ended {who}: nothing can be done against it.", evidence)
        case "ended":
            core = ", with a core dump" if row and row.ended == "dumped_core" else ""
            even = " even as PID 1, for another thread than the first one took it" if row and row.is_init else ""
            text = f"{who} had no handler for {signal}: the default action ended it{even}{core}."
            return Came(fate, text, evidence)
        case "stopped":
            return Came(fate, f"{signal} stopped {who}; only SIGCONT, or SIGKILL, gets through to it now.", evidence)
        case "continued":
            return Came(fate, f"{signal} made {who} go on.", evidence)
    return Came(fate, f"{who} took {signal} with its default action, which is to do nothing.", evidence)


def _passes_on(other: Word, word: Word) -> bool:
    """Whether a process sent to somebody else what it had been sent itself."""
    return other.sender_pid == word.pid and other.pid != word.pid and other.signal == word.signal


def _waiting(scene: Scene, word: Word, row: Row | None, who: str) -> Came:
    """Queued, and nobody saw it taken."""
    signal = word.signal
    if row is None:
        return Came("unknown", f"{signal} was queued for {who}; nobody saw it taken.", word.evidence)
    evidence = (*word.evidence, row.told)
    later = scene.row(row.pid) or row
    passed = next((each for each in scene.words_in(word.id, word.id + SOON) if _passes_on(each, word)), None)
    if passed is not None:
        text = f"{who} took {signal}, for it passed it on: no handler, and no word of the kernel of that."
        return Came("taken", text, (*word.evidence, passed.id))
    if signal == "SIGCONT":
        return Came("continued", f"SIGCONT made {who} go on, if it was stopped.", evidence)
    for mask, how in (("signalfd", "a signalfd"), ("waited", "sigwait(3) or its like")):
        if row.has(mask, signal):  # type: ignore[arg-type]
            text = f"{signal} was queued for {who}, which takes it by {how}: no handler, and no word of the kernel."
            return Came("taken", text, evidence)
    if later.told > word.id and later.has("waited", signal) and not later.has("pending", signal):
        text = (
            f"{signal} was queued for {who}, which waits for it in sigwait(3) and has none pending: "
            "it took that one, without a word of the kernel."
        )
        return Came("taken", text, (*word.evidence, later.told))
    if later.gone is not None and later.gone > word.id:
        text = f"{signal} was queued for {who}, which ended before anybody saw it taken."
        return Came("unknown", text, (*word.evidence, later.gone))
    if row.state == "T":
        return Came("pending", f"{who} is stopped: {signal} is pending until it goes on.", evidence)
    if row.frozen:
        return Came("pending", f"{who} is frozen: {signal} is pending until it is thawed.", evidence)
    if row.has("blocked", signal):
        return Came("pending", f"{who} blocks {signal}: it is pending until it is unblocked.", evidence)
    if later.told > word.id and later.has("pending", signal):
        return Came(
            "pending", f"{signal} is pending for {who}, which has not taken it yet.", (*word.evidence, later.told)
        )
    text = (
        f"{signal} was queued for {who}, and nobody saw what became of it: sigwait(3) and a signalfd take signals "
        "without a word of the kernel. Its masks at that moment would tell."
    )
    return Came("unknown", text, word.evidence)
