"""The stream: no gap, no duplicate, a heartbeat, a clean end, and nobody is hurt by a reader that does not read."""

from __future__ import annotations

import socket

import pytest

from app.serve import connections
from tests.support import TOKEN, EventReader, LabUnderTest, Person, kind, prints, until

pytestmark = pytest.mark.whole


def ids(events: list[dict[str, int]]) -> list[int]:
    return [event["id"] for event in events]


def test_resuming_has_no_gap_and_no_duplicate(lab: LabUnderTest, driver: Person) -> None:
    _, target = driver.start("catch-all")
    with driver.events() as whole:
        whole.until(prints("ready"))
        seen: list[int] = []
        last: str | None = None
        for name in ("USR1", "USR2", "WINCH", "HUP", "ALRM"):
            with driver.events(last=last) as piece:
                driver.post(f"/targets/{target}/signals", {"signal": name})
                piece.next(prints(name))
                seen += ids(piece.seen)
                last = piece.ids[-1]
        whole.until(lambda event: event["id"] == seen[-1])
        assert seen == ids(whole.seen)[: len(seen)] == list(range(1, seen[-1] + 1))
        assert all(
            number.split(".")[1] == str(event["id"]) for number, event in zip(whole.ids, whole.seen, strict=True)
        )


def test_after_is_for_the_first_connect_and_last_event_id_goes_before_it(lab: LabUnderTest, driver: Person) -> None:
    run, _ = driver.start("catch-all")
    with driver.events(run=run) as events:
        events.until(prints("ready"))
        number = events.ids[1]
    with driver.events(after=3) as later:
        assert next(iter(later))["id"] == 4
    with driver.events(after=0, last=number) as later:
        assert next(iter(later))["id"] == int(number.split(".")[1]) + 1


def test_a_reader_of_another_journal_is_told_to_forget_and_gets_everything(driver: Person) -> None:
    for last in ("0123456789ab.7", "nonsense", "99.", "x.-1"):
        with driver.events(last=last) as events:
            assert next(iter(events))["id"] == 1
            assert {"kind": "reset"} in events.beats
    with driver.events(after=10**9) as events:
        assert next(iter(events))["id"] == 1
        assert {"kind": "reset"} in events.beats


def test_what_is_past_is_read_in_pages_that_join_the_stream_without_a_gap(driver: Person) -> None:
    run, target = driver.start("catch-all")
    other, _ = driver.start("catch-all")
    with driver.events() as whole:
        whole.until(prints("ready"))
        driver.post(f"/targets/{target}/signals", {"signal": "USR1"})
        whole.next(prints("USR1"))
    read, place = [], 0
    while True:
        page = driver.get(f"/events/past?after={place}&limit=2").json()
        read += ids(page["events"])
        assert page["place"] > place or not page["events"]
        if not page["events"]:
            break
        place = page["place"]
    assert read[: len(whole.seen)] == ids(whole.seen)
    mine = driver.get(f"/events/past?run={run}&kind=run_created&kind=output").json()
    assert {event["kind"] for event in mine["events"]} == {"run_created", "output"}
    assert {event.get("run") for event in mine["events"]} == {run}
    assert mine["place"] >= read[-1]
    assert driver.get(f"/events/past?after={10**9}").json() == {**mine, "events": [], "place": 10**9}
    assert other != run


def test_a_run_is_seen_with_what_belongs_to_no_run_and_nothing_else(driver: Person) -> None:
    one, _ = driver.start("catch-all")
    two, target = driver.start("catch-all")
    with driver.events(run=two) as events:
        events.until(prints("ready"))
        driver.post(f"/targets/{target}/signals", {"signal": "USR1"})
        events.until(prints("USR1"))
        assert {event.get("run") for event in events.seen} == {two, None}
    with driver.events(kinds=("run_created",)) as events:
        assert [next(iter(events))["run"] for _ in range(2)] == [one, two]


def test_a_quiet_stream_says_that_it_is_alive_and_how_many_watch(driver: Person, viewer: Person) -> None:
    with driver.events() as events:
        assert events.beat()["viewers"] == 0
        with viewer.events() as watching:
            watching.beat()
            watching.beat()
            until(lambda: events.beat()["viewers"] == 1)
        until(lambda: events.beat()["viewers"] == 0)
        assert all(beat["now"].endswith("+00:00") for beat in events.beats)


def test_a_reader_that_does_not_read_hurts_nobody(lab: LabUnderTest, driver: Person) -> None:
    run, target = driver.command("bash", "-c", "echo ready; while read -r n; do seq $n; echo done $n; done")
    with socket.create_connection(("127.0.0.1", lab.port)) as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.sendall(request(lab, f"Authorization: Bearer {TOKEN}"))
        with driver.events(run=run) as events:
            events.until(prints("ready"))
            driver.post(f"/targets/{target}/input", {"data": "100000\n"})  # some hundred KB, as two readers see it
            events.next(lambda event: event["kind"] == "output" and "done 100000" in event["text"])
            text = "".join(event["text"] for event in events.seen if event["kind"] == "output")
            assert "99999\r\n100000\r\n" in text
        assert driver.get("/health").status_code == 200


def test_a_reader_that_does_not_read_is_dropped(
    lab: LabUnderTest,
    driver: Person,
    viewer: Person,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(connections, "UNREAD_S", 0.5)
    run, target = driver.command("bash", "-c", "echo ready; while read -r n; do seq $n; echo done $n; done")
    ((name, value),) = viewer.client.cookies.items()

    def viewers() -> int:
        return int(driver.get("/health").json()["viewers"])

    with socket.create_connection(("127.0.0.1", lab.port)) as deaf, driver.events(run=run) as events:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.sendall(request(lab, f"Cookie: {name}={value}"))
        events.until(prints("ready"))
        until(lambda: viewers() == 1)
        driver.post(f"/targets/{target}/input", {"data": "1000000\n"})  # more than the sockets' buffers hold
        events.next(lambda event: event["kind"] == "output" and "done 1000000" in event["text"])
        until(lambda: viewers() == 0, what="it was dropped")
    assert not [record for record in caplog.records if record.exc_info], "no traceback for what is no defect"


def request(lab: LabUnderTest, who: str) -> bytes:
    return "\r\n".join(("GET /api/v1/events HTTP/1.1", f"Host: 127.0.0.1:{lab.port}", who, "", "")).encode()


def test_when_the_lab_ends_readers_see_the_last_event_and_a_clean_end(lab: LabUnderTest, driver: Person) -> None:
    run, _ = driver.start("catch-all")
    with driver.events(run=run) as events, driver.events() as second:
        events.until(prints("ready"))
        lab.server.should_exit = True
        assert [event["kind"] for event in events][-1] == "run_finished"  # the loop ends without an error
        assert [event for event in second][-1]["reason"] == "lab_stopped"
    assert events.until(kind("target_exited"))["signal"] == "SIGKILL"


def test_a_live_stream_begins_after_the_event_that_its_first_heartbeat_names(lab: LabUnderTest, driver: Person) -> None:
    run, target = driver.start("catch-all")
    with driver.events(run=run) as events:
        events.until(prints("ready"))
    with driver.client.stream("GET", "/api/v1/events", params={"live": "true"}) as response:
        live = EventReader(response)
        first = live.beat()
        assert first["last"] > 0
        assert first["journal"] == driver.get("/health").json()["journal"]
        asked = driver.post(f"/targets/{target}/signals", {"signal": "USR1"}).json()["event_id"]
        live.next(prints("USR1"))
        assert ids(live.seen)[0] == first["last"] + 1
        assert asked in ids(live.seen)
        assert ids(live.seen) == list(range(first["last"] + 1, live.seen[-1]["id"] + 1))
