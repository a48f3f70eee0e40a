"""The pull of an image that is not the lab's: the engine's own progress, told as a build is, layer for layer.

The engine says something of each layer many times a second; what is told is each change of a layer's state, and how
much of one has come: each tenth, and else at most twice a second.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import Any

from app.errors import HostFailed

TELL_EVERY_S = 0.5
DONE = ("Pull complete", "Already exists")
MOVING = ("Downloading", "Extracting")
_NOT_THERE = re.compile(
    r"not found|manifest unknown|name unknown|does not exist|pull access denied|unauthorized|denied", re.IGNORECASE
)


@dataclass(slots=True)
class Pull:
    """Folds what the engine says.  ``error``: its words when it gave up."""

    layers: dict[str, str] = field(default_factory=dict)  # id → state
    error: str | None = None
    _marks: dict[str, tuple[str, int]] = field(default_factory=dict)
    _said_at: float = 0.0

    def on_progress(self, piece: dict[str, Any]) -> str | None:
        """The line to tell, if any: "Layer 2/5 : a1b2c3 Downloading 3.1 of 27.0 MB"."""
        if error := piece.get("error"):
            self.error = str(error)
            return f"{error}\n"
        status, layer = str(piece.get("status", "")), str(piece.get("id", ""))
        if not layer or status.startswith("Pulling from"):
            return f"{status}\n" if status else None
        mark = (status, _tenth(piece))
        new, self._marks[layer] = self._marks.get(layer) != mark, mark
        self.layers[layer] = status
        if not new and (status not in MOVING or time.monotonic() - self._said_at < TELL_EVERY_S):
            return None
        self._said_at = time.monotonic()
        done = sum(state in DONE for state in self.layers.values())
        at = min(done + 1, len(self.layers)) if status not in DONE else done
        return f"Layer {max(at, 1)}/{len(self.layers)} : {layer} {status}{_amount(piece)}\n"


def _tenth(piece: dict[str, Any]) -> int:
    said = piece.get("progressDetail") or {}
    current, total = said.get("current"), said.get("total")
    return 10 * current // total if isinstance(current, int) and isinstance(total, int) and total > 0 else 0


def _amount(piece: dict[str, Any]) -> str:
    said = piece.get("progressDetail") or {}
    current, total = said.get("current"), said.get("total")
    if not isinstance(current, int):
        return ""
    return f" {current / 1e6:.1f} of {total / 1e6:.1f} MB" if isinstance(total, int) else f" {current / 1e6:.1f} MB"


def not_pulled(image: str, words: str) -> HostFailed:
    """Why there is no image, in the engine's words, and what to do."""
    words = words.removeprefix(f"pulling {image}: ").strip().rstrip(".")
    why = "no registry has it" if _NOT_THERE.search(words) and "no such host" not in words else "no registry answers"
    do = "Build it or load it (docker build, docker load), then start it again."
    return HostFailed(f"image {image}: {why} ({words}). {do}", hint=do)
