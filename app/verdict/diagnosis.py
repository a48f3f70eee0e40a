"""What a stop, a signal or an end came to and why, each sentence with the events that prove it.

Pure: events in, words out.  Nothing is concluded from having sent something: what no witness told is said to be
unknown, with what would tell.  ``diagnose_stop``, ``diagnose_signal`` and ``diagnose_end`` are for one request each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.events.parts import Advice, Held, Sentence, VerdictOutcome
from app.verdict.came import Came

BLIND = "What the kernel did with {signal} is not known: {why}."


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The fields of a ``verdict``.  ``final``: nothing that comes later can change it."""

    signal: str | None
    outcome: VerdictOutcome
    text: str
    said: tuple[Sentence, ...]
    held: Held = "none"
    advice: Advice | None = None
    final: bool = True
    tells_end: bool = False  # of the target

    @property
    def evidence(self) -> tuple[int, ...]:
        return tuple(sorted({number for each in self.said for number in each.evidence}))

    def with_more(self, *more: Sentence | None) -> Diagnosis:
        return replace(self, said=(*self.said, *(each for each in more if each is not None)))


def sentence(came: Came) -> Sentence:
    return Sentence(text=came.text, evidence=came.evidence)


def inside(text: str) -> str:
    """A sentence as it stands after a colon."""
    plain = text.rstrip(".")
    return plain[:1].lower() + plain[1:] if plain.startswith(("The ", "One ", "Nobody ", "What ", "It ")) else plain


def who_did(by: str) -> str:
    """At the start of a sentence: "driver" and "lab" are roles, anything else is the name of a program's token."""
    return f"The {by}" if by in ("driver", "viewer", "lab") else "".join(sign for sign in by if sign.isprintable())


def seconds(value: float) -> str:
    """``0.021 s``, ``0.15 s``, ``3.1 s``."""
    if value < 0.1:
        return f"{value:.3f} s"
    return f"{value:.2f} s" if value < 1 else f"{value:.1f} s"
