"""Imports point one way; libraries stay in the rooms that wrap them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from app.resources import PACKAGE

FILES = sorted(PACKAGE.rglob("*.py"))
LEAVES = (
    *("__init__", "descriptors", "errors", "jobs"),
    *("resources", "settings", "signals", "targets"),
)
# Room → what it may import of the app besides itself and the leaves.  A name stands for the module or all below it;
# the longest name that fits a module says what it may.
MAY_IMPORT: dict[str, set[str]] = {
    **{leaf: set() for leaf in LEAVES},
    "jobs": {"errors"},
    "folder": {"errors"},
    "probe": set(),
    "events": set(),
    "journal": {"events", "folder"},
    "hub": {"events", "folder", "journal"},
    "imports": {"events", "folder", "journal"},
    "verdict": {"events"},
    "sources": {"events", "probe"},
    "hosts": {"events", "folder", "probe", "sources"},
    "hosts.local.keeper": set(),
    "lab": {"events", "hosts.base", "hub", "journal", "probe", "sources", "verdict"},
    "experiments": {"events", "hosts.base", "hub", "lab"},
    "doctor": {
        *("events", "hosts.container.ours", "hosts.engine", "hosts.looking", "lab.forecasts", "probe", "verdict"),
    },
    "rehearsal": {"doctor.setup", "events", "hosts.base", "journal", "lab", "verdict"},
    "books": {"events", "hosts.ends", "hosts.engine", "hub", "journal", "lab", "verdict"},
    "web": {
        *("doctor", "events", "experiments", "folder", "hub", "imports", "journal", "lab", "rehearsal"),
        *("sources.kernel_trace", "sources.load", "verdict"),
        *("hosts.base", "hosts.container", "hosts.engine"),
    },
    "main": {"*"},
    "serve": {"events", "folder", "hosts.local.sandbox_trial", "hub", "main", "web.services"},
    "commands": {"*"},
    "cli": {"*"},
}
ONLY_IN = {
    "docker": {"hosts", "sources.docker_events"},
    "sse_starlette": {"web.stream"},
    "psutil": {"serve.others", "sources.load"},
    "re2": {"events.masking", "experiments.patterns"},
    "segno": {"web.qr"},
    "uvicorn": {"serve"},
    "typer": {"cli", "commands"},
    "sqlite3": {"folder.storage"},
    "fastapi": {"main", "web"},
}
STDLIB_ONLY = ("hosts.local.keeper", "probe")


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
    rooms = [room for room in MAY_IMPORT if within(me, {room})]
    assert rooms, f"{me} is in no room of the house"
    room = max(rooms, key=len)
    leaves = set() if room in (*LEAVES, *STDLIB_ONLY) else set(LEAVES)
    for name in imports(path):
        if name == "app" or not name.startswith("app."):
            continue
        other = name.removeprefix("app.").replace("__version__", "__init__")
        assert within(other, MAY_IMPORT[room] | leaves | {room}), f"{me} may not import {other}"


def test_at_the_top_are_entry_points_and_leaves_alone() -> None:
    top = {path.stem for path in PACKAGE.glob("*.py")}
    assert top == {*LEAVES, "cli", "journal", "main"}
    assert len(top - {"__init__"}) <= 10, "two that belong together have a room"


@pytest.mark.parametrize("path", FILES, ids=module)
def test_libraries_stay_where_they_are_wrapped(path: Path) -> None:
    me = module(path)
    for name in imports(path):
        top = name.split(".")[0]
        if top in ONLY_IN:
            assert within(me, ONLY_IN[top]), f"{me} may not import {name}"


@pytest.mark.parametrize("path", [each for each in FILES if within(module(each), set(STDLIB_ONLY))], ids=module)
def test_what_runs_elsewhere_needs_nothing_but_python(path: Path) -> None:
    import sys

    for name in imports(path):
        ours = name.startswith("app.probe")
        assert ours or name.split(".")[0] in sys.stdlib_module_names, f"{path.name} imports {name}"


def test_a_long_file_is_an_exception() -> None:
    """Past 350 lines a file has outgrown its room; the keeper runs alone, and can import nothing of the app."""
    most = {"hosts.local.keeper": 400}
    long = {
        module(path): lines
        for path in FILES
        if (lines := len(path.read_text().splitlines())) > most.get(module(path), 350)
    }
    assert not long
