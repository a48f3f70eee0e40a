"""What a step can do, as data: exactly one of these per action, each for one target (the first one when absent)."""

from __future__ import annotations

from typing import Any, ClassVar, assert_never

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from app.events.parts import Origin
from app.signals import parse_signal


class Data(BaseModel):
    """Part of a TOML file: what it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Action(Data):
    """About a target; what is not is about the run."""

    target: str | None = None
    asked: ClassVar[str | None] = None  # kind of the event that tells that a person asked for it


class Start(Action):
    """A target that waits for that."""


class SendSignal(Action):
    """``{signal = "USR1"}``, to the root process unless ``process`` or ``pid`` names another one.

    ``process``: its name, or the last part of one of its words: "counter.sh".  ``group``: to its process group.
    """

    asked = "signal_requested"
    signal: str
    process: str | None = None
    pid: int | None = Field(default=None, ge=1)
    group: bool = False
    from_: Origin = Field(default="outside", alias="from")

    @field_validator("signal")
    @classmethod
    def known(cls, signal: str) -> str:
        return parse_signal(signal).name


class Stop(Action):
    asked = "stop_requested"
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


class Pause(Action):
    """Freeze it, as ``docker pause``."""

    asked = "pause_requested"


class Unpause(Action):
    """Let it go on."""

    asked = "pause_requested"


class OnFile(Data):
    """About one of the experiment's scratch files, and no target."""

    target: ClassVar[None] = None
    file: str


class Write(OnFile):
    """A new text for it."""

    asked: ClassVar[str] = "file_written"
    text: str


class Get(Action):
    """A page from the target's own server, by its port inside; ``path`` begins with a slash."""

    asked = "http_requested"
    port: str = Field(pattern=r"^\d{1,5}/tcp$")
    path: str = Field(default="/", pattern=r"^/")


class Exec(Action):
    """A command inside the target, as ``docker exec``."""

    asked = "exec_requested"
    command: tuple[str, ...] = Field(min_length=1)


AnyAction = Start | SendSignal | Stop | Type | Resize | Pause | Unpause | Write | Get | Exec


class Do(Data):
    """Exactly one of these."""

    start: Start | None = None
    signal: SendSignal | None = None
    stop: Stop | None = None
    type: Type | None = None
    resize: Resize | None = None
    pause: Pause | None = None
    unpause: Unpause | None = None
    write: Write | None = None
    get: Get | None = None
    exec: Exec | None = None

    @model_validator(mode="after")
    def one(self) -> Do:
        if len(self.model_fields_set) != 1:
            raise ValueError(f"an action is exactly one of: {', '.join(type(self).model_fields)}")
        return self

    @property
    def what(self) -> AnyAction:
        """The one that it is."""
        found: AnyAction = getattr(self, next(iter(self.model_fields_set)))
        return found

    def shown(self) -> dict[str, Any]:
        """As the page gets it."""
        return self.model_dump(exclude_none=True, by_alias=True)

    def begun_by(self, facts: dict[str, Any]) -> bool:
        """Whether this event shows that somebody did it, by the button or by hand."""
        kind = facts["kind"]
        match self.what:
            case Start():
                return bool(kind == "target_starting")
            case SendSignal(signal=signal):
                sent = kind in ("signal_requested", "kernel_signal") and facts.get("delivered") is None
                return bool(sent and facts["signal"] == signal)
            case Stop():
                return _stop_begun_by(kind, facts)
            case Pause():
                return bool(kind == "pause_requested" and facts["paused"])
            case Unpause():
                return bool(kind == "pause_requested" and not facts["paused"])
            case Write() | Get() | Exec() as what:
                return bool(kind == what.asked)
            case Type() | Resize():
                return False  # nobody records that it was asked for
            case never:
                assert_never(never)


def _stop_begun_by(kind: str, facts: dict[str, Any]) -> bool:
    """Also by hand: ``docker stop`` in a terminal of their own, or ``kill``."""
    match kind:
        case "stop_requested":
            return True
        case "engine_event":
            return bool(facts["action"] == "kill")
        case "kernel_signal":
            return bool(facts["signal"] == "SIGTERM" and facts.get("delivered") is None)
    return False
