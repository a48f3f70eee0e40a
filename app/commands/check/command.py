"""``signal-lab check``: its flags, and where its reports go."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.asking import env_of, wrong
from app.commands.common import BEHIND, AsJson, Failed, settings_from
from app.commands.completing import one_of, signals

if TYPE_CHECKING:
    from app.commands.check.outcome import Checked
    from app.commands.check.reports import Kind
    from app.commands.check.subject import Subject
    from app.settings import Settings
    from app.verdict.gate import FailOn

COULD_NOT_TELL = 3
EXAMPLES = """
Examples:\n
\b
  signal-lab check myapp:latest --within 3s
  signal-lab check myapp --ready-log 'listening on' --expect-exit 0,143
  signal-lab check myapp --ready-http :8080/health --fail-on clean --runs 3
  signal-lab check myapp --report sarif=stop.sarif --dockerfile Dockerfile
  signal-lab check base --init --ready-log up -- python3 -m http.server
  signal-lab check --compose compose.yaml web worker
"""


@dataclass(frozen=True, slots=True)
class Output:
    """``path``: None, standard output."""

    kind: Kind
    path: Path | None


def check_command(
    ctx: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="IMAGE|SERVICE", help="Images; with --compose: services of it.")
    ] = None,
    compose: Annotated[Path | None, typer.Option("--compose", "-f", help="A compose file: its services.")] = None,
    within: Annotated[
        str | None,
        typer.Option(
            "--within", help="How long a stop may take: 3s, 500ms, 1m30s; absent, 10s or the service's grace."
        ),
    ] = None,
    expect_exit: Annotated[str | None, typer.Option("--expect-exit", help="Codes it may end with: 0,143.")] = None,
    signal_: Annotated[
        str | None, typer.Option("--signal", "-s", help="Instead of its own stop signal.", autocompletion=signals)
    ] = None,
    ready_log: Annotated[
        str | None, typer.Option("--ready-log", help="Ready when a line it prints has this pattern.")
    ] = None,
    ready_http: Annotated[
        str | None, typer.Option("--ready-http", help="Ready when this answers with 2xx or 3xx: :8080/health.")
    ] = None,
    ready_port: Annotated[int | None, typer.Option("--ready-port", help="Ready when it listens there (TCP).")] = None,
    settle: Annotated[
        str | None,
        typer.Option("--settle", help="Then, or from its start, wait so long; 2s without a sign."),
    ] = None,
    ready_within: Annotated[str, typer.Option("--ready-within", help="Give up when it is not ready by then.")] = "60s",
    init: Annotated[bool, typer.Option("--init", help="docker-init as PID 1.")] = False,
    runs: Annotated[int, typer.Option("--runs", help="So many times; the worst counts, a mix is said.")] = 1,
    fail_on: Annotated[
        str,
        typer.Option(
            "--fail-on",
            help="held: a stop that does not hold; clean: also one that cuts a process off.",
            autocompletion=one_of("held", "clean"),
        ),
    ] = "held",
    env: Annotated[list[str] | None, typer.Option("--env", "-e", help="NAME=value, or NAME as it is here.")] = None,
    entrypoint: Annotated[str | None, typer.Option("--entrypoint", help="Instead of the image's.")] = None,
    memory: Annotated[str | None, typer.Option("--memory", "-m", help="Such as 512m; absent, 256m.")] = None,
    user: Annotated[str | None, typer.Option("--user", "-u", help="Name or uid[:gid].")] = None,
    workdir: Annotated[str | None, typer.Option("--workdir", "-w", help="Working directory.")] = None,
    cap_add: Annotated[
        list[str] | None, typer.Option("--cap-add", help="A capability that it needs, or: default (Docker's own).")
    ] = None,
    dockerfile: Annotated[
        Path | None, typer.Option("--dockerfile", help="Where findings are shown: its CMD or ENTRYPOINT.")
    ] = None,
    report: Annotated[
        list[str] | None,
        typer.Option("--report", help="text, json, junit, sarif, github or gitlab=FILE; - is stdout. Repeatable."),
    ] = None,
    kernel_trace: Annotated[
        str | None,
        typer.Option(help="auto, probe or off; absent, auto.", autocompletion=one_of("auto", "probe", "off")),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Start an image under the lab's fence, wait until it is ready, stop it, and say whether the stop holds, and why.

    It needs an engine and no server. The fence: no network but a loopback port where readiness needs one, no
    capabilities, no new privileges, limits, no mounts.

    Leaves with 0 when it held, 1 when not, 2 when called wrongly, 3 when it could not be told: docs/exit-codes.md.
    """
    from app.commands.check.flags import CheckFlags  # the other commands need not wait for all of this

    if fail_on not in ("held", "clean"):
        raise wrong(f"--fail-on {fail_on}: expected held or clean", "held is the default.")
    flags = CheckFlags(
        within, expect_exit, signal_, ready_log, ready_http, ready_port, settle, ready_within, init, runs,
        "clean" if fail_on == "clean" else "held", env_of(tuple(env or ())), entrypoint, memory, user, workdir,
        tuple(cap_add or ()), dockerfile,
    ).checked()  # fmt: skip
    outputs = outputs_of(report or [], as_json=as_json)
    settings = settings_from(kernel_trace=kernel_trace)
    command = ctx.meta.get(BEHIND) or ()
    if compose is not None:
        from app.commands.check.compose import services_of

        if command:
            raise wrong("a command is for one image", "The services of a compose file have their own.")
        subjects = services_of(compose, list(names or ()), flags)
    else:
        subjects = flags.images(list(names or ()), command)
    checked = _checked(settings, subjects, flags.runs, flags.fail_on)
    _write(checked, outputs)
    if checked.exit:
        raise typer.Exit(checked.exit)


def outputs_of(given: list[str], *, as_json: bool) -> list[Output]:
    """Where which report goes; files are tried before anything is begun.  Raises Failed."""
    from app.commands.check.reports import KINDS

    found: list[Output] = []
    for each in given:
        kind, _, name = each.partition("=")
        known = next((one for one in KINDS if one == kind), None)
        if known is None or not name:
            raise wrong(f"--report {each}: expected KIND=FILE", f"KIND is one of {', '.join(KINDS)}; - is stdout.")
        path = None if name == "-" else Path(name)
        if path is not None:
            try:
                path.open("a").close()
            except OSError as error:
                raise wrong(f"--report {each}: {error.strerror}", "Name a file in a folder that is there.") from error
        found.append(Output(known, path))
    if as_json:
        found.append(Output("json", None))
    shown = [each.kind for each in found if each.path is None]
    if len(shown) > 1 and set(shown) != {"text", "github"}:
        raise wrong(f"{' and '.join(shown)} cannot both go to stdout", "Give all but one a file.")
    return found if shown else [Output("text", None), *found]


def _checked(settings: Settings, subjects: list[Subject], runs: int, fail_on: FailOn) -> Checked:
    """Raises Failed with 3 for whatever is no verdict: a defect, too, is none."""
    from app.commands.check.session import Interrupted, Session
    from app.errors import LabError

    try:
        return Session(settings, subjects, runs, fail_on, _progress).run()
    except Interrupted as signalled:
        typer.echo(f"signal-lab: ended by {signalled}; nothing of it is left", err=True)
        raise typer.Exit(128 + signalled.number) from signalled
    except LabError as error:
        raise Failed(str(error), error.hint, leave=COULD_NOT_TELL, code=error.code) from error
    except Exception as error:
        import traceback

        traceback.print_exc()
        raise Failed(
            f"the check made a mistake: {type(error).__name__}",
            "This is a defect of signal-lab, and no verdict on the image.",
            leave=COULD_NOT_TELL,
            code="internal_error",
        ) from error


def _progress(text: str) -> None:
    from app.commands.check.reports.safe import one_line

    if sys.stderr.isatty():
        typer.echo(f"  {one_line(text)}", err=True)


def _write(checked: Checked, outputs: list[Output]) -> None:
    from app.commands.check.reports import MAKERS
    from app.commands.check.reports.github import summary
    from app.commands.check.reports.text import text
    from app.commands.timeline import coloured

    try:
        for each in sorted(outputs, key=lambda one: one.kind == "github"):
            if each.path is not None:
                each.path.write_text(MAKERS[each.kind](checked), encoding="utf-8")
            elif each.kind == "text" and coloured():
                typer.echo(text(checked, _style), nl=False)
            else:
                typer.echo(MAKERS[each.kind](checked), nl=False)
        step = os.environ.get("GITHUB_STEP_SUMMARY")
        if step and any(each.kind == "github" for each in outputs):
            with Path(step).open("a", encoding="utf-8") as file:
                file.write(summary(checked))
    except OSError as error:
        raise Failed(
            f"a report could not be written: {error}", "Nothing else is wrong.", leave=COULD_NOT_TELL, code="report"
        ) from error


def _style(words: str, what: str) -> str:
    colours = {"held": "green", "not_clean": "yellow", "unknown": "yellow", "not_held": "red", "rule": "cyan"}
    return typer.style(words, fg=colours.get(what), bold=True)
