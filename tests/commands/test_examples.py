"""The examples of ``--help``: every command has some, and each is one that the command takes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import pytest
import typer
from typer.core import TyperCommand, TyperGroup

from app.cli import app

ROOT = typer.main.get_command(app)


def commands(group: object = ROOT, *above: str) -> Iterator[tuple[str, TyperCommand]]:
    """By what a person types: "serve", "images build"."""
    assert isinstance(group, TyperGroup)
    for name, command in group.commands.items():
        if isinstance(command, TyperCommand):
            yield " ".join((*above, name)), command
        else:
            yield from commands(command, *above, name)


COMMANDS = dict(commands())


def examples_of(command: TyperCommand) -> list[list[str]]:
    """Words behind `signal-lab`, without variables before it, what stands beside it, and what a shell does with it."""
    lines = [line.strip() for line in (command.epilog or "").splitlines() if "signal-lab" in line]
    return [shlex.split(re.split(r"\s{3,}| [|&>]| 2>", line)[0].partition("signal-lab ")[2]) for line in lines]


@pytest.mark.parametrize("name", COMMANDS)
def test_examples_are_there_and_are_taken(name: str) -> None:
    command, typed = COMMANDS[name], name.split()
    found = examples_of(command)
    assert len(found) >= 2
    assert max(map(len, (command.epilog or "").splitlines())) <= 78, "a terminal of 80 columns would break it"
    for words in found:
        assert words[: len(typed)] == typed
        command.make_context(name, words[len(typed) :])  # raises what the person would be told


def test_what_is_no_example_is_refused() -> None:
    with pytest.raises(Exception, match="--nothing"):
        COMMANDS["serve"].make_context("serve", ["--nothing"])
