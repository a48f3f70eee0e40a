"""Whether a container ended because of what the lab's fence took from it: from what it said, so at most likely."""

from __future__ import annotations

import re

from app.events import Output
from app.events.parts import Sentence
from app.verdict.scene import Scene

SOON_S = 30.0  # later it is more likely something else
FORBIDDEN = re.compile(r"operation not permitted|permission denied|\bEPERM\b|\bEACCES\b", re.IGNORECASE)
UNREACHABLE = re.compile(
    r"network is unreachable|name resolution|could not resolve|no such host|\bENETUNREACH\b|\bEAI_AGAIN\b",
    re.IGNORECASE,
)
SHOWN = 160  # characters of its line


def fenced_off(scene: Scene) -> Sentence | None:
    """The sentence that names the fence; None where nothing speaks for it."""
    started, exited = scene.started, scene.exited
    if started is None or started.fence != "fenced" or exited is None:
        return None
    end = exited[1]
    if end.exit_code in (None, 0) or (end.at - started.at).total_seconds() > SOON_S:
        return None
    for number, event in scene.events:
        if not isinstance(event, Output):
            continue
        for line in event.text.splitlines():
            what = "no capabilities" if FORBIDDEN.search(line) else "no network" if UNREACHABLE.search(line) else None
            if what:
                plain = "".join(sign if sign.isprintable() else " " for sign in line).strip()[:SHOWN]
                text = (
                    f"It printed “{plain}”, and the lab’s fence leaves it {what}: start it with the fence “docker”, "
                    "which has the engine’s usual ones and a network, to see whether that was the reason."
                )
                return Sentence(text=text, evidence=(number,))
    return None
