"""The page's own files: compressed once, kept by the browser for as long as they are what they were, and modules and
style sheets without their documentation.

More than a third of a module is JSDoc, which the type checker reads and no browser does; so a browser is not sent it.
Only comments that have their lines to themselves go, and only those with ``/**``: what is left is the module, word for
word.  Nothing else is done to it: there is no bundler, and a stack trace names the function and the file that are in
the checkout.  Of a style sheet of ours every comment goes that has its lines to itself.

A page is made of about a hundred of them.  It names them below ``/static/v-VERSION/``, where the version is one of all
files together: so a browser need not ask again for any of them on the next page, and never mixes old ones with new.
"""

from __future__ import annotations

import gzip
import hashlib
import math
import os
import re
import stat
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Scope

from app.resources import resource

DOCUMENTATION = re.compile(r"^[ \t]*/\*\*(?:(?!\*/).)*\*/[ \t]*\n", re.MULTILINE | re.DOTALL)
REMARK = re.compile(r"^[ \t]*/\*(?:(?!\*/).)*\*/[ \t]*\n", re.MULTILINE | re.DOTALL)
TEXTS = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
VERSIONED = re.compile(r"v-(?P<version>[0-9a-f]{12})/")
LOOK_S = 1.0
# By an address without a version: a new version of the lab must not meet an old script.
ASKED_AGAIN = {"cache-control": "no-cache"}
KEPT = {"cache-control": "public, max-age=31536000, immutable"}


def undocumented(module: str) -> str:
    """A module without the documentation in it."""
    return DOCUMENTATION.sub("", module)


def unremarked(sheet: str) -> str:
    """A style sheet without the comments between its rules."""
    return REMARK.sub("", sheet)


SHORTER = {"js": undocumented, "css": unremarked}  # by the folder of what is ours


class Seen(NamedTuple):
    path: str
    changed: int
    size: int


def files_of(directory: Path) -> list[Seen]:
    """All below."""
    found = []
    for folder, _, names in sorted(os.walk(directory)):
        for name in sorted(names):
            path = os.path.join(folder, name)  # noqa: PTH118 (each page asks it of all files)
            state = os.stat(path)  # noqa: PTH116
            found.append(Seen(path, state.st_mtime_ns, state.st_size))
    return found


def version_of(files: Sequence[Seen]) -> str:
    """Another one as soon as one of them is.

    By what they hold, as an image can be built with one time for all of its files; and by their times: what was changed
    while a page was loaded, and changed back, must not meet what was kept meanwhile.
    """
    all_of_them = hashlib.sha256()
    for each in files:
        all_of_them.update(f"{each}\n".encode())
        all_of_them.update(Path(each.path).read_bytes())
    return all_of_them.hexdigest()[:12]


class Versions:
    """The version now, looked for once a second at most, for a page asks for a hundred files at once; the files
    themselves are read again only when one of them is another."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._files: list[Seen] = []
        self._known = ""
        self._looked = -math.inf

    def now(self) -> str:
        if time.monotonic() - self._looked > LOOK_S:
            self._looked = time.monotonic()
            if (files := files_of(self._directory)) != self._files:
                self._files, self._known = files, version_of(files)
        return self._known


VERSIONS = Versions(resource("static"))


def static_base() -> str:
    """Where a page finds its files now."""
    return f"/static/v-{VERSIONS.now()}"


class Text(NamedTuple):
    """A file as it is sent."""

    changed: int
    plain: bytes
    packed: bytes
    etag: str


class Static(StaticFiles):
    """The folder ``static``; files of text are read and compressed once for as long as they do not change."""

    def __init__(self) -> None:
        super().__init__(directory=resource("static"))
        self._texts: dict[str, Text] = {}  # by path

    async def get_response(self, path: str, scope: Scope) -> Response:
        named = VERSIONED.match(path)
        if named:
            path = path[named.end() :]
        response = await self._unversioned(path, scope)
        # Who still has a page of another version gets what there is, and asks again the next time.
        now = named and named["version"] == VERSIONS.now()
        response.headers.update(KEPT if now else ASKED_AGAIN)
        return response

    async def _unversioned(self, path: str, scope: Scope) -> Response:
        media = TEXTS.get(os.path.splitext(path)[1])  # noqa: PTH122 (it is no path of this machine yet)
        if media and scope["method"] in ("GET", "HEAD"):
            full, found = self.lookup_path(path)  # some hundred names of one folder: no disk is asked
            if found and stat.S_ISREG(found.st_mode):
                return self._text(path, full, found.st_mtime_ns, media, Headers(scope=scope))
        return await super().get_response(path, scope)

    def _text(self, path: str, full: str, changed: int, media: str, asked: Headers) -> Response:
        kept = self._texts.get(full)
        if kept is None or kept.changed != changed:
            plain = Path(full).read_bytes()
            shorter = SHORTER.get(path.partition("/")[0])
            if shorter:
                plain = shorter(plain.decode()).encode()
            etag = f'W/"{hashlib.sha256(plain).hexdigest()[:32]}"'
            kept = self._texts[full] = Text(changed, plain, gzip.compress(plain, mtime=0), etag)
        headers = {"etag": kept.etag, "vary": "accept-encoding"}
        if kept.etag in asked.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        # Only these are compressed: nothing in them is a secret that a length could tell.
        if "gzip" in asked.get("accept-encoding", ""):
            return Response(kept.packed, media_type=media, headers=headers | {"content-encoding": "gzip"})
        return Response(kept.plain, media_type=media, headers=headers)
