"""``signal-lab watch`` and ``export``: what happened in a run, live in the terminal or as a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from app.commands.client import client_for, part
from app.commands.common import AsJson, Data, Port, Url
from app.commands.completing import runs
from app.commands.following import Outcome, facts_of, follow
from app.commands.timeline import Timeline

WATCH_EXAMPLES = """
Examples:\n
\b
  signal-lab watch r12
  signal-lab watch r12 --json | jq 'select(.kind == "kernel_signal")'
"""
EXPORT_EXAMPLES = """
Examples:\n
\b
  signal-lab export r12 > r12.jsonl
  signal-lab export r12 -o r12.jsonl
"""
RunId = Annotated[str, typer.Argument(help="r12, or 12.", autocompletion=runs)]


def watch_command(
    run: RunId,
    everything: Annotated[bool, typer.Option("--all", "-a", help="Also processes, ticks and forecasts.")] = False,
    url: Url = None,
    port: Port = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Show the timeline of a run, live, until it is over: number, time, witness, and what it says.

    Ctrl-C ends the watching and not the run. With --json it prints all events, one a line.
    """
    lab = client_for(url, port, data)
    facts = facts_of(lab, run)
    upto = facts["last_event_id"] if facts["status"] == "finished" else None
    follow(lab, facts["run"], Timeline(as_json, everything), Outcome(), upto=upto)


def export_command(
    run: RunId,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File. [default: stdout]")] = None,
    url: Url = None,
    port: Port = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Write all events of a run as JSON Lines.

    With -o and --json it prints what it wrote as a JSON object.
    """
    lab = client_for(url, port, data)
    facts = facts_of(lab, run)
    out = output.open("wb") if output else typer.get_binary_stream("stdout")
    count = 0
    try:
        for line in lab.lines(f"/runs/{part(facts['run'])}/events.jsonl"):
            out.write(line)
            count += 1
    finally:
        out.flush()
        if output:
            out.close()
    if output and as_json:
        typer.echo(json.dumps({"run": facts["run"], "events": count, "file": str(output)}))
    elif output:
        typer.echo(f"{facts['run']}: {count} events in {output}")
