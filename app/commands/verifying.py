"""What ``signal-lab verify`` does once its flags are read: a lab without a page, and the words for a terminal."""

from __future__ import annotations

import logging
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import typer

from app.experiments.model import Experiment
from app.experiments.verify import Report, Row, summary, verify
from app.main import running_services
from app.settings import Settings

SIGNS = {"passed": "✓", "failed": "✗", "unseen": "?", "not_reached": "·"}
PROBE_WITHIN_S = 60.0  # its image may have to be built


async def run(given: Settings, chosen: list[Experiment], quiet: bool | None) -> tuple[list[Report], dict[str, Any]]:
    """The reports, and the counts with what this machine is.  ``quiet`` None: print nothing."""
    begun = time.monotonic()
    logging.basicConfig(level=logging.ERROR)

    async def show(report: Report) -> None:
        if quiet is not None and (not quiet or report.result == "failed"):
            typer.echo("\n".join(_lines(report)))

    with tempfile.TemporaryDirectory(prefix="signal-lab-verify-") as data:
        async with running_services(given.model_copy(update={"data": Path(data), "port": 0})) as services:
            if given.kernel_trace == "probe":
                await services.kernel.ready_within(PROBE_WITHIN_S)
            engine = services.engine.status()
            machine = {
                "kernel": os.uname().release,
                "engine": f"{engine['name']} {engine['version']}, cgroup v{engine['cgroup']}"
                if engine["state"] == "ready"
                else None,
                "kernel_trace": services.kernel.status()["state"],
                "user": os.getuid(),
            }
            reports = await verify(services.lab, services.runner, chosen, show)
    return reports, {**summary(reports, time.monotonic() - begun), "machine": machine}


def _lines(report: Report) -> list[str]:
    if report.result == "not_possible":
        return [f"- {report.experiment}: not possible here: {report.why}"]
    sign = SIGNS[report.result]
    lines = [f"{sign} {report.experiment}: {report.title} ({report.took_s:.1f} s)"]
    lines += [f"    {report.why}"] if report.why else []
    return lines + [_line(row) for row in report.rows]


def _line(row: Row) -> str:
    took = "" if row.took_s is None else f"  {row.took_s:.3f} s"
    why = "" if row.why is None else f": {row.why}"
    return f"    {SIGNS[row.outcome]} {row.step}.{row.expect} {row.say}{took}{why}"


def summary_line(counts: dict[str, Any]) -> str:
    seen, machine = counts["expectations"], counts["machine"]
    parts = [f"{counts['experiments']} experiments: {counts['passed']} passed, {counts['failed']} failed"]
    if counts["not_possible"]:
        parts.append(f"{counts['not_possible']} not possible here")
    parts.append(f"{seen['passed']} expectations seen")
    if seen["unseen"]:
        parts.append(f"{seen['unseen']} cannot be seen here")
    if seen["failed"] or seen["not_reached"]:
        parts.append(f"{seen['failed']} failed, {seen['not_reached']} not reached")
    where = f"kernel {machine['kernel']}, {machine['engine'] or 'no engine'}, trace {machine['kernel_trace']}"
    return f"\n{', '.join(parts)}, in {counts['took_s']} s on {where}"
