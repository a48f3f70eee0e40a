"""``signal-lab clean``: removes what the lab has left on the engine, and on the machine, after it was shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.asking import wrong
from app.commands.common import settings_from

if TYPE_CHECKING:
    from app.hosts.engine.cleaning import Thing, What

EXAMPLES = """
Examples:\n
\b
  signal-lab clean                          shows what would go
  signal-lab clean --yes                    removes it
  signal-lab clean --images --yes --json    only the lab's images
  signal-lab clean --all --yes              and recordings: nothing is left
  signal-lab clean --keep-runs 20 --yes     only recordings, the oldest ones
"""


def clean_command(
    yes: Annotated[bool, typer.Option("--yes", help="Remove it. Without this it is only shown.")] = False,
    containers: Annotated[bool, typer.Option("--containers", help="Only containers.")] = False,
    volumes: Annotated[bool, typer.Option("--volumes", help="Only volumes.")] = False,
    images: Annotated[bool, typer.Option("--images", help="Only images.")] = False,
    running: Annotated[bool, typer.Option("--running", help="Also containers that run now.")] = False,
    everything: Annotated[
        bool,
        typer.Option("--all", help="Also what is on this machine: all recordings, and kernel traces."),
    ] = False,
    keep_runs: Annotated[
        int | None,
        typer.Option("--keep-runs", min=1, help="Only recordings: of all but the newest N runs.", metavar="N"),
    ] = None,
    data: Annotated[Path | None, typer.Option("--data", help="With --all or --keep-runs: which data folder.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show, and with --yes remove, containers, volumes and images that labs have made and left; nothing else.

    Containers of a lab that lives are left alone: end its runs, or stop it. So are others that run, unless --running is
    given: their lab may live on another machine.

    With --all, and never without it, also the recordings of the data folder, its sessions and its token, and what labs
    that were killed have left on this machine; a folder that a lab uses is left alone.

    With --keep-runs only the oldest recordings go.
    """
    if keep_runs is not None:
        from app.commands.forgetting import forget_all_but

        forget_all_but(settings_from(data=data).data, keep_runs, done=yes, as_json=as_json)
        return
    from app.errors import EngineUnavailable
    from app.hosts.engine.cleaning import any_engine, find, remove

    if data and not everything:
        raise wrong("--data: without --all no data folder is touched", "signal-lab clean --all --data DIR shows it.")
    chosen: set[What] = set()
    if everything or containers or not (volumes or images):
        chosen.add("container")
    if everything or volumes or not (containers or images):
        chosen.add("volume")
    if everything or images or not (containers or volumes):
        chosen.add("image")
    removers: list[tuple[list[Thing], Callable[[Thing], str | None]]] = []
    with ExitStack() as stack:
        try:
            client = stack.enter_context(closing(any_engine()))
            removers.append((find(client, chosen), partial(remove, client)))
        except EngineUnavailable as error:
            if not everything:
                raise
            typer.echo(f"{error}: nothing was looked for there", err=True)
        if everything:
            from app.commands import leftovers

            removers.append((leftovers.here(settings_from(data=data).data), leftovers.remove))
        found = [thing for things, _ in removers for thing in things]
        left = [thing for thing in found if thing.lab == "alive" or (thing.busy and not running)]
        going = [thing for thing in found if thing not in left]
        failed = {
            thing.id: why
            for things, gone in removers
            for thing in things
            if yes and thing in going and (why := gone(thing))
        }
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
