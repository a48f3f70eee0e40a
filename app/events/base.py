"""What every event has."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from app.events.masking import masked_line, masked_words

Author = Literal["person", "engine", "kernel", "program", "lab"]
Clock = Literal["server", "engine", "kernel"]
Argv = Annotated[tuple[str, ...], AfterValidator(masked_words)]  # a command line goes to a shared screen
Line = Annotated[str, AfterValidator(masked_line)]


def now() -> datetime:
    """The server's clock, UTC."""
    return datetime.now(UTC)


def one_line(json: str) -> str:
    """The same JSON without what some readers take for the end of a line (Python's ``splitlines`` among them)."""
    return json.replace("\x85", r"\u0085").replace("\u2028", r"\u2028").replace("\u2029", r"\u2029")


class LabEvent(BaseModel):
    """What all events share.  ``run`` and ``target`` are absent for what concerns the whole lab."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    at: AwareDatetime = Field(default_factory=now)
    seen_at: AwareDatetime = Field(default_factory=now)
    clock: Clock = "server"
    author: Author = "lab"
    run: str | None = None
    target: str | None = None
