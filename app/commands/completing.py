"""What the Tab key offers: experiments, signals, images, and the runs and targets of the lab that is there.

It must never hold a terminal up nor write into it: a lab that does not answer at once, or not to us, offers nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import typer

from app.commands.client import client_for
from app.commands.common import BEHIND, Failed, settings_from
from app.errors import LabError
from app.resources import PACKAGE

ANSWER_S = 1.5
Offers = list[tuple[str, str]]  # a word, and what a shell that can shows beside it


def one_of(*words: str) -> Callable[[str], list[str]]:
    def offered(incomplete: str) -> list[str]:
        return [word for word in words if word.startswith(incomplete)]

    return offered


def experiments(ctx: typer.Context, incomplete: str) -> Offers:
    """Of the catalogue and of a folder of one's own.  None where a command or an image is started."""
    if BEHIND in ctx.meta or ctx.params.get("image") or ctx.params.get("sandbox"):
        return []
    try:
        own = ctx.params.get("folder") or settings_from().experiments
    except Failed:
        own = None
    folders = [PACKAGE / "experiments/catalogue", *([own] if own else [])]
    files = (path for folder in folders for path in sorted(folder.glob(f"{_literal(incomplete)}*.toml")))
    return [(path.stem, _title(path)) for path in files]


def _literal(text: str) -> str:
    return "".join(f"[{each}]" if each in "*?[" else each for each in text)


def _title(path: Path) -> str:
    try:
        return str(tomllib.loads(path.read_text()).get("title", ""))
    except (OSError, ValueError):
        return ""


def signals(incomplete: str) -> Offers:
    from app.signals import SIGNALS

    whole = incomplete.startswith("SIG")
    found = ((each.name if whole else each.short, each.meaning) for each in SIGNALS)
    return _beginning(incomplete, found)


def images(incomplete: str) -> list[str]:
    """Those of the lab."""
    from app.hosts.container.images import all_images

    return [name for name in all_images() if name.startswith(incomplete)]


def runs(ctx: typer.Context, incomplete: str) -> Offers:
    return _beginning(incomplete, ((run["run"], run["title"]) for run in _runs(ctx)))


def targets(ctx: typer.Context, incomplete: str) -> Offers:
    """Runs that are going on, and their targets."""
    alive = [run for run in _runs(ctx) if run["status"] == "running"]
    found = [(run["run"], run["title"]) for run in alive]
    found += [(target["id"], run["title"]) for run in alive for target in run["targets"]]
    return _beginning(incomplete, found)


def _runs(ctx: typer.Context) -> list[dict[str, Any]]:
    asked = (ctx.params.get(name) for name in ("url", "port", "data"))
    try:
        found: list[dict[str, Any]] = client_for(*asked, answer_s=ANSWER_S).call("GET", "/runs?limit=100")["runs"]
    except (Failed, LabError, OSError, KeyError):
        return []
    return found


def _beginning(incomplete: str, found: Iterable[tuple[object, object]]) -> Offers:
    return [(str(word), str(shown)) for word, shown in found if str(word).startswith(incomplete)]
