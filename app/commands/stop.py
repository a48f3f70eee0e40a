"""``signal-lab stop``: a target, or all of a run, as ``docker stop`` does it, and what it came to."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from app.commands.client import client_for, part
from app.commands.common import NOT_AS_ASKED, AsJson, Data, Failed, Port, Url
from app.commands.completing import signals, targets
from app.commands.following import await_verdicts, targets_of
from app.commands.stopping import KILLS, say_what_came, stop_held
from app.commands.timeline import Timeline

EXAMPLES = """
Examples:\n
\b
  signal-lab stop r12.server -t 3
  signal-lab stop r12 --timeout 0                  all targets of the run
  signal-lab stop r12.server -s SIGINT --time -1   no SIGKILL, ever
"""


def stop_command(
    target: Annotated[
        str, typer.Argument(help="r12.server, or r12 for all targets of the run.", autocompletion=targets)
    ],
    timeout: Annotated[
        int | None,
        typer.Option(
            "--timeout", "--time", "-t", help="Seconds until SIGKILL; -1: never. [default: its own]", min=-1, max=3600
        ),
    ] = None,
    signal: Annotated[
        str | None, typer.Option("--signal", "-s", help="Instead of its own stop signal.", autocompletion=signals)
    ] = None,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Wait for the end and the verdict.")] = True,
    url: Url = None,
    port: Port = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Stop a target or a run: the stop signal, and SIGKILL when the time is up. Shows what came of it.

    Leaves with 1 when SIGKILL had to end it although something gentler was asked for, or it could not be stopped.
    """
    lab = client_for(url, port, data)
    targets = targets_of(lab, target)
    run = targets[0].partition(".")[0]
    asked: dict[int, str] = {}
    refused: Failed | None = None
    for each in targets:
        body: dict[str, Any] = {"timeout_s": timeout, "signal": signal}
        try:
            asked[int(lab.call("POST", f"/targets/{part(each)}/stop", body)["event_id"])] = each
        except Failed as failed:
            if len(targets) == 1 or failed.shape["code"] not in ("already_gone", "conflict"):
                raise
            refused = failed
    if not asked and refused:
        raise refused
    if not wait:
        if as_json:
            typer.echo(json.dumps({"event_ids": list(asked), "targets": list(asked.values())}))
        else:
            typer.echo(f"asked: {', '.join(asked.values())}")
        return
    outcome = await_verdicts(lab, run, asked, Timeline(as_json), stops=True)
    stops = [outcome.stops[number] for number in asked if number in outcome.stops]
    if not as_json:
        say_what_came(stops)
    meant = timeout == 0 or (signal or "").upper() in KILLS
    if len(stops) < len(asked) or not all(stop_held(each, meant=meant) for each in stops):
        raise typer.Exit(NOT_AS_ASKED)
