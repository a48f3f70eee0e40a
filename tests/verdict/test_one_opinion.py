"""Every sentence about a stop comes from ``app/verdict``: who looks, copies or checks has no words of its own.

Asks for a string of four words or more that is no error, hint, help, progress or comment.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "app"
FILES = sorted(path for folder in ("doctor", "rehearsal", "commands/check") for path in (APP / folder).rglob("*.py"))
WORD = re.compile(r"(?<![\\\w])[A-Za-z]{2,}")  # and no part of a pattern
# Calls whose words are a pattern, an error's, a flag's, a log's or a progress line.
OTHERS = {"compile", "wrong", "Failed", "say", "Option", "Argument", "debug", "warning", "info"}
# Names of things: headings, labels, titles, columns, what a copy is without.
NAMES = (
    *("com.docker.", "io.kubernetes.", "annotation.io.kubernetes.", "pid,ppid,", "https://", "<?xml"),
    *("the processes around it (--pid ", "a stop with "),
    *("A copy as it is, a copy with what would help", "Does its stop hold?"),
    *("\nExamples:", "signal-lab: ", "::notice title=", "| | what | result |"),
    *("  What would help: ", "  The record (event", " (does not fail the check)"),
)


def words_in(tree: ast.AST) -> Iterator[tuple[int, str]]:
    above = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if isinstance(above.get(node), ast.JoinedStr | ast.Expr) or len(WORD.findall(text)) < 4:
            continue  # a part of one, or a docstring
        if not any(_is_said_otherwise(each) for each in _up(node, above)):
            yield node.lineno, text


def _up(node: ast.AST, above: dict[ast.AST, ast.AST]) -> Iterator[ast.AST]:
    while (next_ := above.get(node)) is not None:
        yield (node := next_)


def _is_said_otherwise(node: ast.AST) -> bool:
    if isinstance(node, ast.Raise) or (isinstance(node, ast.keyword) and node.arg in ("hint", "help")):
        return True
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        return name in OTHERS or name.endswith("Error")
    return False


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(APP)))
def test_no_sentence_is_said_elsewhere(path: Path) -> None:
    found = [f"{line}: {text!r}" for line, text in words_in(ast.parse(path.read_text())) if not text.startswith(NAMES)]
    assert found == [], "it belongs into app/verdict, or is a name: see NAMES"


def test_one_that_is_would_be_found() -> None:
    tree = ast.parse('def f(name):\n    """Told of this one."""\n    return f"{name} would have been killed at once"')
    assert list(words_in(tree)) == [(3, "{} would have been killed at once")]
