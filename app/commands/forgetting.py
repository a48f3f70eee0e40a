"""``signal-lab clean --keep-runs N``: the oldest recordings of a data folder are forgotten, while no lab uses it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import typer

from app.commands.common import Failed
from app.folder.ownership import lock, owner
from app.journal import Journal


def forget_all_but(folder: Path, count: int, *, done: bool, as_json: bool) -> None:
    """``done``: else it is only shown.  Raises Failed where a lab uses the folder."""
    path = folder / "journal.db"
    gone: list[str] = []
    if path.is_file():
        with lock(folder, f"clean {os.getpid()}") as held:
            if not held:
                hint = "End it first, or start it with `serve --keep-runs N`."
                raise Failed(f"{owner(folder)} uses {folder}", hint, code="conflict")
            journal = Journal(path)
            try:
                gone = journal.beyond(count)
                if done and gone:
                    journal.forget_all_but(count)
                    journal.compact()
            finally:
                journal.close()
    if as_json:
        typer.echo(json.dumps({"dry_run": not done, "forgotten": gone, "kept": count}))
        return
    verb = "forgot" if done else "would forget"
    which = f" ({gone[-1]} to {gone[0]})" if len(gone) > 1 else ""
    typer.echo(f"{verb} {len(gone)} {'run' if len(gone) == 1 else 'runs'}{which}: the newest {count} are kept")
    if gone and not done:
        typer.echo("Nothing was removed: this was a dry run. With --yes they go.")
