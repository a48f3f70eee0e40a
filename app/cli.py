"""The ``signal-lab`` command.  Flags of ``serve`` are settings: each has its environment variable SIGNAL_LAB_…"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from app.commands.check.command import EXAMPLES as CHECK_EXAMPLES
from app.commands.check.command import check_command
from app.commands.clean import EXAMPLES as CLEAN_EXAMPLES
from app.commands.clean import clean_command
from app.commands.common import USAGE, Failed, help_text, settings_from, tell
from app.commands.completing import one_of
from app.commands.doctor import EXAMPLES as DOCTOR_EXAMPLES
from app.commands.doctor import doctor_command
from app.commands.healthcheck import EXAMPLES as HEALTHCHECK_EXAMPLES
from app.commands.healthcheck import healthcheck_command
from app.commands.images import images_app
from app.commands.inherited import take_back_signals
from app.commands.link import EXAMPLES as LINK_EXAMPLES
from app.commands.link import link_command
from app.commands.listing import LIST_EXAMPLES, PS_EXAMPLES, list_command, ps_command
from app.commands.rehearse import EXAMPLES as REHEARSE_EXAMPLES
from app.commands.rehearse import rehearse_command
from app.commands.run import EXAMPLES as RUN_EXAMPLES
from app.commands.run import Dashed, run_command
from app.commands.signal import EXAMPLES as SIGNAL_EXAMPLES
from app.commands.signal import signal_command
from app.commands.stop import EXAMPLES as STOP_EXAMPLES
from app.commands.stop import stop_command
from app.commands.verify import EXAMPLES as VERIFY_EXAMPLES
from app.commands.verify import verify_command
from app.commands.version import version as version_and_commit
from app.commands.watch import EXPORT_EXAMPLES, WATCH_EXAMPLES, export_command, watch_command

SERVE_EXAMPLES = """
Examples:\n
\b
  signal-lab serve --open                     and opens the page
  signal-lab serve --port 0 --data ./lab -q   a free port; only the links
  signal-lab serve --host 0.0.0.0 --public-url http://lab.example:9015
  signal-lab serve --log-format json 2>> lab.jsonl
  SIGNAL_LAB_TOKEN=… signal-lab serve         a token of your own for programs
"""
app = typer.Typer(
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    help="A live lab for Linux signals and docker stop, in the browser.",
    epilog="Start with `signal-lab serve` and open the link that it prints.",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"signal-lab {version_and_commit()}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print version and commit, and leave.")
    ] = False,
) -> None:
    """A live lab for Linux signals and docker stop, in the browser."""


@app.command(epilog=SERVE_EXAMPLES)
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on. [default: 127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes a free one. [default: 9015]")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of journal, sessions and token.")] = None,
    token_file: Annotated[Path | None, typer.Option(help="File with the token for programs.")] = None,
    token: Annotated[str | None, typer.Option(hidden=True)] = None,
    public_url: Annotated[str | None, typer.Option(help="Address under which others reach the lab.")] = None,
    root_path: Annotated[
        str | None, typer.Option(help="What stands before every path behind a proxy. [default: that of --public-url]")
    ] = None,
    trusted_proxies: Annotated[
        str | None, typer.Option(help="Addresses of proxies whose X-Forwarded-Proto counts, with commas.")
    ] = None,
    metrics: Annotated[
        bool | None, typer.Option("--metrics/--no-metrics", help="GET /metrics for Prometheus: stops on the engine.")
    ] = None,
    webhook: Annotated[
        str | None, typer.Option(help="Address that is told when a stop on the engine had to be forced.")
    ] = None,
    allow_foreign: Annotated[
        bool | None,
        typer.Option(
            "--allow-foreign/--no-allow-foreign", help="Signals and stops of containers that are not the lab's."
        ),
    ] = None,
    kernel_trace: Annotated[
        str | None,
        typer.Option(
            help="auto, probe (a container on the engine reads it) or off. [default: auto]",
            autocompletion=one_of("auto", "probe", "off"),
        ),
    ] = None,
    experiments: Annotated[Path | None, typer.Option(help="Folder of experiments of your own, beside ours.")] = None,
    keep_runs: Annotated[
        int | None,
        typer.Option(help="Runs that are kept; older ones that have ended are forgotten; 0: all are. [default: 200]"),
    ] = None,
    open_: Annotated[bool | None, typer.Option("--open/--no-open", help="Open the page in a browser.")] = None,
    quiet: Annotated[
        bool | None, typer.Option("--quiet", "-q", help="Print the links and nothing of what happens; logs go on.")
    ] = None,
    log_level: Annotated[
        str | None,
        typer.Option(
            help="debug, info, warning or error. [default: warning]",
            autocompletion=one_of("debug", "info", "warning", "error"),
        ),
    ] = None,
    log_format: Annotated[
        str | None,
        typer.Option(
            help="text, or json: one object per line on stderr. [default: text]", autocompletion=one_of("text", "json")
        ),
    ] = None,
) -> None:
    """Run the lab until Ctrl-C or SIGTERM, and print the links to drive and to watch it.

    Each flag can be given as an environment variable, such as SIGNAL_LAB_PORT.
    """
    from app.serve.server import serve as run  # the other commands need not wait for all of this

    if token is not None:
        raise Failed(
            "--token is no flag any more: every user of this machine can read the words of a command line",
            "Give the token in the environment (SIGNAL_LAB_TOKEN) or in a file (--token-file).",
            leave=USAGE,
            code="bad_setting",
        )
    run(
        settings_from(
            host=host,
            port=port,
            data=data,
            token_file=token_file,
            public_url=public_url,
            root_path=root_path,
            trusted_proxies=trusted_proxies,
            metrics=metrics,
            webhook=webhook,
            allow_foreign=allow_foreign,
            kernel_trace=kernel_trace,
            experiments=experiments,
            keep_runs=keep_runs,
            open=open_,
            quiet=quiet,
            log_level=log_level,
            log_format=log_format,
        )
    )


app.command("run", cls=Dashed, help=help_text(run_command), epilog=RUN_EXAMPLES)(run_command)
app.command("signal", help=help_text(signal_command), epilog=SIGNAL_EXAMPLES)(signal_command)
app.command("stop", help=help_text(stop_command), epilog=STOP_EXAMPLES)(stop_command)
app.command("check", cls=Dashed, help=help_text(check_command), epilog=CHECK_EXAMPLES)(check_command)
app.command("watch", help=help_text(watch_command), epilog=WATCH_EXAMPLES)(watch_command)
app.command("doctor", help=help_text(doctor_command), epilog=DOCTOR_EXAMPLES)(doctor_command)
app.command("rehearse", help=help_text(rehearse_command), epilog=REHEARSE_EXAMPLES)(rehearse_command)
app.command("export", help=help_text(export_command), epilog=EXPORT_EXAMPLES)(export_command)
app.command("list", help=help_text(list_command), epilog=LIST_EXAMPLES)(list_command)
app.command("ps", help=help_text(ps_command), epilog=PS_EXAMPLES)(ps_command)
app.command("link", help=help_text(link_command), epilog=LINK_EXAMPLES)(link_command)
app.command("verify", help=help_text(verify_command), epilog=VERIFY_EXAMPLES)(verify_command)
app.command("clean", help=help_text(clean_command), epilog=CLEAN_EXAMPLES)(clean_command)
app.command("healthcheck", help=help_text(healthcheck_command), epilog=HEALTHCHECK_EXAMPLES)(healthcheck_command)
app.add_typer(images_app, name="images")


def main() -> None:
    """Errors are one line and what to do next, never a traceback."""
    take_back_signals()
    try:
        app()
    except Failed as failed:
        tell(failed)
        sys.exit(failed.leave)
    except KeyboardInterrupt:
        # The server has ended well and passes on the signal that asked for it; the shell is told as usual.
        sys.exit(130)
    except Exception as error:
        from app.errors import LabError

        if not isinstance(error, LabError):
            raise
        tell(Failed(str(error), error.hint, code=error.code))
        sys.exit(1)
