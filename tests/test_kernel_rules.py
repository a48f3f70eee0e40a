"""docs/kernel-rules.md has each rule of the forecast, as sure as the code has it, and names tests that exist."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

from app.verdict import fatal_to_init, forecast

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs/kernel-rules.md").read_text()
ROWS = dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", TEXT, re.MULTILINE))
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)))


def rules() -> dict[str, str]:
    """Each rule's id with how sure its answers are: yes, no, or that depends."""
    found: dict[str, set[str]] = defaultdict(set)
    for module in (forecast, fatal_to_init):
        for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Forecast":
                rule, sure = node.args[1], node.args[3] if len(node.args) > 3 else ast.Constant(True)
                assert isinstance(rule, ast.Constant), "a rule's name is stable, and written where it answers"
                found[str(rule.value)].add(
                    ("yes" if sure.value else "no") if isinstance(sure, ast.Constant) else "depends"
                )
    return {rule: how.pop() if len(how) == 1 else "depends" for rule, how in found.items()}


def test_the_table_has_the_rules_of_the_code_as_sure_as_they_are() -> None:
    assert rules() == ROWS


def test_what_is_sure_says_where_it_is_held() -> None:
    for line in TEXT.splitlines():
        if found := re.match(r"\| `(\w+)` \| (yes|depends) \|", line):
            assert "::" in line, found[1]


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_the_tests_that_are_named_exist(path: str, name: str) -> None:
    assert re.search(rf"^(?:async )?def {name}\(", (ROOT / path).read_text(), re.MULTILINE), f"{path} has no {name}"
