"""``signal-lab clean``: removes what the lab has left on the engine, after it was shown."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.hosts.engine.cleaning import Thing, What

EXAMPLES = """
Examples:\n
\b
  signal-lab clean                          shows what would go
  signal-lab clean --yes                    removes it
  signal-lab clean --images --yes --json    only the lab's images
"""


def clean_command(
    yes: Annotated[bool, typer.Option("--yes", help="Remove it. Without this it is only shown.")] = False,
    containers: Annotated[bool, typer.Option("--containers", help="Only containers.")] = False,
    volumes: Annotated[bool, typer.Option("--volumes", help="Only volumes.")] = False,
    images: Annotated[bool, typer.Option("--images", help="Only images.")] = False,
    running: Annotated[bool, typer.Option("--running", help="Also containers that run now.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show, and with --yes remove, containers, volumes and images that labs have made and left; nothing else.

    Containers of a lab that lives are left alone: end its runs, or stop it. So are others that run, unless --running is
    given: their lab may live on another machine.
    """
    from app.hosts.engine.cleaning import any_engine, find, remove

    chosen: set[What] = set()
    if containers or not (volumes or images):
        chosen.add("container")
    if volumes or not (containers or images):
        chosen.add("volume")
    if images or not (containers or volumes):
        chosen.add("image")
    client = any_engine()
    try:
        found = find(client, chosen)
        left = [thing for thing in found if thing.lab == "alive" or (thing.busy and not running)]
        going = [thing for thing in found if thing not in left]
        failed = {thing.id: why for thing in going if yes and (why := remove(client, thing))}
    finally:
        client.close()
    if as_json:
        removed = [asdict(thing) for thing in going if thing.id not in failed]
        shown = {"dry_run": not yes, "removed": removed, "left": [asdict(thing) for thing in left], "failed": failed}
        typer.echo(json.dumps(shown, indent=2))
    else:
        _print(going, left, failed, done=yes)
    if failed:
        raise typer.Exit(1)


def _print(going: list[Thing], left: list[Thing], failed: dict[str, str], *, done: bool) -> None:
    for thing in going:
        size = "" if thing.size is None else f", {thing.size / 1e6:.0f} MB"
        why = failed.get(thing.id)
        verb = "could not remove" if why else "removed" if done else "would remove"
        typer.echo(f"{verb} {thing.what} {thing.name}{size}{f': {why}' if why else ''}")
    for thing in left:
        why = "whose lab lives" if thing.lab == "alive" else "which runs (--running)"
        typer.echo(f"left alone: {thing.what} {thing.name}, {why}")
    if not going and not left:
        typer.echo("nothing of the lab is there")
    elif going and not done:
        typer.echo("Nothing was removed: this was a dry run. `signal-lab clean --yes` removes it.")
