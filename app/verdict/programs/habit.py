"""What a program by that name does with a signal that it takes, as its manual says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["ends", "drains", "stays", "decides"]


@dataclass(frozen=True, slots=True)
class Habit:
    """``text`` follows the program's name: "On SIGHUP, nginx *reads its configuration again*".

    ``kind``: ``ends`` at once, or about; ``drains``, when its last connection is done; ``stays``: it takes the signal
    for something else than an end; ``decides``: it ends in its own time, or ends others first.
    """

    kind: Kind
    text: str
    due_s: float = 0
    fix: str | None = None
