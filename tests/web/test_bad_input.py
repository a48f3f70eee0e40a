"""Input that makes no sense: 422 in the one shape, never "a defect of the lab", and nothing leaks for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.support import LabUnderTest, Person, kind, open_descriptors, prints, until

pytestmark = [pytest.mark.whole, pytest.mark.timeout(120)]
HALF = "\ud800"
LONG_NUMBER = "9" * 6000


def own(host: str, command: list[Any], **options: Any) -> dict[str, Any]:
    return {"host": host, "command": command, "options": options}


def bodies() -> Iterator[tuple[str, object]]:
    """Paths and bodies that a driver may send."""
    for host in ("process", "sandbox", "container"):
        for word in ("a\0b", HALF):
            yield "/runs", own(host, ["echo", word])
            yield "/runs", own(host, ["true"], env={"A": word})
            yield "/runs", own(host, ["true"], env={word: "A"})
            yield "/runs", {"race": [own(host, ["echo", word]), own(host, ["true"])]}
        for name in ("A=B", ""):
            yield "/runs", own(host, ["true"], env={name: "x"})
        for ports in ({"80/tcp": 70000}, {"80/tcp": -1}, {"70000/tcp": 0}, {"0/tcp": 0}, {"eighty": 80}, {HALF: 0}):
            yield "/runs", own(host, ["true"], ports=ports)
    for where in ("/nowhere", "a\0b", HALF, "relative"):
        yield "/runs", own("process", ["true"], cwd=where)
    for word in ("x", "100t", "0", "-1", "", "99999999999999999999g", HALF):
        yield "/runs", own("container", ["true"], memory=word)
    for option in ("workdir", "user", "stop_signal"):
        yield "/runs", own("container", ["true"], **{option: "/a\0b"})
        yield "/runs", own("container", ["true"], **{option: "/" + HALF})
    for word in ("a\0b", HALF):
        yield "/runs", own("container", ["true"], entrypoint=[word])
        yield "/runs", {"experiment": word}
        yield "/runs", {"again": word}
    for image in ("x" * 300_000, "UPPER", "a\0b", HALF, "-v", "a b"):
        yield "/runs", {**own("container", ["true"]), "image": image}
    yield "/runs", own("process", ["x" * 200_000])  # longer than one word of a command line may be, execve(2)
    yield "/runs", own("process", ["true", *["x" * 100_000] * 30])
    signals: tuple[object, ...] = (True, 1.5, 10**30, "", HALF, "a\0b", "x" * 10_000, [], None)
    for signal in signals:
        yield "/targets/{target}/signals", {"signal": signal}
    for pid in (True, 0, -1, 10**30, "1", 1.5):
        yield "/targets/{target}/signals", {"signal": "USR1", "pid": pid}
    for timeout_s in (True, "x", 10**30, 1.5):
        yield "/targets/{target}/stop", {"timeout_s": timeout_s}
    yield "/targets/{target}/stop", {"signal": HALF}
    yield "/targets/{target}/input", {"data": HALF}
    yield "/focus", {"run": HALF}
    yield "/links", {"role": HALF}


NO_JSON = (
    b"\xff\xfe",
    b"{not json",
    b"[" * 50_000,
    b'{"a": ' + LONG_NUMBER.encode() + b"}",
    b"NaN",
    b'"\xed\xa0\x80"',
    b"",
)
HEADERS = (f"x.{LONG_NUMBER}".encode(), b"x.\xb2", LONG_NUMBER.encode(), b"x.-1", b"." * 100, b"\xff" * 10)
JSON = {"content-type": "application/json"}
QUERIES = (
    *(f"/events/past?after={each}" for each in (LONG_NUMBER, 2**63, -1, "x")),
    *(f"/events?after={each}" for each in (LONG_NUMBER, 2**63, -1, "x")),
    *(f"/runs?{each}" for each in ("before=%00", "before=" + "9" * 59, "limit=x", "outcome=x", "limit=" + "9" * 5000)),
    *("/runs/%00", "/runs/%ED%A0%80", f"/runs/r{LONG_NUMBER}", f"/runs/i{LONG_NUMBER}", "/runs/i" + "9" * 30),
    *("/experiments/%00", "/targets/%00/forecast", "/targets/%ED%A0%80/forecast", "/runs/%00/events.jsonl"),
    *("/runs/r1%0A/report", "/runs/r1/before%00"),
)


def problem(reply: httpx.Response, what: object) -> str | None:
    """What is wrong with the answer."""
    try:
        check(reply, what)
    except AssertionError as error:
        return str(error).splitlines()[0]
    return None


def check(reply: httpx.Response, what: object) -> None:
    said = f"{str(what)[:120]!r}: {reply.status_code} {reply.text[:200]}"
    assert 400 <= reply.status_code < 500, said
    body = reply.json()
    assert set(body) == {"ok", "code", "error", "hint"}, said
    assert body["ok"] is False
    assert body["code"] != "internal_error", said
    assert "defect" not in body["hint"], said
    assert "lab made a mistake" not in body["error"], said
    assert len(reply.content) < 4096, "an error does not repeat what it was sent"


def test_it_is_said_what_is_wrong_and_nothing_leaks(lab: LabUnderTest, driver: Person) -> None:
    run, target = driver.command("sleep", "637")
    with driver.events(run=run) as events:
        events.until(kind("target_started"))
    before, wrong = 0, []
    for _ in range(2):  # what is made once (threads, their pipes) is there after the first time
        for path, body in bodies():
            url, sent = f"/api/v1{path.format(target=target)}", json.dumps(body).encode()
            wrong.append(problem(driver.client.post(url, content=sent, headers=JSON), (path, body)))
        wrong += [problem(driver.client.post("/api/v1/runs", content=each, headers=JSON), each) for each in NO_JSON]
        wrong += [problem(driver.get(each), each) for each in QUERIES]
        for header in HEADERS:
            with driver.client.stream("GET", "/api/v1/events", headers=[(b"last-event-id", header)]) as reply:
                if reply.status_code != 200:  # another journal's: the reader is told to begin anew
                    wrong.append(f"{header!r}: {reply.status_code}")
        before = before or len(open_descriptors())
    found = "\n".join(dict.fromkeys(each for each in wrong if each))
    assert not found, found
    until(lambda: len(open_descriptors()) <= before + 2, what="as many descriptors as after the first time")
    assert driver.get("/health").json()["ok"] is True
    assert [each["run"] for each in driver.get("/runs").json()["runs"] if each["status"] == "running"] == [run]


def test_typing_into_a_program_that_does_not_read_is_no_defect(lab: LabUnderTest, driver: Person) -> None:
    run, target = driver.command("bash", "-c", "stty raw -echo; echo ready; kill -STOP $$")
    with driver.events(run=run) as events:
        events.until(prints("ready"))
        replies: list[httpx.Response] = []
        while not replies or (replies[-1].status_code == 202 and len(replies) < 10):
            replies.append(driver.post(f"/targets/{target}/input", {"data": "x" * 20_000}))
        last = replies[-1]
        assert (last.status_code, last.json()["code"]) == (409, "not_reading"), "its terminal holds no more"
        with ThreadPoolExecutor(2) as both:  # the second one waits for the first, and is no defect either
            # Much again: the kernel may have made a little room meanwhile.
            again = list(both.map(lambda one: driver.post(f"/targets/{target}/input", {"data": one * 20_000}), "yz"))
        assert {each.status_code for each in again} == {409}
        driver.client.delete(f"/api/v1/runs/{run}")
        events.until(kind("run_finished"))
