"""``signal-lab list`` and ``ps``: the catalogue, and what runs or ran."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from app.commands.client import client_for
from app.commands.common import AsJson, Data, Port, Url
from app.serve.logs import harmless

LIST_EXAMPLES = """
Examples:\n
\b
  signal-lab list
  signal-lab list --experiments ./lessons --json
"""
PS_EXAMPLES = """
Examples:\n
\b
  signal-lab ps
  signal-lab ps --all -n 5          the last five, also those that are over
"""


def list_command(
    folder: Annotated[
        Path | None, typer.Option("--experiments", help="A folder of experiments of your own, beside ours.")
    ] = None,
    url: Url = None,
    port: Port = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """List the experiments: from the lab that runs, which knows what is possible here, else from the files."""
    lab = client_for(url, port, data)
    if url or (folder is None and lab.answers()):
        found = lab.call("GET", "/experiments")["experiments"]
        rows = [
            {
                **{name: each[name] for name in ("id", "title", "group", "question", "hosts")},
                "available": each["available"],
                "why_not": each["why_not"],
                "asks_for": each.get("asks_for", []),
            }
            for each in found
        ]
    else:
        rows = _of_files(folder)
    if as_json:
        typer.echo(json.dumps({"experiments": rows}, indent=2))
        return
    width = max(len(each["id"]) for each in rows)
    group = ""
    for each in rows:
        if each["group"] != group:
            group = each["group"]
            typer.echo(f"{group}:")
        why = f"  (not possible here: {each['why_not']})" if each["why_not"] else ""
        asks = f"  (asks for {', '.join(each['asks_for'])})" if each["asks_for"] else ""
        typer.echo(
            harmless(f"  {each['id']:<{width}}  {' '.join(sorted(each['hosts'])):<10} {each['title']}{asks}{why}")
        )


def _of_files(folder: Path | None) -> list[dict[str, Any]]:
    from app.experiments.loading import load_catalogue

    catalogue, faults = load_catalogue(folder)
    for fault in faults:
        typer.echo(fault, err=True)
    return [
        {
            "id": each.id,
            "title": each.title,
            "group": each.group,
            "question": each.question,
            "hosts": sorted(each.hosts),
            "available": None,
            "why_not": None,
            "asks_for": each.asks_for,
        }
        for each in catalogue.values()
    ]


def ps_command(
    everything: Annotated[bool, typer.Option("--all", "-a", help="Also runs that are over.")] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", help="At most so many.", min=1, max=500)] = 50,
    url: Url = None,
    port: Port = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """List the runs that are going on, with their targets; newest first."""
    lab = client_for(url, port, data)
    runs = lab.call("GET", f"/runs?limit={500 if not everything else limit}")["runs"]
    runs = [each for each in runs if everything or each["status"] == "running"][:limit]
    if as_json:
        typer.echo(json.dumps({"runs": runs}, indent=2))
        return
    for each in runs:
        targets = ", ".join(f"{target['id']} ({target['host']})" for target in each["targets"])
        state = "running" if each["status"] == "running" else _result(each)
        typer.echo(harmless(f"{each['run']:<5} {state:<26} {targets}  {each['title']}".replace("\n", " ")))
    if not runs:
        typer.echo("nothing runs; `signal-lab ps --all` lists what ran" if not everything else "nothing has run yet")


def _result(run: dict[str, Any]) -> str:
    result = run["result"]
    if run["reason"] == "failed" or not result:
        return str(run["reason"])
    took = "" if result["took_s"] is None else f" after {result['took_s']:.1f} s"
    how = "killed" if result["killed"] else "ended"
    code = result["exit_code"]
    return f"{how}{took}, {'code unknown' if code is None else f'code {code}'}"
