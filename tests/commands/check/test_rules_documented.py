"""Rules, exit codes and their pages agree."""

from __future__ import annotations

import re
from pathlib import Path

import typer
from typer.core import TyperGroup

from app.cli import app
from app.commands.check.own_words import OWN_FLAGS
from app.verdict.rules import RULES

DOCS = Path(__file__).resolve().parents[3] / "docs"


def test_each_rule_has_a_page_and_no_other_is_there() -> None:
    assert {each.stem for each in (DOCS / "rules").glob("SL*.md")} == {each.id for each in RULES}
    for rule in RULES:
        page = (DOCS / "rules" / f"{rule.id}.md").read_text()
        assert page.startswith(f"# {rule.id}: {rule.title}\n\n`{rule.name}`\n"), rule.id
        assert re.findall(r"^## (.*)$", page, re.MULTILINE) == ["What", "Why", "Before", "After"], rule.id
        assert rule.help in page, rule.id


def test_the_table_of_rules() -> None:
    rows = re.findall(
        r"^\| \[(SL\d+)\]\((.*?)\) \| `(.*?)` \| (.*) \|$", (DOCS / "rules/README.md").read_text(), re.MULTILINE
    )
    assert rows == [(each.id, f"{each.id}.md", each.name, each.title) for each in RULES]


def test_each_flag_of_the_check_is_described() -> None:
    root = typer.main.get_command(app)
    assert isinstance(root, TyperGroup)
    text = (DOCS / "check.md").read_text()
    flags = {flag for each in root.commands["check"].params for flag in each.opts if flag.startswith("--")}
    named = set(re.findall(r"--[a-z-]+", text))
    assert flags - named == {"--env", "--entrypoint"} - named
    assert "`-e` `--entrypoint`" in text
    assert [f"`{name}`" for name in OWN_FLAGS] == re.findall(
        r"`[a-z-]+`", text.partition("Known there:")[2].partition("\n\n")[0]
    )


def test_exit_codes_of_the_check() -> None:
    text = (DOCS / "exit-codes.md").read_text().partition("## check")[2].partition("\n## ")[0]
    assert re.findall(r"^\| (\d) \| ([\w ]+) \|", text, re.MULTILINE) == [
        ("0", "held"),
        ("1", "did not hold"),
        ("2", "called wrongly"),
        ("3", "could not tell"),
    ]
