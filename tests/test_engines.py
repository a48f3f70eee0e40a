"""The page of engines: each lesson that did not pass on one stands there with its reason."""

from __future__ import annotations

from typing import Any

from bench.engines import Told, page

SEEN = {"outcome": "passed", "say": "exit 143", "why": None}


def lesson(result: str, rows: list[dict[str, Any]], why: str | None = None) -> dict[str, Any]:
    return {"result": result, "why": why, "rows": rows}


def test_what_did_not_hold_has_its_reason() -> None:
    unseen = {"outcome": "unseen", "say": "the engine sends SIGTERM", "why": "it does not tell"}
    late = {"outcome": "failed", "say": "it is up", "why": "nothing came"}
    lessons = {
        "init": lesson("passed", [SEEN, unseen]),
        "frozen": lesson("not_possible", [], "this is Docker's"),
        "httpd": lesson("failed", [SEEN, late]),
    }
    machine = {"engine": "Podman 5.8.6, cgroup v2", "kernel": "6.18"}
    told = page([Told("podman", machine, lessons, {"`doctor`": (False, "it left with 3: no engine")})])
    for line in (
        "| `init` | ✓ 1/2, 1 unseen |",
        "| `frozen` | – |",
        "| `httpd` | ✗ 1/2 |",
        "| `doctor` | ✗ |",
        "- podman, `frozen`: this is Docker's",
        "- podman, `httpd`: “it is up”: nothing came",
        "- podman, `doctor`: it left with 3: no engine",
    ):
        assert line in told.splitlines()
    assert "`init`:" not in told
