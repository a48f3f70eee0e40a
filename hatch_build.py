"""A wheel without the browser's modules would start, and show an empty page: better not to build it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class VendoredModules(BuildHookInterface):  # type: ignore[type-arg,misc,unused-ignore]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 (hatchling's own names)
        """``version`` is "editable" where the checkout itself is used: it has them, or will get them."""
        if version != "editable" and not (Path(self.root) / "static/vendor/.stamp").is_file():
            raise RuntimeError("static/vendor is empty: run scripts/vendor first, or build with `make wheel`")
