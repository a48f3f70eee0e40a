"""What the documents promise is so."""

from __future__ import annotations

import re
from pathlib import Path

import typer
from typer.core import TyperGroup

from app.cli import app
from app.experiments.loading import load_catalogue
from app.settings import Settings

ROOT = Path(__file__).resolve().parent.parent


def test_every_setting_is_in_the_table() -> None:
    text = (ROOT / "docs" / "settings.md").read_text()
    named = set(re.findall(r"`SIGNAL_LAB_(\w+)`", text))
    assert named == {name.upper() for name in Settings.model_fields}


def test_the_readme_lists_every_experiment_and_its_pictures_exist() -> None:
    text = (ROOT / "README.md").read_text()
    assert set(re.findall(r"^\| `([\w-]+)` \|", text, re.MULTILINE)) == set(load_catalogue()[0])
    for picture in re.findall(r"\]\((docs/[^)]+)\)", text):
        assert (ROOT / picture).exists(), picture


def test_the_command_line_is_documented() -> None:
    """Each command, and each flag of those that act on runs, is named."""
    text = (ROOT / "docs" / "cli.md").read_text()
    root = typer.main.get_command(app)
    assert isinstance(root, TyperGroup)
    for name, command in root.commands.items():
        assert re.search(rf"`{name}\b", text), name
        if name in ("run", "signal", "stop", "watch", "export"):
            flags = {flag for each in command.params for flag in each.opts if flag.startswith("-")}
            named = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", text))
            assert {flag for flag in flags if flag.startswith("--")} - {"--json", "--wait"} <= named | {
                f"--{flag.lstrip('-')}" for flag in re.findall(r"/(-*[a-z-]+)", text)
            }, name


def test_make_help_lists_what_the_readme_names() -> None:
    text = (ROOT / "Makefile").read_text()
    for target in ("run", "test", "setup", "check", "screenshots", "bench"):
        assert re.search(rf"^{target}:.*## ", text, re.MULTILINE), target


def test_the_lock_file_holds_no_addresses() -> None:
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()
    assert "omit-lockfile-registry-resolved=true" in (ROOT / ".npmrc").read_text()


def test_no_file_names_this_machine() -> None:
    """An absolute path of the checkout must not be committed."""
    import subprocess

    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if path.suffix not in (".png",) and path.is_file():
            assert str(ROOT) + "/" not in path.read_text(errors="replace"), name
