"""Where the page's own files are: the bundle that ``scripts/bundle.js`` makes, or the plain sources.

A page names a source (``js/entries/home.js``) and gets the address of what it became in ``static/dist``: a file whose
name holds the hash of its content.  Where sources have changed since the bundle was made, or there is none, the address
is that of the source itself: who edits a module sees it after a reload, and nothing has to be switched for it.  A wheel
holds no sources, so there the bundle is all there is.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from pathlib import Path
from typing import Any

from app.errors import Conflict
from app.resources import resource

LOOK_S = 1.0
NOT_MADE = "the page's bundle is not of these sources"
MAKE_IT = "Run scripts/vendor, which makes it."


class Assets:
    """The folder ``static``."""

    def __init__(self, static: Path) -> None:
        self.static = static
        self.dist = static / "dist"
        self._files: dict[str, str] = {}  # source → name in dist; empty: the sources are served
        self._seen: list[tuple[int, int] | None] = []
        self._inputs: dict[str, str] = {}
        self._looked = -math.inf

    def files(self) -> dict[str, str]:
        """What each source became; empty where the bundle is not of the sources.  Looked for once a second at most."""
        if time.monotonic() - self._looked > LOOK_S:
            self._looked = time.monotonic()
            paths = [self.dist / "manifest.json", *(self.static / name for name in self._inputs)]
            if not self._seen or [_seen(path) for path in paths] != self._seen:
                self._read()
        return self._files

    def _read(self) -> None:
        manifest = self.dist / "manifest.json"
        try:
            made: dict[str, Any] = json.loads(manifest.read_bytes())
        except FileNotFoundError:
            made = {"files": {}, "inputs": {}}
        self._inputs = made["inputs"] if (self.static / "js").is_dir() else {}
        self._seen = [_seen(path) for path in (manifest, *(self.static / name for name in self._inputs))]
        same = all(_sum(self.static / name) == known for name, known in self._inputs.items())
        self._files = made["files"] if same else {}

    def address(self, name: str) -> str:
        """Of a source, as a page names it."""
        found = self.files().get(name)
        return f"/static/dist/{found}" if found else f"/static/{name}"

    def text(self, name: str) -> str:
        """What a source became.  Raises Conflict where there is no bundle of the sources."""
        if name not in self.files():
            raise Conflict(NOT_MADE, hint=MAKE_IT)
        return (self.dist / self._files[name]).read_text()


def _seen(path: Path) -> tuple[int, int] | None:
    try:
        state = path.stat()
    except FileNotFoundError:
        return None
    return state.st_mtime_ns, state.st_size


def _sum(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""


ASSETS = Assets(resource("static"))
