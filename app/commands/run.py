"""``signal-lab run``: an experiment, a command or an image, from the terminal; its timeline until it ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from app.commands.asking import AskFlags, body_of
from app.commands.client import Client, client_for, part, where
from app.commands.common import BEHIND, NO_LAB, NOT_AS_ASKED, AsJson, Data, Failed, Port, Url
from app.commands.completing import experiments, one_of, signals
from app.commands.embedded import embedded
from app.commands.following import Outcome, ended_by_sigterm, ending_run, follow
from app.commands.stopping import Stopping, say_what_came
from app.commands.timeline import Timeline
from app.serve.logs import harmless

EXAMPLES = """
Examples:\n
\b
  signal-lab run pid-1                         an experiment of the catalogue
  signal-lab run -- bash -c 'trap "echo TERM; exit" TERM; read'
  signal-lab run --sandbox --stop --timeout 3 -- sleep 600
  signal-lab run --image nginx --stop --timeout 3 --when "ready"
  signal-lab run --image base --init -e A=1 -m 128m -- python3 -m http.server
  signal-lab run -d --image base -- sleep 600   leaves it running in the lab
"""


class Dashed(TyperCommand):
    """What stands behind ``--`` is a command, and not an experiment."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if "--" in args:
            at = args.index("--")
            ctx.meta[BEHIND] = tuple(args[at + 1 :])
            args = args[:at]
        return super().parse_args(ctx, args)


def run_command(
    ctx: typer.Context,
    experiment: Annotated[
        str | None, typer.Argument(help="An experiment: `signal-lab list`.", autocompletion=experiments)
    ] = None,
    image: Annotated[str | None, typer.Option("--image", help="An image, of the lab (base) or any other.")] = None,
    sandbox: Annotated[bool, typer.Option("--sandbox", help="The command is PID 1 of a namespace, no Docker.")] = False,
    init: Annotated[bool, typer.Option("--init", help="docker-init as PID 1.")] = False,
    pid: Annotated[str | None, typer.Option("--pid", help="host: the machine's PID namespace.")] = None,
    stop_signal: Annotated[
        str | None, typer.Option("--stop-signal", help="What a stop sends.", autocompletion=signals)
    ] = None,
    stop_timeout: Annotated[int | None, typer.Option("--stop-timeout", help="Seconds; -1: for ever.")] = None,
    entrypoint: Annotated[str | None, typer.Option("--entrypoint", help="Instead of the image's.")] = None,
    tty: Annotated[bool, typer.Option("--tty", "-t", help="A terminal of its own.")] = False,
    interactive: Annotated[bool, typer.Option("--interactive", "-i", help="Keep stdin open.")] = False,
    env: Annotated[list[str] | None, typer.Option("--env", "-e", help="NAME=value, or NAME as it is here.")] = None,
    memory: Annotated[str | None, typer.Option("--memory", "-m", help="Such as 256m.")] = None,
    user: Annotated[str | None, typer.Option("--user", "-u", help="Name or uid[:gid].")] = None,
    workdir: Annotated[str | None, typer.Option("--workdir", "-w", help="Working directory.")] = None,
    publish: Annotated[list[str] | None, typer.Option("--publish", "-p", help="[PORT:]PORT, on loopback.")] = None,
    fence: Annotated[
        str | None,
        typer.Option(
            "--fence",
            help="fenced: no capabilities, no network; docker: the engine's usual.",
            autocompletion=one_of("fenced", "docker"),
        ),
    ] = None,
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Leave it running in the lab, print its id.")] = False,
    stop: Annotated[bool, typer.Option("--stop", help="Stop it when it is up, and print the verdict.")] = False,
    timeout: Annotated[
        int | None, typer.Option("--timeout", "--time", help="Of --stop, in seconds; -1: for ever.", min=-1, max=3600)
    ] = None,
    signal_: Annotated[str | None, typer.Option("--signal", "-s", help="Of --stop.", autocompletion=signals)] = None,
    when: Annotated[str | None, typer.Option("--when", help="Stop when it has printed this.")] = None,
    everything: Annotated[bool, typer.Option("--all", "-a", help="Also processes, ticks and forecasts.")] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the events to this file.")] = None,
    url: Url = None,
    port: Port = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Run an experiment, or behind -- a command: on this machine, in a sandbox, or in a container.

    It shows the timeline until the run is over; Ctrl-C ends the run. Flags of a container are named as docker run names
    them. Where no lab runs, one is started for as long as the run lasts. Leaves with 1 when it could not be run, an
    expectation was not met, or SIGKILL had to end a --stop.
    """
    body = body_of(
        experiment,
        ctx.meta.get(BEHIND),
        AskFlags(
            image, sandbox, init, pid, stop_signal, stop_timeout, entrypoint, tty, interactive, tuple(env or ()),
            memory, user, workdir, tuple(publish or ()), fence,
        ),
    )  # fmt: skip
    stopping = Stopping.wanted(stop=stop, timeout_s=timeout, signal=signal_, when=when, detach=detach)
    with ExitStack() as stack:
        stack.enter_context(ended_by_sigterm())
        lab, link = stack.enter_context(some_lab(url, port, data, detach=detach))
        _say_what_it_asks_for(lab, body)
        started = lab.call("POST", "/runs", body)
        run = str(started["run"])
        if detach:
            _say(started, lab, as_json=as_json)
            return
        if not as_json:
            _say(started, lab, as_json=False, link=link)
        timeline, outcome = Timeline(as_json, everything, output.open("w") if output else None), Outcome()
        stack.callback(timeline.close)
        with ending_run(lab, run, quiet=as_json):
            stopping.follow(lab, run, timeline, outcome) if stopping else follow(lab, run, timeline, outcome)
    held = stopping.held(outcome) if stopping else True
    if stopping and not as_json:
        say_what_came(outcome.stops.values())
    if not (outcome.as_asked and held):
        raise typer.Exit(NOT_AS_ASKED)


def _say_what_it_asks_for(lab: Client, body: dict[str, Any]) -> None:
    """Of a file of one's own, before anything of it is started."""
    if experiment := body.get("experiment"):
        asks = lab.call("GET", f"/experiments/{part(str(experiment))}").get("asks_for")
        if asks:
            typer.echo(harmless(f"note: {experiment} asks for {', '.join(asks)}"), err=True)


def _say(started: dict[str, Any], lab: Client, *, as_json: bool, link: str = "") -> None:
    run, names = started["run"], [each["id"] for each in started["targets"]]
    page = f"{lab.url}/runs/{run}"
    if as_json:
        typer.echo(json.dumps({**started, "url": page}))
        return
    typer.echo(f"{run}  {' '.join(names)}\n  page   {page}")
    if link:
        typer.echo(f"  drive  {link}  (works once; the lab ends with this run)")


@contextmanager
def some_lab(url: str | None, port: int | None, data: Path | None, *, detach: bool) -> Iterator[tuple[Client, str]]:
    """The lab that runs, and ""; or one for as long as the block lasts, and its driver's link."""
    lab = client_for(url, port, data)
    address, settings = where(url, port, data)
    if lab.answers():
        yield lab, ""
        return
    if url or "port" in settings.model_fields_set or detach:
        raise Failed(
            f"no lab answers at {address}",
            "--detach needs one that stays: `signal-lab serve`." if detach else "Start it with `signal-lab serve`.",
            leave=NO_LAB,
            code="no_lab",
        )
    with embedded(settings) as found:
        yield found
