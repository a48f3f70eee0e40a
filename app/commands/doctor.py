"""``signal-lab doctor``: why containers take their time to stop, and what this machine lets the lab see."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import anyio
import typer

from app.commands.common import NO_LAB, Failed

if TYPE_CHECKING:
    from app.commands.witnesses import Witness
    from app.doctor.examination import Report

COULD_NOT_TELL = NO_LAB
AT_ONCE = 8  # questions to the engine
EXAMPLES = """
Examples:\n
\b
  signal-lab doctor                      every container that runs
  signal-lab doctor web db --json
  signal-lab doctor --machine --strict   what this machine lets the lab see
"""


def doctor_command(
    containers: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CONTAINER]...", help="Names, ids or beginnings of ids. [default: all that run]"),
    ] = None,
    machine: Annotated[
        bool, typer.Option("--machine", help="Only try what this machine lets the lab see, and look at no container.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Leave with 1 when a witness is missing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Tell of each container what `docker stop` would come to, why, and what would help; nothing is sent to any.

    First the machine's witnesses are tried: engine, kernel trace, sandbox, and what lessons need. The lab works without
    any of them, and says which one is missing where it matters.

    Leaves with 0 when all containers would stop in time, 1 when some would be killed, 3 when of some nobody can tell.
    """
    from app.commands.witnesses import all_witnesses

    found = [] if containers else all_witnesses()
    short = strict and not all(each.there for each in found)
    if machine:
        _tell_machine(found or all_witnesses(), as_json=as_json)
        raise typer.Exit(1 if short else 0)
    try:
        report = anyio.run(partial(_examine, containers or []))
    except Exception as error:
        from app.errors import EngineUnavailable

        if not isinstance(error, EngineUnavailable):
            raise
        _without_engine(error, found, as_json=as_json, named=bool(containers))
        raise typer.Exit(1 if short else COULD_NOT_TELL) from error
    if as_json:
        told: dict[str, Any] = {
            "ok": report.holds is True,
            "holds": report.holds,
            "containers": report.containers,
            "unknown": report.unknown,
            "witnesses": [asdict(each) for each in found],
        }
        typer.echo(json.dumps(told, indent=2))
    else:
        _tell(report, found, named=bool(containers))
    raise typer.Exit(1 if short or report.holds is False else 0 if report.holds else COULD_NOT_TELL)


async def _examine(wanted: list[str]) -> Report:
    from anyio import to_thread

    from app.doctor.examination import Doctor
    from app.hosts.engine.cleaning import any_engine
    from app.hosts.engine.finding import translated

    client = await to_thread.run_sync(any_engine)
    limiter = anyio.CapacityLimiter(AT_ONCE)

    async def call(act: Any) -> Any:
        def run() -> Any:
            with translated():
                return act(client)

        return await to_thread.run_sync(run, limiter=limiter)

    try:
        return await Doctor(call, _socket_of(client)).examine(wanted)
    finally:
        client.close()


def _socket_of(client: Any) -> str:
    """docker-py turns the address of a socket into one for requests."""
    adapter = getattr(client, "_custom_adapter", None)
    path = getattr(adapter, "socket_path", "")
    return f"unix://{path}" if path else str(client.base_url)


def _tell(report: Report, found: list[Witness], *, named: bool) -> None:
    from app.commands.doctoring import sections, summary

    if missing := [each.name for each in found if not each.there]:
        typer.echo(f"This machine lacks: {', '.join(missing)} (signal-lab doctor --machine says what would allow it)\n")
    for line in summary(report.containers, report.unknown):
        typer.echo(line)
    for line in sections(report.containers, every=named):
        typer.echo(line)


def _without_engine(error: Exception, found: list[Witness], *, as_json: bool, named: bool) -> None:
    hint = next((each.allow for each in found if each.name == "engine"), "Start Docker, or set DOCKER_HOST.")
    if named:
        raise Failed(str(error), hint, leave=COULD_NOT_TELL, code="no_engine")
    if as_json:
        told = {"ok": False, "code": "no_engine", "error": str(error), "hint": hint, "holds": None, "containers": []}
        typer.echo(json.dumps({**told, "witnesses": [asdict(each) for each in found]}, indent=2))
        return
    _tell_machine(found, as_json=False)
    typer.echo("\nNo engine answers, so no container was looked at.")


def _tell_machine(found: list[Witness], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"ok": all(each.there for each in found), "witnesses": [asdict(each) for each in found]}))
        return
    width = max(len(each.name) for each in found)
    for each in found:
        mark = typer.style("found  ", fg="green") if each.there else typer.style("missing", fg="yellow")
        typer.echo(f"{mark}  {each.name:<{width}}  {each.found}")
        typer.echo(f"{'':{width + 11}}shows: {each.shows}")
        if each.allow:
            typer.echo(f"{'':{width + 11}}to allow it: {each.allow}")
