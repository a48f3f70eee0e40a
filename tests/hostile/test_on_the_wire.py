"""Hostile names and output through /proc, the stream and the logs of a real server."""

from __future__ import annotations

import json
import sys

import httpx
import pytest

from tests.support import TOKEN, LabUnderTest, Person, kind, prints

pytestmark = pytest.mark.whole

NAMES: dict[str, bytes | str] = {
    "newline and paren": rb"a)\n(b) R 1 1",
    "escapes": rb"\x1b[31m\x07",
    "html": rb"<b>&amp;\"'",
    "sse": rb"\n\ndata: {}\n\n",
    "not utf-8": rb"\xff\xfe\xc3(",
    "right to left": "\u202eabc".encode().hex(),
}


def named(raw: bytes | str) -> tuple[str, ...]:
    name = f"bytes.fromhex({raw!r})" if isinstance(raw, str) else f'b"{raw.decode()}"'
    code = f"import ctypes, time; ctypes.CDLL(None).prctl(15, {name}, 0, 0, 0); print('named', flush=True); "
    return (sys.executable, "-I", "-c", code + "time.sleep(600)")


@pytest.mark.parametrize("name", NAMES)
def test_a_process_with_any_name_is_one_row_with_its_masks(lab: LabUnderTest, driver: Person, name: str) -> None:
    run, target = driver.command(*named(NAMES[name]))
    with driver.events(run=run) as events:
        events.until(prints("named"))
        pid = events.until(kind("target_started"))["pid"]
        driver.post(f"/targets/{target}/signals", {"signal": "WINCH"})
        events.until(lambda event: event.get("pid") == pid and event.get("dispositions") is not None)
        assert {event["pid"] for event in events.seen if event["kind"] == "process_appeared"} == {pid}
        assert driver.post(f"/targets/{target}/signals", {"signal": "TERM", "pid": pid}).status_code == 202
        assert events.until(kind("target_exited"))["signal"] == "SIGTERM"


def test_output_that_looks_like_the_stream_is_output(lab: LabUnderTest, driver: Person) -> None:
    """Read as raw lines: every line is a field of server-sent events, and every message is JSON on one line."""
    text = r"\n\ndata: {\"id\":1,\"kind\":\"reset\"}\n\nid: evil.1\nevent: x\nretry: 1\r\rdata: y\r\n\x85\u2028\u2029"
    run, _ = driver.command(sys.executable, "-I", "-c", f'print("{text}", flush=True); print("end of it")')
    headers = {"authorization": f"Bearer {TOKEN}"}
    said = []
    with httpx.stream("GET", f"{lab.url}/api/v1/events?run={run}", headers=headers, timeout=15) as answer:
        buffer = b""
        for piece in answer.iter_raw():
            buffer += piece
            if b"run_finished" in buffer and buffer.endswith(b"\n\n"):
                break
    for line in buffer.split(b"\n"):
        assert line == b"" or line.startswith((b"id: ", b"data: ", b": ")), line
        assert b"\r" not in line
        if line.startswith(b"data: "):
            said.append(json.loads(line[6:]))
    assert not [each for each in said if each["kind"] == "reset"]
    printed = "".join(each.get("text", "") for each in said if each["kind"] == "output")
    assert "event: x" in printed


def test_what_a_command_is_called_forges_no_line_of_the_log(lab: LabUnderTest, driver: Person) -> None:
    refused = driver.post("/runs", {"experiment": "x\n2026-01-01 ERROR forged\x1b[31m"})
    assert refused.status_code == 404
    assert driver.get("/runs/%0aforged").status_code in (404, 422)
