"""What commands share: settings from flags, and one way to fail."""

from __future__ import annotations

from typing import Any

import typer
from pydantic import ValidationError

from app.settings import Settings


class Failed(Exception):
    """What the command line says before it leaves with 1: the error, and on a line of its own what to do next."""

    def __init__(self, error: str, hint: str) -> None:
        super().__init__(f"signal-lab: {error}\n  {hint}")


def settings_from(**given: Any) -> Settings:
    """Settings with these flags; None stands for a flag that was not given.  Raises typer.BadParameter."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        problem = error.errors()[0]
        raise typer.BadParameter(f"{problem['loc'][0]}: {problem['msg']}") from error
