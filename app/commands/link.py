"""``signal-lab link``: another link from the running lab, or an end to those of the viewers."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from app.commands.client import client_for
from app.commands.common import AsJson, Data, Port, Url
from app.commands.completing import one_of

EXAMPLES = """
Examples:\n
\b
  signal-lab link                   to drive; works once
  signal-lab link --role viewer     to watch; can be shared
  signal-lab link --revoke          no viewer's link works any more
"""


def link_command(
    role: Annotated[
        str,
        typer.Option(help="driver (works once) or viewer (can be shared).", autocompletion=one_of("driver", "viewer")),
    ] = "driver",
    revoke: Annotated[
        bool, typer.Option("--revoke", help="Make all viewers' links void and sign the viewers out, at once.")
    ] = False,
    url: Url = None,
    port: Port = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Ask the running lab for a new link, or revoke those that were given to viewers."""
    lab = client_for(url, port, data)
    answer = lab.call("DELETE", "/links") if revoke else lab.call("POST", "/links", {"role": role})
    if as_json:
        typer.echo(json.dumps(answer))
    elif revoke:
        typer.echo(f"revoked: no viewers' link works any more; watching until now: {answer['watching']}")
    else:
        typer.echo(answer["url"])
