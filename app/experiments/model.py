"""One experiment: what to start, what to try (steps), what must be seen (expectations), what was to be learnt."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import Field, field_validator, model_validator

from app.events.parts import Limit, ScratchFile
from app.experiments.actions import Data, Do, OnFile
from app.experiments.expect import Expect
from app.hosts.base import Spec, is_ordinary
from app.targets import NAME, HostName

EXPECTED_WITHIN_S = 15.0
FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}")
LONGEST_FILE = 16 * 1024  # bytes: more of it is not read


class Step(Data):
    """``do``: one action, or several that are done at the same moment.  ``within_s``: how long its expectations
    may take from then on."""

    say: str
    do: tuple[Do, ...] = ()
    within_s: float = Field(default=EXPECTED_WITHIN_S, gt=0, le=300)
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
    needs: tuple[str, ...] = ()  # programs of this machine, and limits without which it would be dangerous
    not_on: dict[str, str] = Field(default_factory=dict)  # engines that do it otherwise, and how
    alone: bool = False  # measured times are its point: nothing else is verified beside it
    file: tuple[ScratchFile, ...] = ()
    target: tuple[Spec, ...] = Field(min_length=1, max_length=8)
    step: tuple[Step, ...] = ()

    @field_validator("file")
    @classmethod
    def stay_in_their_folder(cls, files: tuple[ScratchFile, ...]) -> tuple[ScratchFile, ...]:
        for file in files:
            if not FILE_NAME.fullmatch(file.name):
                raise ValueError(f"{file.name[:80]!r} is no name of a file: letters, digits, dots, - and _, no folder")
            if len(file.text.encode()) > LONGEST_FILE:
                raise ValueError(f"{file.name} has more than {LONGEST_FILE // 1024} KiB")
        if len({file.name for file in files}) < len(files):
            raise ValueError("two files have the same name")
        return files

    @field_validator("target")
    @classmethod
    def have_names(cls, targets: tuple[Spec, ...]) -> tuple[Spec, ...]:
        for spec in targets:
            if not NAME.fullmatch(spec.name):
                raise ValueError(f"{spec.name[:80]!r} is no name of a target: small letters, digits and -, at most 32")
        return targets

    @property
    def asks_for(self) -> list[str]:
        """What it wants of the machine beyond what a fenced target has, in words; of the lab's own: nothing."""
        return list(dict.fromkeys(each for spec in self.target if spec.own for each in _wants(spec)))

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
            if unknown := {do.what.file for do in step.do if isinstance(do.what, OnFile)} - files:
                raise ValueError(f"step {number} speaks of {', '.join(unknown)}, which is no [[file]] of it")
        return self

    @property
    def hosts(self) -> list[HostName]:
        """Which hosts it needs, each once, in the order of its targets."""
        return list(dict.fromkeys(spec.host for spec in self.target))

    @property
    def needs_engine(self) -> bool:
        return "container" in self.hosts

    @property
    def limits(self) -> list[Limit]:
        """What has to hold its targets: without it they would take all of the machine."""
        return [limit for limit in get_args(Limit) if limit in self.needs]

    def missing(self) -> str | None:
        """Which program of this machine is missing, in words; None when all are there."""
        wanted = [program for program in self.needs if program not in get_args(Limit)]
        gone = [program for program in wanted if shutil.which(program) is None]
        return f"this machine has no {' and no '.join(gone)}: apt-get install {' '.join(gone)}" if gone else None


def _wants(spec: Spec) -> Iterator[str]:
    options = spec.container
    for bind in options.binds:
        yield f"the machine’s {bind.partition(':')[0]} (binds)"
    for capability in options.cap_add:
        yield f"the capability {capability} (cap_add)"
    if options.pid_mode == "host":
        yield "a view of all processes of the machine (pid_mode)"
        if options.user and not is_ordinary(options.user):
            yield f"to be {options.user} beside them, who may signal root’s if that is root (user)"
    if options.cgroupns == "host":
        yield "the machine’s control groups (cgroupns)"
