"""The lab below a path of its host: ``https://team.example/lab/``, beside other things behind one proxy.

A proxy may take the prefix away before it passes a request on, or leave it: both are understood, and so is a request
that comes past the proxy, without it.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class Below:
    """Takes ``root`` away from the paths of requests.  ``root``: as "/lab", or empty."""

    def __init__(self, app: ASGIApp, root: str) -> None:
        self._app, self._root = app, root

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._root and scope["type"] == "http" and _is_below(scope["path"], self._root):
            raw: bytes = scope.get("raw_path") or scope["path"].encode()
            scope = {
                **scope,
                "path": scope["path"][len(self._root) :] or "/",
                "raw_path": raw[len(self._root) :] or b"/",
            }
        await self._app(scope, receive, send)


def _is_below(path: str, root: str) -> bool:
    return path == root or path.startswith(root + "/")
