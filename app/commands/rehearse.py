"""``signal-lab rehearse``: the stop of a copy, as it is and with what would help."""

from __future__ import annotations

import json
from contextlib import ExitStack, closing
from typing import Annotated, Any

import typer

from app.commands.asking import wrong
from app.commands.check.durations import bounded
from app.commands.client import Client
from app.commands.common import NO_LAB, NOT_AS_ASKED, AsJson, Data, Failed, Port, Url
from app.commands.completing import one_of
from app.commands.following import Outcome, ended_by_sigterm, ending_run, follow
from app.commands.run import some_lab
from app.commands.text import plain
from app.commands.timeline import Timeline

COULD_NOT_TELL = NO_LAB
EXAMPLES = """
Examples:\n
\b
  signal-lab rehearse web                     a container, running or not
  signal-lab rehearse --image myapp:latest    an image, without options
  signal-lab rehearse web --fence docker --settle 10s --timeout 3
"""


class Told(Outcome):
    """``rehearsed``: the event, when it came."""

    rehearsed: dict[str, Any] | None = None

    def on_event(self, event: dict[str, Any]) -> None:
        if event["kind"] == "rehearsed":
            self.rehearsed = event
        super().on_event(event)


def rehearse_command(
    container: Annotated[str | None, typer.Argument(help="Its name, id, or the beginning of an id.")] = None,
    image: Annotated[str | None, typer.Option("--image", help="An image instead of a container.")] = None,
    fence: Annotated[
        str,
        typer.Option(
            "--fence",
            help="fenced: copies without network and capabilities; docker: with the engine's usual.",
            autocompletion=one_of("fenced", "docker"),
        ),
    ] = "fenced",
    settle: Annotated[str, typer.Option("--settle", help="How long a copy runs before it is stopped.")] = "2s",
    timeout: Annotated[
        int | None, typer.Option("--timeout", "--time", "-t", help="Seconds until SIGKILL. [default: its own]", min=0)
    ] = None,
    everything: Annotated[bool, typer.Option("--all", "-a", help="Also processes, ticks and forecasts.")] = False,
    url: Url = None,
    port: Port = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Start a copy of a container and stop it; then the same with what would help. The original is not touched.

    The copy has the same program, variables and stop settings, and neither mounts, ports nor network. Where no lab
    runs, one is started for as long as it takes. --json prints the events, one on each line.

    Leaves with 0 when the stop holds as it is or with what would help, 1 when it does not, 3 when nobody can tell.
    """
    if (container is None) == (image is None):
        raise Failed("say which container, or which --image", "`docker ps` lists containers.", leave=2, code="which")
    try:
        settle_s = bounded(settle)
    except ValueError as error:
        raise wrong(f"--settle: {error}", "Such as 2s or 500ms.") from error
    body = {"container": container, "image": image, "fence": fence, "settle_s": settle_s, "timeout_s": timeout}
    with ExitStack() as stack:
        stack.enter_context(ended_by_sigterm())
        lab, link = stack.enter_context(some_lab(url, port, data, detach=False))
        made = lab.call("POST", "/rehearsals", {name: value for name, value in body.items() if value is not None})
        told = _followed(lab, str(made["run"]), Timeline(as_json, everything), link, made, as_json=as_json)
    if (event := told.rehearsed) is None:
        raise typer.Exit(COULD_NOT_TELL)
    if not as_json:
        typer.echo(f"\n{typer.style(plain(event['text']), bold=True)}")
    raise typer.Exit(_leave(event))


def _leave(event: dict[str, Any]) -> int:
    last = event.get("after") or event["before"]
    return {"held": 0, "unknown": COULD_NOT_TELL}.get(str(last["result"]), NOT_AS_ASKED)


def _followed(lab: Client, run: str, timeline: Timeline, link: str, made: dict[str, Any], *, as_json: bool) -> Told:
    told = Told()
    if as_json:
        typer.echo(json.dumps({**made, "url": f"{lab.url}/runs/{run}"}))
    else:
        typer.echo(f"{run}  {plain(str(made['name']))}\n  page   {lab.url}/runs/{run}")
        if link:
            typer.echo(f"  drive  {link}  (works once; the lab ends with this run)")
        if made["without"]:
            typer.echo(f"  copies are without {plain(', '.join(made['without']))}")
    with closing(timeline), ending_run(lab, run, quiet=as_json):
        follow(lab, run, timeline, told)
    return told
