"""What the probe says and is told, as JSON Lines, version 2.

Every line is one object.  A name that a program chose can hold anything; JSON escapes it, so a line is always a line.

Told to it: ``{"expect": target, "parent": pid}``, ``{"know": target, "pids": [...]}``, ``{"forget": target}``,
``{"look": number, "init": pid, "container": id}``, ``{"settle": number}``, ``{"catch_up": number}``,
``{"rest": true}``.  The end of its input is its own end.

It says: ``hello``; then ``generated``, ``delivered``, ``tree_changed``, ``gone``, ``chosen`` and ``missed``, with
the fields of ``observations.py`` and ``clock``, the ns that make UTC of their times; ``seen`` as the answer to
``look``; and ``done`` with the number, to ``settle`` when all who were known before are followed, to ``catch_up`` when
all is said that had happened before.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from app.probe.masks import Masks
from app.probe.observations import Chosen, Gone, Missed, Observation, SignalDelivered, SignalGenerated, TreeChanged
from app.probe.procfs import ProcessFacts
from app.probe.senders import Sender
from app.probe.threads import ThreadFacts

VERSION = 2
_KINDS: dict[str, type[Observation]] = {
    "generated": SignalGenerated,
    "delivered": SignalDelivered,
    "tree_changed": TreeChanged,
    "gone": Gone,
    "chosen": Chosen,
    "missed": Missed,
}
_KIND_OF = {make: kind for kind, make in _KINDS.items()}


def line(kind: str, **fields: Any) -> bytes:
    """One line, with its newline."""
    return json.dumps({"v": VERSION, "kind": kind, **fields}, separators=(",", ":")).encode() + b"\n"


def observation_line(observed: Observation, clock_ns: int) -> bytes:
    return line(_KIND_OF[type(observed)], clock=clock_ns, **asdict(observed))


def observation_of(said: dict[str, Any]) -> Observation | None:
    """None for what is none of these."""
    make = _KINDS.get(said["kind"])
    if make is None:
        return None
    fields = {name: value for name, value in said.items() if name not in ("v", "kind", "clock")}
    if "sender" in fields:
        fields["sender"] = Sender(**fields["sender"])
    return make(**fields)


def facts_of(data: dict[str, Any]) -> ProcessFacts:
    """From what ``asdict`` made of it."""
    masks = data["masks"]
    return ProcessFacts(
        **{
            **data,
            "argv": tuple(data["argv"]),
            "masks": None if masks is None else Masks(**masks),
            "threads_of": tuple(ThreadFacts(**each) for each in data["threads_of"]),
        }
    )
