"""Imports point one way; libraries stay in the rooms that wrap them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from app.resources import PACKAGE

FILES = sorted(PACKAGE.rglob("*.py"))
LEAVES = {
    *(
        "signals",
        "signal_lore",
        "errors",
        "settings",
        "targets",
        "resources",
        "keeper",
        "event_parts",
        "audience",
        "masking",
    ),
    "__init__",
}
# Room → what it may import of the app besides itself; a name stands for the module or everything below it.
MAY_IMPORT = {
    **{leaf: set[str]() for leaf in LEAVES},
    "event_base": {"masking"},
    "event_acts": {"event_base"},
    "event_processes": {"event_base", "event_parts"},
    "event_stops": {"event_base", "event_parts"},
    "event_verdict": {"event_base", "event_parts"},
    "event_bets": {"event_base", "event_parts"},
    "events": {
        "event_parts",
        "event_base",
        "event_acts",
        "event_processes",
        "event_stops",
        "event_verdict",
        "event_bets",
    },
    "probe": set[str](),
    "commands": {"*"},
    "journal": {"errors", "events"},
    "importing": {"errors", "events", "targets"},
    "imported": {"events", "importing", "journal"},
    "hub": {"audience", "errors", "journal", "events"},
    "verdict": {"signals", "signal_lore", "events", "event_acts", "event_parts", "masking"},
    "judge": {"events", "hub", "journal", "targets", "verdict"},
    "hosts": {"errors", "events", "ownership", "signals", "targets", "probe", "resources", "sources"},
    "sources": {"errors", "events", "event_acts", "event_parts", "signals", "targets", "probe", "hosts.base"},
    "ownership": {"errors"},
    "stops": {"errors", "events", "hosts.base", "hub", "live", "signals", "sources.kernel_trace"},
    "retention": {"events", "hub"},
    "recovery": {"errors", "events", "experiments.runner", "hosts.left", "hub", "journal", "lab"},
    "foresight": {"event_parts", "events", "probe", "signals", "targets", "verdict"},
    "live": {"errors", "foresight", "hosts.base", "hosts.left", "targets"},
    "life": {
        *("errors", "events", "foresight", "hosts.base", "hub", "judge", "live", "probe.procfs", "sources", "targets"),
    },
    "lab": {
        *("errors", "event_parts", "events", "signals", "targets", "hosts.base", "hub", "live", "foresight", "life"),
        *("hosts.left", "sources", "stops"),
    },
    "bets": {"errors", "event_base", "event_bets", "event_parts", "events", "journal", "lab"},
    "acts": {"errors", "event_acts", "hosts.http_get", "lab", "sources.scratch_files"},
    "experiments": {
        *("errors", "events", "event_acts", "event_parts", "signals", "targets", "resources", "hosts.base"),
        *("hub", "lab", "live", "acts"),
    },
    "web": {
        *("__init__", "audience", "errors", "event_parts", "events", "signals", "targets", "settings", "resources"),
        *(
            "signal_lore",
            "acts",
            "bets",
            "hosts.base",
            "hosts.engine",
            "hosts.images",
            "sources.kernel_trace",
            "foresight",
            "verdict",
        ),
        *("hub", "imported", "importing", "journal", "lab", "live", "experiments"),
    },
    "main": {"*"},
    "logs": set[str](),
    "telling": {"events", "hub"},
    "witnesses": {"errors", "hosts", "probe"},
    "serve": {"errors", "hosts.sandbox_trial", "logs", "main", "ownership", "settings", "telling", "web.services"},
    "cli": {"*"},
}
ONLY_IN = {
    "docker": {"hosts", "sources.docker_events"},
    "sse_starlette": {"web.stream"},
    "segno": {"web.qr"},
    "uvicorn": {"serve"},
    "typer": {"cli", "commands"},
    "sqlite3": {"imported", "journal", "web.access"},
    "fastapi": {"main", "web"},
}
STDLIB_ONLY = {"keeper", "probe"}


def module(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__") or "__init__"


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            if node.module in ("app", "app.web"):
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
            else:
                found.add(node.module or "")
    return found


def within(name: str, rooms: set[str]) -> bool:
    return "*" in rooms or any(name == room or name.startswith(room + ".") for room in rooms)


@pytest.mark.parametrize("path", FILES, ids=module)
def test_imports_point_one_way(path: Path) -> None:
    me = module(path)
    room = me.split(".")[0]
    assert room in MAY_IMPORT, f"{me} is in no room of the house"
    for name in imports(path):
        if name == "app" or not name.startswith("app."):
            continue
        other = name.removeprefix("app.").replace("__version__", "__init__")
        assert within(other, MAY_IMPORT[room] | {room}), f"{me} may not import {other}"


@pytest.mark.parametrize("path", FILES, ids=module)
def test_libraries_stay_where_they_are_wrapped(path: Path) -> None:
    me = module(path)
    for name in imports(path):
        top = name.split(".")[0]
        if top in ONLY_IN:
            assert within(me, ONLY_IN[top]), f"{me} may not import {name}"


@pytest.mark.parametrize("path", [each for each in FILES if module(each).split(".")[0] in STDLIB_ONLY], ids=module)
def test_what_runs_elsewhere_needs_nothing_but_python(path: Path) -> None:
    import sys

    for name in imports(path):
        ours = name.startswith("app.probe")
        assert ours or name.split(".")[0] in sys.stdlib_module_names, f"{path.name} imports {name}"


def test_a_long_file_is_an_exception() -> None:
    """Past 350 lines a file has outgrown its room."""
    long = {module(path): lines for path in FILES if (lines := len(path.read_text().splitlines())) > 350}
    assert not long
