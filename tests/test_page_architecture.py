"""The page's modules import one way, as those of the app do.  Types may be named anywhere: they are not loaded."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

import pytest

from app.resources import resource

ROOT = resource("static").resolve() / "js"
FILES = sorted(ROOT.rglob("*.js"))
LIBRARIES = {"lit.js", "xterm.js"}  # the two that wrap what is not ours
# Room → what it may import besides itself.  A name stands for one module or for all of a folder; the longest name that
# fits a module says what it may.  Below stands what knows least.
MAY_IMPORT: dict[str, set[str]] = {
    "early.js": set(),  # a classic script: it can import nothing
    "entries": {"page/begin.js", "pages"},
    "entries/report.js": {"page/terminal.js", "pages/shared/dialogs_part.js", "pages/stage", "wire/replay_session.js"},
    "pages": {"lit.js", "page", "pages/shared", "views", "wire", "words"},
    "pages/speaker.js": {"page", "pages/shared", "selectors/speaker.js", "views", "wire"},
    "pages/home": {"lit.js", "page", "pages/shared", "views", "wire", "words"},
    "pages/signals": {"page", "pages/shared", "selectors", "views", "wire", "words"},
    "pages/stage": {"lit.js", "page", "pages/shared", "selectors", "views", "wire", "words"},
    "pages/shared": {"lit.js", "page", "selectors", "views", "wire"},
    "wire": {"page/clock.js", "page/parts.js", "page/replay.js", "reduce/index.js", "words/address.js"},
    "page": {"reduce", "selectors/own.js", "words"},
    "page/panel.js": {"lit.js"},
    "page/modal.js": {"page/panel.js"},
    "page/terminal.js": {"page/terminal_touch.js", "xterm.js"},
    # A view draws a slice.  Small calculations depend on how it is drawn: the room of words in the fall, the
    # place of a process in it, and whether the form can be sent.
    "views": {"lit.js", "selectors/fall/hops.js", "selectors/fall/words.js", "selectors/own.js", "words"},
    "selectors": {"reduce/record.js", "words"},
    "reduce": {"words"},
    "words": set(),
    "lit.js": set(),
    "xterm.js": set(),
}
IMPORT = re.compile(
    r"""^(?:import|export\s*(?:\{[^}]*\}|\*)\s*from)\b(?!\()[^"]*"([^"]+)"|\bimport\("([^"]+)"\)""", re.MULTILINE
)
COMMENT = re.compile(r"/\*.*?\*/|^\s*//.*$", re.MULTILINE | re.DOTALL)


def module(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> set[str]:
    """What is loaded, named from `static/js/`; types stand in comments."""
    named = {first or later for first, later in IMPORT.findall(COMMENT.sub("", path.read_text()))}
    return {posixpath.normpath(posixpath.join(posixpath.dirname(module(path)), name)) for name in named}


def within(name: str, rooms: set[str]) -> bool:
    return any(name == room or name.startswith(room + "/") for room in rooms)


def test_imports_are_read() -> None:
    """Else the others would hold whatever is written."""
    assert imports(ROOT / "entries" / "stage.js") == {"page/begin.js", "pages/stage/stage.js"}
    assert {"lit.js", "words/text.js", "views/fall_cursor.js"} <= imports(ROOT / "views" / "fall.js")
    assert "wire/types.js" not in imports(ROOT / "views" / "fall.js"), "a type"


@pytest.mark.parametrize("path", FILES, ids=module)
def test_imports_point_one_way(path: Path) -> None:
    me = module(path)
    rooms = [room for room in MAY_IMPORT if within(me, {room})]
    assert rooms, f"{me} is in no room of the page"
    room = max(rooms, key=len)
    for name in imports(path):
        assert not name.startswith("../vendor/") or me in LIBRARIES, f"{me} may not import {name}"
        if not name.startswith("../"):
            assert within(name, MAY_IMPORT[room] | {room}), f"{me} may not import {name}"


def test_what_may_be_imported_is() -> None:
    """A permission that nobody uses is one that somebody will."""
    used: dict[str, set[str]] = {room: set() for room in MAY_IMPORT}
    for path in FILES:
        room = max((room for room in MAY_IMPORT if within(module(path), {room})), key=len)
        used[room] |= {may for may in MAY_IMPORT[room] for name in imports(path) if within(name, {may})}
    assert {room: may - used[room] for room, may in MAY_IMPORT.items() if may - used[room]} == {}


EXPORTED = re.compile(r"^export (?:const|class|function|async function) ([\w$]+)", re.MULTILINE)
READERS = {path: path.read_text() for path in (*FILES, *sorted((ROOT.parents[1] / "tests" / "js").rglob("*.js")))}


def test_what_is_exported_is_read_by_somebody() -> None:
    words = {path: set(re.findall(r"[\w$]+", text)) for path, text in READERS.items()}
    alone = [
        f"{module(path)}: {name}"
        for path in FILES
        for name in EXPORTED.findall(READERS[path])
        if not any(name in others for reader, others in words.items() if reader != path)
    ]
    assert alone == []
