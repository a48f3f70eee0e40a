"""What the API tells of a run, folded from its events."""

from __future__ import annotations

import json
from typing import Any

from app.journal import Stored
from app.web.facts import WORDS, RunStory, fold_into

CREATED = {"number": 1, "title": "X", "question": "?", "targets": [], "at": "2026-07-01T12:00:00+00:00"}


def stories(*told: tuple[str, dict[str, Any]]) -> dict[str, RunStory]:
    runs: dict[str, RunStory] = {}
    for number, (kind, fields) in enumerate((("run_created", CREATED), *told), 1):
        assert kind in WORDS, "it is read at all"
        data = json.dumps({"id": number, "kind": kind, "run": "r1", **fields})
        fold_into(runs, [Stored(number, "r1", kind, f"id: j.{number}\ndata: {data}\n\n".encode())])
    return runs


def test_what_a_lesson_has_not_shown_is_counted_until_it_comes_late() -> None:
    missed = [("step_failed", {"step": 2, "expect": at, "why": "no"}) for at in (0, 1)]
    came = ("step_done", {"step": 2, "expect": 1, "evidence": 1})
    other = ("step_done", {"step": 1, "expect": 0, "evidence": 1})
    assert stories(other)["r1"].facts()["missed"] == 0
    assert stories(*missed, other)["r1"].facts()["missed"] == 2
    assert stories(*missed, came)["r1"].facts()["missed"] == 1
