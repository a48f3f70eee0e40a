"""What commands share: settings from flags, the flags that find a lab, and one way to fail.

Every command leaves with 0 when all came out as asked, 1 when not, 2 when it was called wrongly, 3 when no lab answers;
130 after Ctrl-C.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from app.settings import Settings

NOT_AS_ASKED, USAGE, NO_LAB = 1, 2, 3
BEHIND = "signal_lab.behind"  # where a command keeps the words behind --, which are somebody else's

Url = Annotated[
    str | None,
    typer.Option("--url", envvar="SIGNAL_LAB_URL", help="Address of the lab. [default: the one on this machine]"),
]
Port = Annotated[int | None, typer.Option("--port", help="Port of the lab on this machine.")]
Data = Annotated[Path | None, typer.Option("--data", help="Its data folder, for its address and token.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and errors as JSON on stdout too.")]


class Failed(Exception):
    """What the command line says before it leaves: the error, and on a line of its own what to do next."""

    def __init__(self, error: str, hint: str, *, leave: int = NOT_AS_ASKED, code: str = "failed") -> None:
        super().__init__(f"signal-lab: {error}\n  {hint}")
        self.leave = leave
        self.shape = {"ok": False, "code": code, "error": error, "hint": hint}


def wants_json(argv: Sequence[str]) -> bool:
    """Whether an error is to be told as JSON as well; words behind ``--`` are somebody else's."""
    return "--json" in argv[: argv.index("--") if "--" in argv else len(argv)]


def tell(failed: Failed) -> None:
    """On stderr for people, on stdout for programs that asked for it."""
    typer.echo(str(failed), err=True)
    if wants_json(sys.argv[1:]):
        typer.echo(json.dumps(failed.shape))


def help_text(command: Callable[..., object]) -> str:
    """The help text of a command: the paragraphs of its docstring, each as one line for the terminal to break."""
    paragraphs = inspect.cleandoc(command.__doc__ or "").split("\n\n")
    return "\n\n".join(" ".join(each.split()) for each in paragraphs)


def settings_from(**given: Any) -> Settings:
    """Settings with these flags; None stands for a flag that was not given.  Raises Failed."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        problem = error.errors()[0]
        name = str(problem["loc"][0])
        raise Failed(
            f"{name}: {problem['msg']}, found {problem['input']!r}",
            f"It is --{name.replace('_', '-')}, or SIGNAL_LAB_{name.upper()}; see `signal-lab serve --help`.",
            leave=USAGE,
            code="bad_setting",
        ) from error
