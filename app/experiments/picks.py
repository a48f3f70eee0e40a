"""Any targets side by side, as lanes of one run: of experiments, or of one's own, under names that tell them apart.

A target of the catalogue is started as its file says, with all that only the catalogue may ask for.  One that lives on
its experiment's steps or scratch files cannot be taken out of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.errors import BadRequest, NotFound
from app.experiments.model import Experiment
from app.hosts.base import Spec

LEAST, MOST = 2, 8
LONGEST = 32  # characters of a target's name
TITLE = 100


def why_not(experiment: Experiment, spec: Spec) -> str | None:
    """Why a target cannot be a lane of another run; None when it can."""
    if spec.later:
        return "a step of its experiment starts it"
    return "it works on files of its experiment" if experiment.file else None


def picked(experiment: Experiment, target: str | None) -> tuple[str, Spec]:
    """One target of the catalogue, and what its lane is called.  Absent: the first.

    Raises NotFound, BadRequest.
    """
    specs = {spec.name: spec for spec in experiment.target}
    spec = experiment.target[0] if target is None else specs.get(target)
    if spec is None:
        raise NotFound(f"{experiment.id} has no target {target!r}", hint=f"There are: {', '.join(specs)}.")
    if reason := why_not(experiment, spec):
        raise BadRequest(f"{experiment.id}.{spec.name} cannot race: {reason}")
    return (experiment.id if len(specs) == 1 else f"{experiment.id}-{spec.name}"), spec


def called(spec: Spec) -> str:
    """What a lane of one's own is called: its image, else its program."""
    word = (spec.image if spec.image not in (None, "base") else None) or (spec.command or ("own",))[0]
    return word.rpartition("/")[2].partition(":")[0]


def lanes(wanted: Sequence[tuple[str, Spec]]) -> tuple[Spec, ...]:
    """The targets with names that fit and differ: "tini", "tini-2".  Raises BadRequest."""
    if not LEAST <= len(wanted) <= MOST:
        raise BadRequest(f"a race has {LEAST} to {MOST} lanes, not {len(wanted)}")
    taken: set[str] = set()
    specs = []
    for name, spec in wanted:
        plain = re.sub(r"[^a-z0-9]+", "-", name.lower())[:LONGEST].strip("-") or "own"
        number, unique = 2, plain
        while unique in taken:
            end = f"-{number}"
            number, unique = number + 1, plain[: LONGEST - len(end)].rstrip("-") + end
        taken.add(unique)
        specs.append(spec.model_copy(update={"name": unique}))
    return tuple(specs)


def title(specs: Sequence[Spec]) -> str:
    """ "Race: tini, init and 3 more", as many names as have room."""
    names = [spec.name for spec in specs]
    for count in range(len(names), 0, -1):
        rest = f" and {len(names) - count} more" if count < len(names) else ""
        text = f"Race: {', '.join(names[:count])}{rest}"
        if len(text) <= TITLE:
            break
    return text
