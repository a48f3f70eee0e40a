"""TOML → Experiment.  The catalogue is data; a wrong file is an error with its name when the lab starts."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from app.hosts.base import Spec
from app.signals import parse_signal
from app.targets import NAME

CATALOGUE = Path(__file__).parent / "catalogue"


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SendSignal(_Data):
    """``{signal = "USR1"}``; ``pid`` inside the target, its root process when absent."""

    signal: str
    target: str | None = None
    pid: int | None = None

    @field_validator("signal")
    @classmethod
    def known(cls, signal: str) -> str:
        return parse_signal(signal).name


class Stop(_Data):
    timeout_s: int | None = Field(default=None, ge=-1, le=3600)
    signal: str | None = None
    target: str | None = None


class Type(_Data):
    """Text typed into the terminal; ``\\u0003`` is Ctrl-C."""

    data: str
    target: str | None = None


class Resize(_Data):
    cols: int = Field(ge=2, le=500)
    rows: int = Field(ge=2, le=300)
    target: str | None = None


class Do(_Data):
    """Exactly one of these."""

    signal: SendSignal | None = None
    stop: Stop | None = None
    type: Type | None = None
    resize: Resize | None = None

    @model_validator(mode="after")
    def one(self) -> Do:
        if len(self.model_fields_set) != 1:
            raise ValueError("a step does one thing: signal, stop, type or resize")
        return self


class Expect(_Data):
    """What must be seen.

    ``kind`` is an event's kind, whose fields must equal ``fields`` (a list of two numbers is a range with both ends in
    it), or one of two that look at more than one event: ``output``, whose ``text`` must be *in* what the target has
    printed since the step began (a line may come in two pieces), and ``process``, a process that now is like this.
    """

    kind: Literal["output", "process", "stop_finished", "target_exited", "engine_event", "signal_requested"]
    fields: dict[str, Any]
    say: str


class Step(_Data):
    say: str
    do: Do | None = None
    expect: tuple[Expect, ...] = ()


class Experiment(_Data):
    id: str = Field(pattern=NAME.pattern)
    title: str
    group: str
    order: int  # place in the catalogue
    question: str
    target: tuple[Spec, ...] = Field(min_length=1)
    step: tuple[Step, ...] = ()

    @property
    def needs_engine(self) -> bool:
        return any(spec.host == "container" for spec in self.target)


class BadCatalogue(Exception):
    """A file of the catalogue cannot be used."""


def load(path: Path) -> Experiment:
    """One file.  Raises BadCatalogue with the file's name and what is wrong."""
    try:
        text = path.read_text().replace("{experiments}", str(CATALOGUE.parent))
        experiment = Experiment.model_validate(tomllib.loads(text))
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        raise BadCatalogue(f"{path.name}: {error}") from error
    if experiment.id != path.stem:
        raise BadCatalogue(f"{path.name}: its id is {experiment.id!r}, but the file's name counts")
    return experiment


def load_catalogue(folder: Path = CATALOGUE) -> dict[str, Experiment]:
    """All experiments by id, in their order."""
    found = sorted((load(path) for path in folder.glob("*.toml")), key=lambda experiment: experiment.order)
    return {experiment.id: experiment for experiment in found}
