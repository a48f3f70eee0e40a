"""``signal-lab doctor``: what this machine lets the lab see and do, and what would allow the rest."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer


def doctor_command(
    strict: Annotated[bool, typer.Option("--strict", help="Leave with 1 when anything is missing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Try each witness of the lab on this machine, as this user: engine, kernel trace, sandbox, and what lessons need.

    The lab works without any of them, and says which one is missing where it matters.
    """
    from app.commands.witnesses import all_witnesses

    found = all_witnesses()
    if as_json:
        typer.echo(json.dumps({"ok": all(each.there for each in found), "witnesses": [asdict(each) for each in found]}))
    else:
        width = max(len(each.name) for each in found)
        for each in found:
            mark = typer.style("found  ", fg="green") if each.there else typer.style("missing", fg="yellow")
            typer.echo(f"{mark}  {each.name:<{width}}  {each.found}")
            typer.echo(f"{'':{width + 11}}shows: {each.shows}")
            if each.allow:
                typer.echo(f"{'':{width + 11}}to allow it: {each.allow}")
    if strict and not all(each.there for each in found):
        raise typer.Exit(1)
