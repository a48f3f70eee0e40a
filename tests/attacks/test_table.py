"""docs/security.md names a test for each of the seventeen attacks, and each of them exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = re.findall(r"^\| (\d+) \|.*\| (.*) \|$", (ROOT / "docs/security.md").read_text(), re.MULTILINE)


def names_in(path: Path) -> set[str]:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, functions)}


def test_all_seventeen_are_there() -> None:
    assert [int(number) for number, _ in ROWS] == list(range(1, 18))


def test_every_test_that_is_named_exists() -> None:
    for number, cell in ROWS:
        named = re.findall(r"`([^`:]+)::([^`]+)`", cell)
        assert named, f"attack {number} has no test"
        for path, name in named:
            assert name in names_in(ROOT / path), f"attack {number}: {path}::{name}"
