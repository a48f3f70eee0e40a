"""The timeline's sentences: every kind has some, and they are those of the page's record."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout
from typing import Any

import pytest

from app import events as e
from app.commands.timeline import Timeline, of_the_run
from app.commands.words import QUIET, SAYS, Teller
from tests.test_event_contract import KINDS, fold, story

# What the page shows elsewhere than in its record, and the terminal has nowhere else to show.
ONLY_HERE = {"target_starting", "stop_forecast", *QUIET}


def wire(told: list[e.AnyEvent]) -> list[dict[str, Any]]:
    return [{**json.loads(e.to_json(event)), "id": number} for number, event in enumerate(told, start=1)]


def test_every_kind_has_words_and_no_other() -> None:
    assert set(SAYS) == set(KINDS)
    assert set(KINDS) >= QUIET


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_words_are_for_people(kind: str) -> None:
    teller = Teller()
    said = [teller.tell(event) for event in wire(story()) if event["kind"] == kind]
    assert all(told and all(line.strip() for line in told) for told in said), said
    assert "None" not in str(said)
    assert "{" not in str(said)


def test_the_terminal_says_what_the_pages_record_says() -> None:
    told = story()
    page = {entry["id"]: entry["text"] for entry in fold(told)["state"]["record"]}
    teller = Teller()
    here = {event["id"]: teller.tell(event)[0] for event in wire(told)}
    kinds = {event["id"]: event["kind"] for event in wire(told)}
    assert {number: here[number] for number in page if kinds[number] not in ONLY_HERE} == {
        number: text for number, text in page.items() if kinds[number] not in ONLY_HERE
    }
    assert {kinds[number] for number in here.keys() - page.keys()} <= ONLY_HERE | {"target_exited", "run_created"}


def test_a_verdict_is_told_with_its_evidence_and_the_lines_to_copy() -> None:
    event = {
        **{"id": 9, "kind": "verdict", "author": "lab", "request": 3, "outcome": "dropped", "held": "held"},
        "text": "Killed after 3.1 s.",
        "said": [{"text": "The kernel dropped SIGTERM.", "evidence": [12, 15]}],
        "advice": {
            **{"kind": "init", "text": "Run it under an init.", "note": "It must be there."},
            "at": [{"place": "docker run", "lines": ["docker run --init …"]}],
        },
    }
    assert Teller().tell(event) == [
        "verdict: Killed after 3.1 s.",
        "The kernel dropped SIGTERM. [12, 15]",
        "The forecast held.",
        "What would help: Run it under an init.",
        "It must be there.",
        "docker run:",
        "    docker run --init …",
    ]


def test_a_kind_of_a_later_version_is_named() -> None:
    assert "brand_new" in Teller().tell({"id": 1, "kind": "brand_new"})[0]


def shown(*events: dict[str, Any], **how: Any) -> str:
    out, timeline = io.StringIO(), Timeline(**how)
    with redirect_stdout(out):
        for event in events:
            timeline.show(event)
    return out.getvalue()


def at(s: float, kind: str, **fields: Any) -> dict[str, Any]:
    return {
        **{"id": int(s * 1000) + 1, "kind": kind, "at": f"2025-11-23T13:04:{50 + s:09.6f}Z", "author": "lab"},
        **{"run": "r1", "target": "r1.server"},
        **fields,
    }


def test_times_are_counted_from_the_start_and_then_from_the_stop_of_each_target() -> None:
    stop = {"signal": "SIGTERM", "timeout_s": 3, "by": "driver"}
    lines = shown(
        at(0, "source_back", source="engine"),
        at(1, "stop_requested", **stop),
        at(1.5, "stop_escalated", reason="timeout"),
        at(2, "source_back", source="output", target="r1.other"),
    ).splitlines()
    times = [line.split()[1] for line in lines if line.split()[0].isdigit()]
    assert times == ["0.000", "+0.000", "+0.500", "2.000"]


def test_nothing_that_a_program_prints_moves_the_cursor() -> None:
    out = shown(at(0, "output", text="\x1b]0;title\x07\x1b[2Jred\u202e\n", stream="pty"))
    assert "red" in out
    assert "\x1b" not in out
    assert "\u202e" not in out
    error = shown(at(0, "signal_failed", signal="SIGHUP", error="\x1b[2J gone"))
    assert "\\x1b[2J gone" in error


def test_json_lines_are_the_events_themselves() -> None:
    events = [at(0, "process_gone", pid=1, start=2), at(1, "source_back", source="engine")]
    assert [json.loads(line) for line in shown(*events, as_json=True).splitlines()] == events
    assert shown(events[0]) == ""
    assert "is gone" in shown(events[0], everything=True)


def test_a_run_begins_with_itself() -> None:
    """What concerns the whole lab is in its stream, too: that of last week is not of this run."""
    old = at(0, "source_back", source="engine", run=None)
    mine = at(1, "run_created", number=1, title="It", targets=[])
    late = at(2, "source_lost", source="engine", reason="cut", run=None)
    assert list(of_the_run([old, mine, late], "r1")) == [mine, late]
