"""Recordings from somewhere else are taken as a whole or not at all, and whatever is in them is only looked at."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import BadRequest
from app.imports.reading import MAX_LINE, imported_rows
from tests.fuzzing import TIMES, fuzz
from tests.support import LabUnderTest, Person, kind, running_lab

pytestmark = pytest.mark.timeout(120)


def recorded(driver: Person) -> tuple[str, str]:
    """A run that was stopped, and its export."""
    run, target = driver.command("sh", "-c", "echo hello; sleep 671")
    with driver.events(run=run) as events:
        events.until(kind("output"))
        events.until(kind("process_appeared"))
        driver.post(f"/targets/{target}/stop", {"timeout_s": 5})
        events.until(kind("run_finished"))
    return run, driver.get(f"/runs/{run}/events.jsonl?lab=true").text


def send(driver: Person, file: str | bytes) -> Any:
    return driver.client.post("/api/v1/imports", content=file)


def test_an_export_comes_back_as_a_run_that_is_only_looked_at(driver: Person, viewer: Person) -> None:
    run, file = recorded(driver)
    reply = send(driver, file)
    assert (reply.status_code, reply.json()) == (201, {"run": "i1", "events": len(file.splitlines())})
    own, facts = driver.get(f"/runs/{run}").json(), viewer.get("/runs/i1").json()
    for name in ("number", "title", "question", "commands", "status", "outcome", "result", "duration_s", "created_at"):
        assert facts[name] == own[name], name
    assert facts["imported"] is True
    assert facts["targets"][0]["id"] == "i1.main"
    again = viewer.get("/runs/i1/events.jsonl?lab=true").text
    assert again.replace('"i1', f'"{run}') == file, "the same events with the same numbers"
    plain = viewer.get("/runs/i1/events.jsonl").text
    assert plain.replace('"i1', f'"{run}') == driver.get(f"/runs/{run}/events.jsonl").text
    assert [each["run"] for each in viewer.get("/runs?q=imported").json()["runs"]] == ["i1"]
    assert [each["run"] for each in viewer.get("/runs").json()["runs"]] == ["i1", run]
    for path, body in (
        ("/targets/i1.main/signals", {"signal": "KILL"}),
        ("/targets/i1.main/stop", {}),
        ("/targets/i1.main/input", {"data": "x"}),
        ("/runs/i1/signals", {"signal": "KILL"}),
        ("/runs/i1/stop", {}),
        ("/runs/i1/steps/0", {}),
    ):
        assert driver.post(path, body).status_code in (404, 409), path
    assert viewer.client.delete("/api/v1/runs/i1?forget=true").status_code == 403
    assert driver.client.delete("/api/v1/runs/i1?forget=true").status_code == 200
    assert driver.get("/runs/i1").status_code == 404
    assert send(driver, file).json()["run"] == "i2", "a name is never used twice"


def test_a_report_is_imported_as_its_export_is_also_of_an_imported_run(driver: Person) -> None:
    run, file = recorded(driver)
    report = driver.get(f"/runs/{run}/report").content
    assert send(driver, report).status_code == 201
    assert driver.get("/runs/i1/events.jsonl?lab=true").text.replace('"i1', f'"{run}') == file
    assert send(driver, driver.get("/runs/i1/report").content).status_code == 201
    assert driver.get("/runs/i2/events.jsonl?lab=true").text.replace('"i2', f'"{run}') == file


def test_viewers_import_nothing_and_too_much_is_refused(lab: LabUnderTest, driver: Person, viewer: Person) -> None:
    assert send(viewer, "{}").status_code == 403
    huge = send(driver, b" " * (33 * 2**20))
    assert (huge.status_code, huge.json()["code"]) == (413, "too_large")
    assert send(driver, b"\n" * 300_000).json()["code"] == "bad_request"
    assert send(driver, b"").json()["code"] == "bad_request"
    assert send(driver, b"<!DOCTYPE html><title>x</title>").json()["code"] == "bad_request"


def test_imports_outlive_the_server_and_the_newest_are_kept(tmp_path: Path) -> None:
    with running_lab(tmp_path, keep_runs=2) as lab, lab.person() as person:
        _, file = recorded(person)
        for _ in range(3):
            assert send(person, file).status_code == 201
    with running_lab(tmp_path, keep_runs=2) as lab, lab.person() as person:
        found = [each["run"] for each in person.get("/runs?q=imported").json()["runs"]]
        assert found == ["i3", "i2"]
        assert send(person, file).json()["run"] == "i4"


LINE = {"kind": "output", "at": "2026-01-01T00:00:00Z", "run": "r1", "target": "r1.main", "stream": "pty", "text": "x"}
CREATED = {
    "id": 1, "kind": "run_created", "at": "2026-01-01T00:00:00Z", "seen_at": "2026-01-01T00:00:00Z", "run": "r1",
    "number": 1, "title": "t", "question": "q", "targets": [{"id": "r1.main", "name": "main", "host": "process"}],
}  # fmt: skip
MASKS = dict.fromkeys(("blocked", "ignored", "caught", "pending"), "0" * 16)
PROCESS = {
    "pid": 2, "start": 1, "ns_pid": 2, "ppid": 1, "comm": "x", "argv": ["x"], "state": "S", "threads": 1,
    "dispositions": MASKS,
}  # fmt: skip


def lines(*events: dict[str, Any] | str) -> bytes:
    texts = [each if isinstance(each, str) else json.dumps(each) for each in events]
    return "\n".join(texts).encode()


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[1]", "not an object"),
        ("\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "not JSON"),
        ({**LINE, "id": 2, "kind": "sudo"}, "kind"),
        ({**LINE, "id": 2, "kind": ["output"]}, "kind"),
        ({**LINE, "id": 2, "extra": 1}, "extra"),
        ({**LINE, "id": 2, "text": 7}, "text"),
        ({**LINE, "id": 2, "text": "\ud800"}, "no Unicode"),
        ({**LINE, "id": 1}, "number above"),
        ({**LINE, "id": True}, "number above"),
        ({**LINE, "id": 2**60}, "number above"),
        ({**LINE, "id": 2, "run": "r2", "target": "r2.main"}, "another run"),
        ({**LINE, "id": 2, "target": "r1.other"}, "target"),
        ({**LINE, "id": 2, "run": None, "target": None}, "no run"),
        ({**LINE, "id": 2, "at": "yesterday"}, "at:"),
        ({**CREATED, "id": 2}, "second run_created"),
        ({**LINE, **PROCESS, "id": 2, "kind": "process_appeared", "pid": 10**30}, "too large"),
        ('{"id":2,"kind":"output","at":NaN}', "too large"),
        (json.dumps({**LINE, "id": 2, "text": "x" * (MAX_LINE + 1)}), "longer"),
    ],
)
def test_a_line_that_is_no_event_of_this_run_is_named(bad: Any, why: str) -> None:
    with pytest.raises(BadRequest, match=rf"^line 3: .*{why}") as caught:
        imported_rows(lines(CREATED, "", bad), "i1")
    assert caught.value.code == "bad_line"
    assert len(str(caught.value)) < 400, "an error does not repeat what it was sent"


def test_what_the_page_computes_with_is_checked() -> None:
    fields = {name: value for name, value in LINE.items() if name not in ("stream", "text")}
    good = {**fields, **PROCESS, "id": 2, "kind": "process_appeared"}
    assert len(imported_rows(lines(CREATED, good), "i1")) == 2
    for mask in ("zz", "0" * 15, "0x" + "0" * 14, "-" + "0" * 15):
        bad = {**good, "dispositions": {**MASKS, "caught": mask}}
        with pytest.raises(BadRequest, match="line 2: caught is not a mask"):
            imported_rows(lines(CREATED, bad), "i1")
    stop = {**fields, "id": 2, "kind": "stop_finished", "stop": 1, "exit_code": 0, "killed": False, "meaning": ""}
    [_, row] = imported_rows(lines(CREATED, {**stop, "took_s": "Infinity"}), "i1")
    assert "took_s" not in json.loads(row.data), "what is no number is unknown"
    for name in ("../x", "", "a" * 40, "A"):
        target = {"id": f"r1.{name}", "name": name, "host": "process"}
        with pytest.raises(BadRequest, match="line 1: its targets"):
            imported_rows(lines({**CREATED, "targets": [target]}), "i1")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


def broken(draw: random.Random, file: str, value: Any) -> bytes:
    """A real export with one thing in it changed."""
    events = [json.loads(line) for line in file.splitlines()]
    event = draw.choice(events)
    match draw.randrange(6):
        case 0:
            event[draw.choice(list(event))] = value
        case 1:
            del event[draw.choice(list(event))]
        case 2:
            event[str(value)[:8]] = value
        case 3:
            draw.shuffle(events)
        case 4:
            events.insert(draw.randrange(len(events)), event)
        case 5:
            text = file.encode()
            at = draw.randrange(len(text))
            return text[:at] + bytes([draw.randrange(256)]) + text[at + 1 :]
    return "\n".join(json.dumps(each) for each in events).encode()


@pytest.mark.timeout(120 * TIMES)
def test_whatever_is_sent_all_of_it_is_kept_or_nothing(driver: Person) -> None:
    _, file = recorded(driver)
    kept: list[str] = []

    @fuzz(120)
    @given(draw=st.randoms(use_true_random=False), value=JSON)
    def one(draw: random.Random, value: Any) -> None:
        sent = broken(draw, file, value)
        reply = send(driver, sent)
        if reply.status_code == 201:
            kept.append(reply.json()["run"])
            stored = driver.get(f"/runs/{kept[-1]}/events.jsonl?lab=true")
            assert len(stored.text.splitlines()) == reply.json()["events"]
            assert driver.get(f"/runs/{kept[-1]}").status_code == 200
        else:
            assert reply.status_code == 422, reply.text
            assert set(reply.json()) == {"ok", "code", "error", "hint"}
            assert reply.json()["code"] in ("bad_line", "bad_request")

    one()
    found = driver.get("/runs?q=imported&limit=100").json()  # older ones make room when there are very many
    assert [each["run"] for each in found["runs"]] == kept[::-1][:100]
    assert 0 < len(kept) < 120 * TIMES, "some of it was good, and some was not"
