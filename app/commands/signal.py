"""``signal-lab signal``: one signal to a target, as ``kill -s`` sends it, and the verdict on what came of it."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from app.commands.asking import wrong
from app.commands.client import client_for, part
from app.commands.common import NOT_AS_ASKED, AsJson, Data, Port, Url
from app.commands.completing import signals, targets
from app.commands.following import await_verdicts, one_target
from app.commands.timeline import Timeline

EXAMPLES = """
Examples:\n
\b
  signal-lab signal r12.server USR1
  signal-lab signal -s SIGRTMIN+3 r12          a run with one target
  signal-lab signal r12.server KILL --inside   from a process in its namespace
  signal-lab signal r12.server TERM --pid 7 --group
"""


def signal_command(
    target: Annotated[str, typer.Argument(help="r12.server, or r12 where it has one target.", autocompletion=targets)],
    name: Annotated[
        str | None, typer.Argument(metavar="[SIGNAL]", help="TERM, SIGTERM, 15, SIGRTMIN+3.", autocompletion=signals)
    ] = None,
    signal: Annotated[
        str | None, typer.Option("--signal", "-s", help="The same, as in kill -s.", autocompletion=signals)
    ] = None,
    pid: Annotated[
        int | None, typer.Option("--pid", help="A process by its pid inside the target. [default: its root]", min=1)
    ] = None,
    group: Annotated[bool, typer.Option("--group", help="To the whole process group of that process.")] = False,
    inside: Annotated[bool, typer.Option("--inside", help="Sent by a process in its PID namespace.")] = False,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Wait for the verdict.")] = True,
    url: Url = None,
    port: Port = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Send a signal to a process of a target, and show what became of it.

    Leaves with 0 when it was sent, whatever the process made of it; with 1 when it was not.
    """
    if (name is None) == (signal is None):
        raise wrong("say which signal, once", "signal-lab signal TARGET USR1, or -s USR1")
    lab = client_for(url, port, data)
    wanted = one_target(lab, target)
    body: dict[str, Any] = {"signal": signal or name, "group": group, "from": "inside" if inside else "outside"}
    body |= {} if pid is None else {"pid": pid}
    request = int(lab.call("POST", f"/targets/{part(wanted)}/signals", body)["event_id"])
    if not wait:
        typer.echo(json.dumps({"event_id": request, "target": wanted}) if as_json else f"sent to {wanted}")
        return
    outcome = await_verdicts(lab, wanted.partition(".")[0], {request: wanted}, Timeline(as_json), stops=False)
    if request in outcome.verdicts and outcome.verdicts[request]["outcome"] == "not_done":
        raise typer.Exit(NOT_AS_ASKED)
