"""What the lab may ask of an engine behind the proxy of docker-compose.proxy.yml."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROXY = ROOT / "deploy/engine-proxy"
SOCKET = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://")


def allowed() -> list[re.Pattern[str]]:
    return [re.compile(line) for line in (PROXY / "calls.lst").read_text().splitlines()]


def not_allowed(calls: Iterable[str]) -> list[str]:
    """Those that the proxy would answer with 403."""
    return sorted(call for call in calls if not any(each.match(call) for each in allowed()))
