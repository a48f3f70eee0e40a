"""A wheel without the page's bundle would start, and show an empty page: better not to build it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PageBundle(BuildHookInterface):  # type: ignore[type-arg,misc,unused-ignore]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """``version`` is "editable" where the checkout itself is used: it has the bundle, or will get it."""
        if version == "editable":
            return
        dist = Path(self.root) / "static/dist"
        if not (dist / "manifest.json").is_file():
            raise RuntimeError("static/dist is empty: run scripts/vendor first, or build with `make wheel`")
        manual = Path(self.root) / "build/man/signal-lab.1"
        if not manual.is_file():
            raise RuntimeError("build/man is empty: run `make man` first, or build with `make wheel`")
        build_data["shared_data"][str(manual)] = "share/man/man1/signal-lab.1"
        commit = Path(self.root) / "build/commit"
        if commit.is_file():  # an archive of the sources has no commit to name
            build_data["force_include"][str(commit)] = "app/commit"
        # Without the sources: the server takes those where they are not the bundle's (app/web/assets.py).
        build_data["force_include"][str(dist)] = "app/static/dist"
