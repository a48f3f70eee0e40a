"""What the documents promise is so."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import get_args

import typer
from typer.core import TyperGroup

from app.cli import app
from app.experiments.actions import Do
from app.experiments.expect import Kind
from app.experiments.loading import load_catalogue
from app.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
LISTED = [
    name
    for name in subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    if name and (ROOT / name).is_file()
]
TEXTS = {name: (ROOT / name).read_text(errors="replace") for name in LISTED if not name.endswith((".png", ".json"))}
SUFFIX = r"\.(?:py|js|css|md|html|toml|sh|txt)\b"
ROOMS = r"(?:app|static|templates|docker|tests|scripts|bench|docs)"
# A path from the root, wherever it stands; between backquotes, as docs and comments name things, also a bare name of
# a file, and a folder with its slash.
FROM_ROOT = re.compile(rf"(?<![\w./-]){ROOMS}/[\w./-]+{SUFFIX}")
IN_BACKQUOTES = re.compile(rf"(?<=`)(?:(?:[\w-]+/)*[\w-]+{SUFFIX}|{ROOMS}/(?:[\w-]+/)*)(?=`)")
BUILT = ("static/vendor/",)


def test_every_setting_is_in_the_table() -> None:
    text = (ROOT / "docs" / "settings.md").read_text()
    named = set(re.findall(r"`SIGNAL_LAB_(\w+)`", text))
    assert named == {name.upper() for name in Settings.model_fields}


def test_the_readme_lists_every_experiment_and_its_pictures_exist() -> None:
    text = (ROOT / "README.md").read_text()
    assert set(re.findall(r"^\| `([\w-]+)` \|", text, re.MULTILINE)) == set(load_catalogue()[0])
    for picture in re.findall(r"\]\((docs/[^)]+)\)", text):
        assert (ROOT / picture).exists(), picture


def test_every_action_and_every_kind_that_can_be_expected_is_documented() -> None:
    text = (ROOT / "docs" / "experiments.md").read_text()
    actions, kinds = (text[text.index(f"| {head} |") :].split("\n\n")[0] for head in ("action", "kind"))
    assert set(re.findall(r"`(\w+) = \{", actions)) == set(Do.model_fields)
    named = [row.split("|")[1] for row in kinds.splitlines()[2:]]
    assert set(re.findall(r"`(\w+)`", " ".join(named))) == set(get_args(Kind))


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
    for name, text in TEXTS.items():
        assert str(ROOT) + "/" not in text, name


def missing(text: str) -> list[str]:
    """Files and folders that a text names and nobody has: by their whole path, or a file by its end."""
    named = {*FROM_ROOT.findall(text), *IN_BACKQUOTES.findall(text)}
    return sorted(path for path in named if not path.startswith(BUILT) and not found(path))


def found(path: str) -> bool:
    if path.endswith("/"):
        return any(each.startswith(path) for each in LISTED)
    return any(each == path or each.endswith(f"/{path}") for each in LISTED)


def test_a_path_that_leads_nowhere_is_found() -> None:
    gone = ["app/" + "gone.py", "app/" + "gone_room/", "gone_too.js"]
    told = f"see {gone[0]}, `{gone[1]}` and ``{gone[2]}``; not app/cli.py, `cli.py`, `web/api.py` or `app/web/`"
    assert missing(told) == gone


def test_every_file_that_is_named_exists() -> None:
    """In a document, a docstring or a comment: whoever follows it arrives."""
    assert {name: gone for name, text in TEXTS.items() if (gone := missing(text))} == {}


def test_every_link_from_document_to_document_arrives() -> None:
    """Relative ones, on the pages of a forge: from the folder of the document that has them."""
    dead = [
        (name, link)
        for name in TEXTS
        if name.endswith(".md")
        for link in re.findall(r"\]\(([\w./-]+)(?:#[\w-]+)?\)", TEXTS[name])
        if not (ROOT / name).parent.joinpath(link).exists()
    ]
    assert dead == []


def test_the_way_to_report_a_hole_is_the_forges_own() -> None:
    """An address in a file outlives whoever read its letters."""
    text = TEXTS["SECURITY.md"]
    assert not re.search(r"\S@\S", text)
    assert "docs/security.md" in text
    assert "SECURITY.md" in TEXTS["README.md"]


PATH = rf"({ROOMS}/[\w./-]+)"
AT = re.compile(rf"`{PATH}`: `([\w.]+)`")  # `app/lab/lab.py`: `Lab.send_signal`
OF = re.compile(rf"`([\w.]+)` (?:of|in) `{PATH}`")  # `FOLDS` of `static/js/reduce/index.js`


def test_what_contributors_are_told_to_read_is_in_the_file() -> None:
    """A function, a class or a table that was renamed, or has moved, leaves the guide wrong without a sound."""
    text = TEXTS["docs/contributing.md"]
    named = [*AT.findall(text), *((path, name) for name, path in OF.findall(text))]
    assert len(named) > 50
    gone = [
        (path, name)
        for path, name in named
        if not all(re.search(rf"\b{part}\b", TEXTS.get(path, "")) for part in name.split("."))
    ]
    assert gone == []


def rooms() -> set[str]:
    """Folders that hold something of their own, as far as the house names them: two levels, three of the page."""
    kept = {str(Path(name).parent) for name in LISTED}
    named = {
        folder
        for folder in kept
        if folder.startswith(("app", "static/", "docker", "tests", "scripts", "bench", "docs"))
    }
    deep = {"/".join(folder.split("/")[: 4 if folder.startswith("static/js/pages") else 3]) for folder in named}
    parts = ("app/experiments/", "docker/", "tests/truth/", "tests/verdict/", "tests/js/", "docs/")
    return {folder for folder in deep if not folder.startswith(parts)}


def test_the_readmes_house_names_every_room() -> None:
    text = TEXTS["README.md"]
    house = text[text.index("## The house") : text.index("## Security in short")]
    assert {room for room in rooms() if f"`{room}/`" not in house} == set()
    modules = {name for name in LISTED if re.fullmatch(r"app/\w+\.py", name)} - {"app/__init__.py"}
    assert {name for name in modules if f"`{Path(name).name}`" not in house} == set()
