"""What every event has.  Leaf module: imports no ``app`` code."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Author = Literal["person", "engine", "kernel", "program", "lab"]
Clock = Literal["server", "engine", "kernel"]


def now() -> datetime:
    """The server's clock, UTC."""
    return datetime.now(UTC)


class LabEvent(BaseModel):
    """What all events share.  ``run`` and ``target`` are absent for what concerns the whole lab."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    at: AwareDatetime = Field(default_factory=now)
    seen_at: AwareDatetime = Field(default_factory=now)
    clock: Clock = "server"
    author: Author = "lab"
    run: str | None = None
    target: str | None = None
