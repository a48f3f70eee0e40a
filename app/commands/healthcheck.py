"""``signal-lab healthcheck``: whether a lab on this machine answers; for a container's HEALTHCHECK and for scripts."""

from __future__ import annotations

import http.client
import json
from typing import Annotated, Any

import typer

from app.commands.common import Failed, settings_from

HERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 (compared, not bound)

EXAMPLES = """
Examples:\n
\b
  signal-lab healthcheck && echo it is well
  signal-lab healthcheck --port 9016 --timeout-s 2 --json
"""


def healthcheck_command(
    host: Annotated[str | None, typer.Option(help="Where it listens. [default: 127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(help="Its port. [default: 9015]")] = None,
    timeout_s: Annotated[float, typer.Option(help="How long to wait for an answer.", min=0.1, max=60)] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Ask the running lab whether it is well.  Leaves with 0 if it is, with 1 if not.

    It needs no token: anybody on this machine may know that a lab answers, and nothing more.
    """
    settings = settings_from(host=host, port=port)
    address = HERE.get(settings.host, settings.host)
    try:
        status, said = ask(address, settings.port, timeout_s)
        well = status == 200 and said.get("ok")
        ill = "the lab answers, and cannot record what happens" if said.get("ok") is False else ""
        reason = "" if well else ill or f"port {settings.port} answers with {status}"
    except (OSError, http.client.HTTPException, ValueError) as error:
        said, reason = {}, f"no lab answers on port {settings.port}: {getattr(error, 'strerror', None) or error}"
    if as_json:
        typer.echo(json.dumps({"ok": not reason, "version": said.get("version"), "reason": reason}))
    if not reason:
        if not as_json:
            typer.echo(f"ok: signal-lab {said['version']} answers on port {settings.port}")
        return
    if as_json:
        raise typer.Exit(1)
    raise Failed(reason, "Is `signal-lab serve` running, and on this port?")


def ask(address: str, port: int, timeout_s: float) -> tuple[int, dict[str, Any]]:
    """The status and the answer.  Raises OSError, HTTPException, ValueError."""
    connection = http.client.HTTPConnection(address, port, timeout=timeout_s)
    try:
        connection.request("GET", "/api/v1/healthz")
        reply = connection.getresponse()
        said = json.loads(reply.read(4096))
        return reply.status, said if isinstance(said, dict) else {}
    finally:
        connection.close()
