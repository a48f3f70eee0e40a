"""What a step can do, as data: exactly one of these per action, each for one target (the first one when absent)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from app.signals import parse_signal


class Data(BaseModel):
    """Part of a TOML file: what it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Action(Data):
    target: str | None = None


class SendSignal(Action):
    """``{signal = "USR1"}``, to the root process unless ``process`` or ``pid`` names another one.

    ``process``: its name, or the last part of one of its words: "counter.sh".  ``group``: to its process group.
    """

    signal: str
    process: str | None = None
    pid: int | None = Field(default=None, ge=1)
    group: bool = False
    from_: Literal["outside", "inside"] = Field(default="outside", alias="from")

    @field_validator("signal")
    @classmethod
    def known(cls, signal: str) -> str:
        return parse_signal(signal).name


class Stop(Action):
    timeout_s: int | None = Field(default=None, ge=-1, le=3600)
    signal: str | None = None

    @field_validator("signal")
    @classmethod
    def known(cls, signal: str | None) -> str | None:
        return None if signal is None else parse_signal(signal).name


class Type(Action):
    """Text typed into the terminal; ``\\u0003`` is Ctrl-C."""

    data: str


class Resize(Action):
    cols: int = Field(ge=2, le=500)
    rows: int = Field(ge=2, le=300)


class Write(Data):
    """A new text for one of the experiment's scratch files."""

    file: str
    text: str


class Get(Action):
    """A page from the target's own server, by its port inside; ``path`` begins with a slash."""

    port: str = Field(pattern=r"\d+/tcp")
    path: str = Field(default="/", pattern=r"/.*")


class Exec(Action):
    """A command inside the target, as ``docker exec``."""

    command: tuple[str, ...] = Field(min_length=1)


class Do(Data):
    """Exactly one of these."""

    start: Action | None = None
    signal: SendSignal | None = None
    stop: Stop | None = None
    type: Type | None = None
    resize: Resize | None = None
    pause: Action | None = None
    unpause: Action | None = None
    write: Write | None = None
    get: Get | None = None
    exec: Exec | None = None

    @model_validator(mode="after")
    def one(self) -> Do:
        if len(self.model_fields_set) != 1:
            raise ValueError(f"an action is exactly one of: {', '.join(type(self).model_fields)}")
        return self

    @property
    def kind(self) -> str:
        return next(iter(self.model_fields_set))

    @property
    def target(self) -> str | None:
        return getattr(getattr(self, self.kind), "target", None)

    def shown(self) -> dict[str, Any]:
        """As the page gets it."""
        return self.model_dump(exclude_none=True, by_alias=True)

    def begun_by(self, facts: dict[str, Any]) -> bool:
        """Whether this event shows that somebody did it, by the button or by hand."""
        match self.kind, facts["kind"]:
            case "start", "target_starting":
                return True
            case "signal", "signal_requested" | "kernel_signal":
                assert self.signal is not None
                return bool(facts["signal"] == self.signal.signal and facts.get("delivered") is None)
            case (
                ("stop", "stop_requested")
                | ("write", "file_written")
                | ("get", "http_requested")
                | ("exec", "exec_requested")
            ):
                return True
            case "stop", "engine_event":
                return bool(facts["action"] == "kill")  # ``docker stop`` in a terminal of their own
            case "stop", "kernel_signal":
                return bool(facts["signal"] == "SIGTERM" and facts.get("delivered") is None)  # or ``kill``
            case "pause" | "unpause", "pause_requested":
                return bool(facts["paused"] == (self.kind == "pause"))
        return False
