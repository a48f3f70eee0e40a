"""Imports point one way; libraries stay in the rooms that wrap them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from app.resources import PACKAGE

FILES = sorted(PACKAGE.rglob("*.py"))
LEAVES = {"signals", "errors", "settings", "targets", "resources", "keeper", "event_parts", "event_base", "__init__"}
# Room → what it may import of the app besides itself; a name stands for the module or everything below it.
MAY_IMPORT = {
    **{leaf: set[str]() for leaf in LEAVES},
    "event_acts": {"event_base"},
    "events": {"event_parts", "event_base", "event_acts"},
    "probe": set[str](),
    "commands": {"*"},
    "journal": {"events"},
    "hub": {"journal", "events"},
    "verdict": {"signals", "events", "event_parts"},
    "hosts": {"errors", "events", "signals", "targets", "probe", "resources", "sources"},
    "sources": {"errors", "events", "event_acts", "event_parts", "signals", "targets", "probe", "hosts.base"},
    "foresight": {"event_parts", "events", "probe", "signals", "targets", "verdict"},
    "live": {"errors", "foresight", "hosts.base", "targets"},
    "life": {"errors", "events", "foresight", "hosts.base", "hub", "live", "probe.procfs", "sources", "targets"},
    "lab": {
        *("errors", "event_parts", "events", "signals", "targets", "hosts.base", "hub", "live", "foresight", "life"),
        "sources",
    },
    "acts": {"errors", "event_acts", "hosts.http_get", "lab", "sources.scratch_files"},
    "experiments": {
        *("errors", "events", "event_acts", "event_parts", "signals", "targets", "resources", "hosts.base"),
        *("hub", "lab", "live", "acts"),
    },
    "web": {
        *("__init__", "errors", "event_parts", "events", "signals", "targets", "settings", "resources"),
        *("acts", "hosts.base", "hosts.engine", "sources.kernel_trace", "foresight", "verdict"),
        *("hub", "lab", "live", "experiments"),
    },
    "main": {"*"},
    "serve": {"errors", "main", "settings"},
    "cli": {"*"},
}
ONLY_IN = {
    "docker": {"hosts", "sources.docker_events"},
    "sse_starlette": {"web.stream"},
    "uvicorn": {"serve"},
    "typer": {"cli", "commands"},
    "sqlite3": {"journal", "web.access"},
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
