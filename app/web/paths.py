"""What stands in the addresses of the API."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

RunId = Annotated[str, Path(max_length=40)]
TargetId = Annotated[str, Path(max_length=80)]
