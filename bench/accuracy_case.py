"""One case of ``bench/accuracy.py``: starts it, waits until it is up, asks for the forecast, stops it, and reads what
happened from the run's events.

Nothing waits for a while: it waits for an event, for a socket in /proc/PID/net, or for a forecast that holds still.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx

from app.events.parts import Dispositions
from app.signals import parse_signal
from bench.accuracy_page import Result

IMAGE = "servers"
TIMEOUT_S = 10
PORT = 8080  # inside
SETTLE_S = 6.0  # of a copy: nobody waits for its port, and a slow one takes some seconds to set its handlers
COPIES_WITHIN_S = 120.0
UP_WITHIN_S, STILL_WITHIN_S, DOWN_WITHIN_S = 60.0, 12.0, 60.0
LOOK_S, SAME_LOOKS = 0.5, 4  # a forecast holds still when so many looks, so far apart, say the same
LISTEN, ESTABLISHED = "0A", "01"  # states in proc_net_tcp(5)
GREETING = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
HELLO = (3 << 16).to_bytes(4) + b"user\0nobody\0database\0postgres\0\0"  # PostgreSQL's startup message, version 3.0
SESSION = (len(HELLO) + 4).to_bytes(4) + HELLO
ENVELOPE = {"id", "at", "seen_at", "clock", "author", "run", "target", "kind", "was"}  # of an event about a process

Case = dict[str, Any]
Event = dict[str, Any]


class NotMeasured(Exception):
    """A case that did not come as far as its stop, or never ended."""


def follow(
    client: httpx.Client, run: str, until: Callable[[Event], bool], *, what: str, within_s: float = UP_WITHIN_S
) -> list[Event]:
    """A run's events from its first to the one that matches, as they come.  Raises NotMeasured."""
    deadline, seen = time.monotonic() + within_s, []
    with client.stream("GET", "/events", params={"run": run}) as response:
        for line in response.iter_lines():
            if time.monotonic() > deadline:
                break
            event = json.loads(line.removeprefix("data: ")) if line.startswith("data: ") else {}
            if event.get("run") == run:
                seen.append(event)
                if until(event):
                    return seen
                if event["kind"] == "run_finished":
                    break
    said = "".join(event["text"] for event in seen if event["kind"] == "output").strip().splitlines()
    raise NotMeasured(f"no {what}; it printed last: {said[-1] if said else 'nothing'}")


def sockets(pid: int) -> set[str]:
    """The states of the TCP sockets on the port, in the network namespace of a process."""
    found = set()
    for name in ("tcp", "tcp6"):
        try:
            rows = Path(f"/proc/{pid}/net/{name}").read_text().splitlines()[1:]
        except OSError:
            continue
        found |= {row.split()[3] for row in rows if int(row.split()[1].rpartition(":")[2], 16) == PORT}
    return found


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait for what nothing announces.  Raises NotMeasured."""
    deadline = time.monotonic() + UP_WITHIN_S
    while not holds():
        if time.monotonic() > deadline:
            raise NotMeasured(f"{what} did not come true within {UP_WITHIN_S:g} s")
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def visit(kind: str, port: int) -> socket.socket:
    """A client that stays: see accuracy.toml.  A server that is still starting up may turn the first ones away."""
    says, expects = {"idle": (GREETING + b"\r\n", b"HTTP"), "half": (GREETING, b""), "session": (SESSION, b"R")}[kind]
    deadline = time.monotonic() + UP_WITHIN_S
    while time.monotonic() < deadline:
        visitor = socket.create_connection(("127.0.0.1", port), timeout=UP_WITHIN_S)
        visitor.sendall(says)
        if not expects or visitor.recv(4096).startswith(expects):
            return visitor
        visitor.close()
        time.sleep(0.05)
    raise NotMeasured("the server did not answer its client")


def forecast_of(client: httpx.Client, target: str) -> dict[str, Any] | None:
    """The stop's forecast once it holds still; None from a lab that has none."""
    looks: list[dict[str, Any]] = []
    deadline = time.monotonic() + STILL_WITHIN_S
    while time.monotonic() < deadline:
        reply = client.get(f"/targets/{target}/forecast", params={"timeout_s": TIMEOUT_S})
        if reply.status_code == 404:
            return None
        if reply.status_code != 200:
            raise NotMeasured(f"no forecast: {reply.text[:200]}")
        looks.append(reply.json()["stop"])
        last = looks[-SAME_LOOKS:]
        if len(last) == SAME_LOOKS and len({(each["outcome"], each["sure"]) for each in last}) == 1:
            break
        time.sleep(LOOK_S)
    return looks[-1]


def tree(events: list[Event]) -> list[dict[str, Any]]:
    """The processes at the end of these events, the root first, with what is known of each."""
    rows: dict[int, dict[str, Any]] = {}
    for event in events:
        if event["kind"] == "process_gone":
            rows.pop(event["pid"], None)
        elif event["kind"] in ("process_appeared", "process_changed"):
            row = rows.pop(event["was"] if "was" in event else event["pid"], {})
            rows[event["pid"]] = row | {key: value for key, value in event.items() if key not in ENVELOPE}
    root = next((event["pid"] for event in events if event["kind"] == "target_started"), None)
    return sorted(rows.values(), key=lambda row: (row["pid"] != root, row.get("ns_pid", 0)))


def kernels_word(signals: list[Event], root: dict[str, Any], signal: str) -> str:
    """What the kernel did with the stop's signal at the root, in words; "" when nobody watched."""
    mine = [each for each in signals if each["pid"] == root["pid"] and each["signal"] == signal]
    if not mine:
        return ""
    if mine[0].get("generated") == "ignored":
        return "the kernel ignored it"
    words = {"handler": "its handler ran", "default": "the default action", "dropped": "queued, then dropped"}
    if taken := next((each["delivered"] for each in mine if "delivered" in each), None):
        return words[taken]
    masks, bit = Dispositions(**root["dispositions"]), 1 << (parse_signal(signal).number - 1)
    if int(masks.signalfd, 16) & bit:
        return "read from a signalfd"
    return "taken by sigwait" if int(masks.waited, 16) & bit else "queued"


def taken_along(signals: list[Event]) -> list[str]:
    """Whom the kernel killed because PID 1 had ended: they had no chance to end well."""
    killed = {each["pid"]: each["comm"] for each in signals if each.get("teardown") and "generated" in each}
    return sorted(killed.values())


def wait_until_up(client: httpx.Client, run: str, case: Case, pid: int) -> None:
    """Until it listens, or what accuracy.toml says.  Raises NotMeasured."""
    if line := case.get("line"):
        printed = lambda each: each["kind"] == "output" and line in each["text"]  # noqa: E731
        follow(client, run, printed, what=f"{line!r} in its output")
        return
    if comm := case.get("comm"):
        follow(client, run, lambda each: each.get("comm") == comm, what=f"process {comm}")
        return

    def listening() -> bool:
        if not Path(f"/proc/{pid}").exists():
            follow(client, run, lambda _each: False, what=f"socket on port {PORT}")
        return LISTEN in sockets(pid)

    until(listening, f"a socket on port {PORT}")


def rehearse(client: httpx.Client, container: str) -> dict[str, Any]:
    """What stops of copies came to.  Raises NotMeasured."""
    asked = client.post("/rehearsals", json={"container": container, "settle_s": SETTLE_S, "timeout_s": TIMEOUT_S})
    if asked.status_code != 202:
        raise NotMeasured(asked.text[:200])
    ended = lambda each: each["kind"] == "rehearsed"  # noqa: E731
    return follow(client, asked.json()["run"], ended, what="end of its rehearsal", within_s=COPIES_WITHIN_S)[-1]


def measure(client: httpx.Client, case: Case, result: Result, *, copies: bool = False) -> None:
    """Start, wait until it is up, ask, stop, and fill in the result.  Raises NotMeasured.

    ``copies``: before it is stopped, copies of it are.
    """
    port, options = free_port(), dict(case.get("options", {}))
    if "client" in case:
        options["ports"] = {f"{PORT}/tcp": port}
    body = {"host": "container", "image": case["image"], "options": options}
    started = client.post("/runs", json=body)
    if started.status_code != 201:
        raise NotMeasured(started.text[:200])
    run, target = started.json()["run"], started.json()["targets"][0]["id"]
    with ExitStack() as stack:
        stack.callback(lambda: client.delete(f"/runs/{run}"))
        began = follow(client, run, lambda each: each["kind"] == "target_started", what="start")[-1]
        result.stop_signal = began["stop_signal"]
        wait_until_up(client, run, case, began["pid"])
        if "client" in case:
            stack.enter_context(visit(case["client"], port))
            until(lambda: ESTABLISHED in sockets(began["pid"]), "the client's connection")
        result.forecast = forecast_of(client, target)
        if copies and "client" not in case:
            result.copy = rehearse(client, began["container_id"])
        stop = client.post(f"/targets/{target}/stop", json={"timeout_s": TIMEOUT_S})
        if stop.status_code != 202:
            raise NotMeasured(stop.text[:200])
        is_end = lambda each: each["kind"] == "stop_finished"  # noqa: E731
        events = follow(client, run, is_end, what="end of the stop", within_s=DOWN_WITHIN_S)
    place = next(index for index, each in enumerate(events) if each["kind"] == "stop_requested")
    result.before = tree(events[:place])
    result.signals = [each for each in events[place:] if each["kind"] == "kernel_signal"]
    if result.before:
        result.kernel = kernels_word(result.signals, result.before[0], result.stop_signal)
    result.taken_along = taken_along(result.signals)
    done = events[-1]
    result.took_s, result.exit_code, result.killed = done.get("took_s"), done.get("exit_code"), done.get("killed")
    result.failed = done.get("error", "")
