"""One experiment: what to start, what to try (steps), what must be seen (expectations), what was to be learnt."""

from __future__ import annotations

import shutil
from typing import Any

from pydantic import Field, field_validator, model_validator

from app.events.parts import ScratchFile
from app.experiments.actions import Data, Do
from app.experiments.expect import Expect
from app.hosts.base import Spec
from app.targets import NAME, HostName

WITHIN_S = 15.0


class Step(Data):
    """``do``: one action, or several that are done at the same moment.  ``within_s``: how long its expectations
    may take from then on."""

    say: str
    do: tuple[Do, ...] = ()
    within_s: float = Field(default=WITHIN_S, gt=0, le=300)
    expect: tuple[Expect, ...] = Field(min_length=1)

    @field_validator("do", mode="before")
    @classmethod
    def one_or_several(cls, do: Any) -> Any:
        return [do] if isinstance(do, dict) else do


class Experiment(Data):
    id: str = Field(pattern=NAME.pattern)
    title: str
    group: str
    order: int  # place in the catalogue
    question: str
    section: str | None = None  # heading in the tutorial; None: beyond it
    special: str | None = None  # what is special in the command line
    differs: str | None = None  # where the tutorial says something else than what is measured
    learnt: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()  # programs of this machine
    alone: bool = False  # measured times are its point: nothing else is verified beside it
    file: tuple[ScratchFile, ...] = ()
    target: tuple[Spec, ...] = Field(min_length=1, max_length=8)
    step: tuple[Step, ...] = ()

    @model_validator(mode="after")
    def names_exist(self) -> Experiment:
        """A step may only speak of targets and files that the experiment has."""
        targets, files = [spec.name for spec in self.target], {file.name for file in self.file}
        if len(set(targets)) < len(targets):
            raise ValueError("two targets have the same name")
        if self.target[0].later and not any(not spec.later for spec in self.target) and not self.step:
            raise ValueError("nothing would ever be started")
        for number, step in enumerate(self.step, 1):
            named = [do.what.target for do in step.do] + [expect.target for expect in step.expect]
            if unknown := {name for name in named if name is not None} - set(targets):
                raise ValueError(f"step {number} speaks of target {', '.join(unknown)}; there are {', '.join(targets)}")
            if unknown := {do.write.file for do in step.do if do.write} - files:
                raise ValueError(f"step {number} writes {', '.join(unknown)}, which is no [[file]] of it")
        return self

    @property
    def hosts(self) -> list[HostName]:
        """Which hosts it needs, each once, in the order of its targets."""
        return list(dict.fromkeys(spec.host for spec in self.target))

    @property
    def needs_engine(self) -> bool:
        return "container" in self.hosts

    def missing(self) -> str | None:
        """Which program of this machine is missing, in words; None when all are there."""
        gone = [program for program in self.needs if shutil.which(program) is None]
        return f"this machine has no {' and no '.join(gone)}: apt-get install {' '.join(gone)}" if gone else None
