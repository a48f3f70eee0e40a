"""A long answer that is made for each request, compressed for who takes it so.

Only what whoever is asked for it may read all of, and what nobody could have written into just now: of a text in which
a secret stands beside what an attacker chose, the compressed length could tell something.  The stream never is.
"""

from __future__ import annotations

import gzip
from typing import TypeVar

from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from app.web.static import encoding

LEVEL = 6
R = TypeVar("R", bound=Response)


def pack(request: Request, response: R) -> R:
    """The same response, smaller."""
    response.headers["vary"] = "accept-encoding"
    if encoding(request.headers.get("accept-encoding", ""), ["gzip"]):
        response.body = gzip.compress(response.body, LEVEL, mtime=0)
        response.headers["content-encoding"] = "gzip"
        response.headers["content-length"] = str(len(response.body))
    return response


def packed(request: Request, facts: dict[str, object]) -> Response:
    """As JSON, written as the framework writes it."""
    return pack(request, Response(to_json(facts), media_type="application/json"))
