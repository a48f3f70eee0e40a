"""The page's own files on the wire: bundles as they were compressed when they were made, kept by a browser for ever.

The name of a bundle holds the hash of what is in it, so no browser need ask for it again, and none mixes old ones with
new.  Everything else, the plain sources while somebody works on them, is asked for again each time.
"""

from __future__ import annotations

import mimetypes
import re
from pathlib import Path

from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Scope

from app.web.assets import ASSETS

BUNDLED = re.compile(r"dist/(?P<name>[\w.]+-[0-9A-Z]{8}\.(?:js|css|svg)(?:\.map)?)")
KEPT = "public, max-age=31536000, immutable"
ASKED_AGAIN = "no-cache"
ENCODINGS = {"br": ".br", "gzip": ".gz"}  # the smaller one first
# The machine's own table may know less, or something else.
TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
for _suffix, _type in TYPES.items():
    mimetypes.add_type(_type, _suffix)


def encoding(accepted: str, there: list[str]) -> str | None:
    """The one of ``there`` that is taken, by the header Accept-Encoding; None: as it is."""
    wanted = set()
    for each in accepted.lower().split(","):
        name, _, weight = each.partition(";")
        if weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            wanted.add(name.strip())
    return next((name for name in there if name in wanted), None)


class Static(StaticFiles):
    """The folder ``static``."""

    def __init__(self) -> None:
        super().__init__(directory=ASSETS.static)

    async def get_response(self, path: str, scope: Scope) -> Response:
        if scope["method"] in ("GET", "HEAD") and (found := BUNDLED.fullmatch(path)):
            file = ASSETS.dist / found["name"]
            if file.is_file():
                return _bundle(file, Headers(scope=scope))
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = ASKED_AGAIN
        return response


def _bundle(file: Path, asked: Headers) -> Response:
    headers = {"cache-control": KEPT, "etag": f'"{file.name}"', "vary": "accept-encoding"}
    if headers["etag"] in asked.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    media = TYPES.get(file.suffix, "application/json")  # a map
    there = [name for name, suffix in ENCODINGS.items() if file.with_name(file.name + suffix).is_file()]
    chosen = encoding(asked.get("accept-encoding", ""), there)
    if chosen:
        headers["content-encoding"] = chosen
        file = file.with_name(file.name + ENCODINGS[chosen])
    return Response(file.read_bytes(), media_type=media, headers=headers)
