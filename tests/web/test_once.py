"""A write that comes twice under one key is done once, by a real server; where its answer was lost, too."""

from __future__ import annotations

import json
import socket

import pytest

from tests.support import TOKEN, LabUnderTest, Person, kind, prints

pytestmark = pytest.mark.whole
TRAPS = ("bash", "-c", "trap 'echo heard' USR1; echo ready; while :; do read -r -t 0.2 _; done")


def keyed(person: Person, path: str, body: object, key: str) -> tuple[int, object, bool]:
    """Status, answer, and whether it was given before."""
    reply = person.client.post(f"/api/v1{path}", json=body, headers={"idempotency-key": key})
    return reply.status_code, reply.json(), "idempotent-replayed" in reply.headers


def test_a_run_is_started_once_and_a_signal_sent_once(driver: Person) -> None:
    body = {"host": "process", "command": TRAPS}
    (status, started, again), (*_, started_too, again_too) = (keyed(driver, "/runs", body, "k1") for _ in range(2))
    assert (status, again, again_too) == (201, False, True)
    assert started == started_too
    assert isinstance(started, dict)
    assert len(driver.get("/runs").json()["runs"]) == 1
    signals = f"/targets/{started['targets'][0]['id']}/signals"
    with driver.events(run=started["run"]) as events:
        events.until(prints("ready"))
        sent = [keyed(driver, signals, {"signal": "USR1"}, "k2") for _ in range(3)]
        assert [again for *_, again in sent] == [False, True, True]
        assert len({str(answer) for _, answer, _ in sent}) == 1
        status, said, _ = keyed(driver, signals, {"signal": "USR2"}, "k2")
        assert (status, isinstance(said, dict) and said["code"]) == (422, "key_reused")
        driver.client.delete(f"/api/v1/runs/{started['run']}", headers={"idempotency-key": "k3"})
        events.until(kind("run_finished"))
        asked = [event["id"] for event in events.seen if event["kind"] == "signal_requested"]
    assert [{"event_id": number} for number in asked] == [sent[0][1]]


def test_what_was_taken_before_its_sender_went_away_is_not_done_again(lab: LabUnderTest, driver: Person) -> None:
    run, target = driver.command(*TRAPS)
    signals, body = f"/targets/{target}/signals", json.dumps({"signal": "SIGUSR1"})
    with driver.events(run=run) as events:
        events.until(prints("ready"))
        with socket.create_connection(("127.0.0.1", lab.port)) as line:
            head = f"POST /api/v1{signals} HTTP/1.1\r\nhost: 127.0.0.1:{lab.port}\r\nidempotency-key: k1\r\n"
            head += f"authorization: Bearer {TOKEN}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}"
            line.sendall(f"{head}\r\n\r\n{body}".encode())
            events.until(kind("signal_requested"))  # and its answer is never read
        reply = driver.client.post(
            f"/api/v1{signals}",
            content=body,
            headers={"idempotency-key": "k1", "content-type": "application/json"},
        )
        assert (reply.status_code, reply.headers["idempotent-replayed"]) == (202, "true")
        driver.client.delete(f"/api/v1/runs/{run}")
        events.until(kind("run_finished"))
        asked = [event["id"] for event in events.seen if event["kind"] == "signal_requested"]
    assert asked == [reply.json()["event_id"]]


def test_errors_are_answers_too(driver: Person) -> None:
    first, again = (keyed(driver, "/runs", {"experiment": "none"}, "k1") for _ in range(2))
    assert (first[0], first[2], again[2]) == (404, False, True)
    assert first[1] == again[1]


def test_the_key_is_described_for_programs_and_people(viewer: Person) -> None:
    described = viewer.get("/openapi.json").json()
    ours = {"$ref": "#/components/parameters/IdempotencyKey"}
    for path, methods in described["paths"].items():
        for method, call in methods.items():
            assert (ours in call.get("parameters", [])) == (method != "get"), f"{method} {path}"
    key = described["components"]["parameters"]["IdempotencyKey"]
    assert (key["name"], key["in"], key["required"]) == ("Idempotency-Key", "header", False)
    assert "Idempotency-Key" in viewer.client.get("/docs").text
