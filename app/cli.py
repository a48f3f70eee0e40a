"""The ``signal-lab`` command.  Flags of ``serve`` are settings: each has its environment variable SIGNAL_LAB_…"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from app import __version__
from app.commands.clean import clean_command
from app.commands.common import Failed, settings_from
from app.commands.images import images_app
from app.commands.verify import verify_command

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="A live lab for Linux signals and docker stop, in the browser.",
    epilog="Start with `signal-lab serve` and open the link that it prints.",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"signal-lab {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """A live lab for Linux signals and docker stop, in the browser."""


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on. [default: 127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes a free one. [default: 9015]")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of journal, sessions and token.")] = None,
    token: Annotated[str | None, typer.Option(help="Token for programs; better in SIGNAL_LAB_TOKEN.")] = None,
    public_url: Annotated[str | None, typer.Option(help="Address under which others reach the lab.")] = None,
    kernel_trace: Annotated[
        str | None,
        typer.Option(help="auto, probe (a container on the engine reads it) or off. [default: auto]"),
    ] = None,
    experiments: Annotated[Path | None, typer.Option(help="Folder of experiments of your own, beside ours.")] = None,
    open_: Annotated[bool | None, typer.Option("--open/--no-open", help="Open the page in a browser.")] = None,
    log_level: Annotated[str | None, typer.Option(help="debug, info, warning or error. [default: warning]")] = None,
) -> None:
    """Run the lab until Ctrl-C or SIGTERM, and print the links to drive and to watch it.

    Each flag can be given as an environment variable, such as SIGNAL_LAB_PORT.
    """
    from app.serve import serve as run  # the other commands need not wait for all of this

    run(
        settings_from(
            host=host,
            port=port,
            data=data,
            token=token,
            public_url=public_url,
            kernel_trace=kernel_trace,
            experiments=experiments,
            open=open_,
            log_level=log_level,
        )
    )


@app.command()
def link(
    role: Annotated[str, typer.Option(help="driver (works once) or viewer (can be shared).")] = "driver",
    port: Annotated[int | None, typer.Option(help="Port of the running lab. [default: 9015]")] = None,
    data: Annotated[Path | None, typer.Option(help="Its data folder, for the token.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> None:
    """Ask the running lab on this machine for a new link."""
    import http.client

    settings = settings_from(port=port, data=data)
    kept = settings.data / "token"
    token = settings.token or (kept.read_text().strip() if kept.exists() else "")
    connection = http.client.HTTPConnection("127.0.0.1", settings.port, timeout=5)
    try:
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        connection.request("POST", "/api/v1/links", json.dumps({"role": role}), headers)
        reply = connection.getresponse()
        answer = json.loads(reply.read())
    except OSError as error:
        raise Failed(
            f"no lab answers on port {settings.port}: {error.strerror or error}", "signal-lab serve"
        ) from error
    finally:
        connection.close()
    if reply.status != 201:
        raise Failed(answer["error"], answer["hint"])
    typer.echo(json.dumps(answer) if as_json else answer["url"])


app.command("verify")(verify_command)
app.command("clean")(clean_command)
app.add_typer(images_app, name="images")


def main() -> None:
    """Errors are one line and what to do next, never a traceback."""
    try:
        app()
    except Failed as failed:
        typer.echo(str(failed), err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        # The server has ended well and passes on the signal that asked for it; the shell is told as usual.
        sys.exit(130)
    except Exception as error:
        from app.errors import LabError

        if not isinstance(error, LabError):
            raise
        typer.echo(f"signal-lab: {error}\n  {error.hint}", err=True)
        sys.exit(1)
