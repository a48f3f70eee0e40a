"""``signal-lab verify``: every experiment of the catalogue, headless, on this machine's kernel and engine."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import anyio
import typer

from app.commands.common import Failed, settings_from
from app.commands.completing import experiments as ours
from app.commands.completing import one_of
from app.targets import HostName

if TYPE_CHECKING:
    from app.experiments.model import Experiment

EXAMPLES = """
Examples:\n
\b
  signal-lab verify                           all of them
  signal-lab verify pid-1 init --json
  signal-lab verify --host sandbox -q         those that need no engine
  signal-lab verify --experiments ./lessons mine
"""


def verify_command(
    experiments: Annotated[
        list[str] | None, typer.Argument(help="Ids; all of the catalogue when absent.", autocompletion=ours)
    ] = None,
    host: Annotated[
        str | None,
        typer.Option(
            help="Only those of one host: process, sandbox or container.",
            autocompletion=one_of("process", "sandbox", "container"),
        ),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--experiments", help="A folder of experiments of your own, beside ours.")
    ] = None,
    kernel_trace: Annotated[
        str | None,
        typer.Option(help="auto, probe or off. [default: auto]", autocompletion=one_of("auto", "probe", "off")),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object at the end, and nothing else.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only what failed, and the summary.")] = False,
) -> None:
    """Run experiments headless and check what each says must be seen.

    Leaves with 0 when all of it was seen, 1 when something failed, 2 when a file of the catalogue is wrong.  What is
    not possible on this machine is said, with the reason, and is no failure.
    """
    from app.commands.verifying import run, summary_line  # the other commands need not wait for all of this

    chosen, faults = _choose(experiments or [], host, folder)
    if faults:
        for fault in faults:
            typer.echo(fault, err=True)
        raise typer.Exit(2)
    given = settings_from(kernel_trace=kernel_trace, experiments=folder)
    reports, counts = anyio.run(run, given, chosen, None if as_json else quiet)
    if as_json:
        shown = [asdict(report) for report in reports]
        typer.echo(json.dumps({"ok": not counts["failed"], "summary": counts, "experiments": shown}, indent=2))
    else:
        typer.echo(summary_line(counts))
    if counts["failed"]:
        raise typer.Exit(1)


def _choose(ids: list[str], host: str | None, folder: Path | None) -> tuple[list[Experiment], list[str]]:
    from app.experiments.loading import load_catalogue

    catalogue, faults = load_catalogue(folder)
    if unknown := [each for each in ids if each not in catalogue]:
        raise Failed(f"there is no experiment {', '.join(unknown)}", f"There are: {', '.join(catalogue)}.")
    hosts: tuple[HostName, ...] = ("process", "sandbox", "container")
    if host is not None and host not in hosts:
        raise typer.BadParameter(f"{host!r}: expected one of {', '.join(hosts)}", param_hint="--host")
    wanted = [catalogue[each] for each in ids] if ids else list(catalogue.values())
    return [each for each in wanted if host is None or host in each.hosts], faults
