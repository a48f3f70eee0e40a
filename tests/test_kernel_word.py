"""What the kernel did with a signal, as a reader of the stream sees it.  Real trace: missing, it fails."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.probe.tracefs import PREFIX
from tests.support import (
    RESTS,
    Event,
    EventReader,
    LabUnderTest,
    Person,
    kind,
    prints,
    running_lab,
    runs,
    traces,
    until,
)

pytestmark = pytest.mark.whole


@pytest.fixture
def driver(lab: LabUnderTest) -> Iterator[Person]:
    with lab.person() as person:
        assert person.get("/health").json()["kernel_trace"]["state"] == "ready"
        yield person


def word(events: EventReader, signal: str, **fields: Any) -> Event:
    return events.until(kind("kernel_signal", signal=signal, **fields))


LOOP = "while :; do sleep 30 & wait $!; done"


def test_each_signal_has_its_answer(driver: Person) -> None:
    run, target = driver.command("bash", "-c", f"trap 'echo hit' USR1; trap '' HUP; echo ready; {LOOP}")
    with driver.events(run=run) as events:
        events.until(prints("ready"))
        pid = events.until(kind("target_started"))["pid"]
        for name in ("USR1", "HUP", "WINCH", "TERM"):
            assert driver.post(f"/targets/{target}/signals", {"signal": name}).status_code == 202
            if name == "USR1":
                events.until(prints("hit"))  # when it gets round to it is the scheduler's
        events.until(kind("run_finished"))
        told = [each for each in events.seen if each["kind"] == "kernel_signal" and each["pid"] == pid]
    answers = [(each["signal"], each.get("generated") or each["delivered"]) for each in told]
    assert answers == [
        *(("SIGUSR1", "queued"), ("SIGUSR1", "handler")),
        *(("SIGHUP", "ignored"), ("SIGWINCH", "ignored")),
        *(("SIGTERM", "queued"), ("SIGTERM", "default")),
    ]
    assert {each["sender"] for each in told if "sender" in each} == {"the lab"}
    assert {each["clock"] for each in told} == {"kernel"}
    order = [each["at"] for each in told]
    assert order == sorted(order)


def test_the_first_thing_that_a_target_does_is_told(driver: Person) -> None:
    """It starts when the trace follows, and not earlier."""
    run, _ = driver.command("sh", "-c", "kill -TERM $$")
    with driver.events(run=run) as events:
        events.until(kind("run_finished"))
        pid = events.until(kind("target_started"))["pid"]
    kernel = [each for each in events.seen if each["kind"] == "kernel_signal" and each["pid"] == pid]
    told = [each for each in kernel if each["signal"] == "SIGTERM"]  # its terminal hangs up, too
    assert [each.get("generated") or each["delivered"] for each in told] == ["queued", "default"]
    assert {each["sender_pid"] for each in told if "sender" in each} == {pid}


def test_the_terminal_is_named_as_the_sender(driver: Person) -> None:
    run, target = driver.command("bash", "-c", f"trap 'echo hit' INT WINCH; echo ready; {RESTS}")
    with driver.events(run=run) as events:
        events.until(prints("ready"))
        driver.post(f"/targets/{target}/input", {"data": "\x03"})
        assert word(events, "SIGINT", generated="queued")["sender_kind"] == "terminal"
        assert word(events, "SIGINT", delivered="handler")
        driver.post(f"/targets/{target}/resize", {"cols": 99, "rows": 33})
        assert word(events, "SIGWINCH", generated="queued")["sender_kind"] == "terminal"
        assert driver.client.delete(f"/api/v1/runs/{run}").is_success


def test_what_is_ignored_but_blocked_is_queued_and_then_dropped(driver: Person) -> None:
    """As in the instant in which bash forks: it blocks INT for that, ignored or not."""
    script = """
import signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
print("blocked", flush=True)
sys.stdin.readline()
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
sys.stdin.readline()
"""
    run, target = driver.command("python3", "-c", script)
    with driver.events(run=run) as events:
        events.until(prints("blocked"))
        driver.post(f"/targets/{target}/signals", {"signal": "INT"})
        assert word(events, "SIGINT", generated="queued")
        driver.post(f"/targets/{target}/input", {"data": "\n"})
        assert word(events, "SIGINT", delivered="dropped")
        driver.post(f"/targets/{target}/signals", {"signal": "INT"})
        assert word(events, "SIGINT", generated="ignored")
        assert driver.client.delete(f"/api/v1/runs/{run}").is_success


def test_who_sends_inside_the_target_is_named(driver: Person) -> None:
    script = f"trap 'echo hit' USR1; echo ready; read -r _; (kill -USR1 $$); {RESTS}"
    run, target = driver.command("bash", "-c", script)
    with driver.events(run=run) as events:
        events.until(prints("ready"))
        pid = events.until(kind("target_started"))["pid"]
        driver.post(f"/targets/{target}/input", {"data": "\n"})
        told = word(events, "SIGUSR1", generated="queued")
        assert (told["sender_kind"], told["sender"]) == ("process", "bash")
        assert told["sender_pid"] != told["pid"] == pid
        assert driver.client.delete(f"/api/v1/runs/{run}").is_success


def test_a_forecast_comes_before_the_signal_and_holds(driver: Person) -> None:
    run, _ = driver.command("bash", "-c", f"trap 'echo hit' USR1; trap '' HUP; echo ready; {LOOP}")
    with driver.events(run=run) as events:
        events.until(prints("ready"))
        pid = events.until(kind("target_started"))["pid"]

        def says(event: Event) -> bool:
            """Of the shell at rest: while it starts a child it blocks signals, and that is foretold too."""
            if event["kind"] != "forecast" or event["pid"] != pid:
                return False
            return (fate(event, signal.SIGUSR1), fate(event, signal.SIGTERM)) == ("handler", "terminates")

        told = events.until(says)
        assert fate(told, signal.SIGHUP) == "ignored"
        assert fate(told, signal.SIGWINCH) == "ignored_default"
        assert "inside" not in told, "it has no PID namespace of its own"
        assert driver.client.delete(f"/api/v1/runs/{run}").is_success


def fate(event: Event, number: int) -> str:
    (found,) = [group for group in event["outside"] if int(group["signals"], 16) >> (number - 1) & 1]
    return str(found["fate"])


def test_a_child_is_seen_by_the_trace_and_its_end_is_told(driver: Person) -> None:
    run, target = driver.command("bash", "-c", "echo ready; read -r _; sleep 31 & wait $!; echo over; read -r _")
    with driver.events(run=run) as events:
        events.until(prints("ready"))
        driver.post(f"/targets/{target}/input", {"data": "\n"})
        child = events.until(runs("sleep", "31"))["pid"]  # inside as outside; not all that tells of it says both
        driver.post(f"/targets/{target}/signals", {"signal": "TERM", "pid": child})
        gone = events.until(kind("process_gone", pid=child))
        assert gone["ended"] == "killed"
        assert driver.client.delete(f"/api/v1/runs/{run}").is_success


@pytest.mark.timeout(180)
def test_a_stop_and_a_continue_are_on_the_board_at_once(driver: Person) -> None:
    run, target = driver.command("bash", "-c", f"echo ready; {LOOP}")
    with driver.events(run=run) as events:
        events.until(prints("ready"))
        pid = events.until(kind("target_started"))["pid"]
        assert driver.post(f"/targets/{target}/signals", {"signal": "STOP"}).status_code == 202
        events.next(kind("process_changed", pid=pid, state="T"))
        told = events.next(lambda event: event["kind"] == "forecast" and event["pid"] == pid)
        assert (fate(told, signal.SIGTERM), fate(told, signal.SIGCONT)) == ("pending", "continues")
        assert driver.post(f"/targets/{target}/signals", {"signal": "CONT"}).status_code == 202
        events.next(kind("process_changed", pid=pid, state="S"))
        assert driver.client.delete(f"/api/v1/runs/{run}").is_success


def test_a_storm_of_signals_is_cut_and_says_so(driver: Person) -> None:
    script = (
        "import os, signal\n"
        "signal.signal(signal.SIGUSR1, lambda *_: None)\n"
        "for _ in range(5000): os.kill(os.getpid(), signal.SIGUSR1)\n"
        "print('done', flush=True)\n"
        "signal.pause()\n"
    )
    run, _ = driver.command(sys.executable, "-S", "-c", script)
    with driver.events(run=run) as events:
        events.until(prints("done"))
        events.until(kind("truncated", what="kernel_signals"))
        assert driver.client.delete(f"/api/v1/runs/{run}").is_success
        events.until(kind("run_finished"))
    assert 100 < sum(each["kind"] == "kernel_signal" for each in events.seen) < 2000


def test_two_labs_do_not_mix(lab: LabUnderTest, driver: Person, tmp_path: Path) -> None:
    with running_lab(tmp_path / "other") as other, other.person() as neighbour:
        run, target = driver.command("bash", "-c", f"echo ready; {LOOP}")
        theirs, _ = neighbour.command("bash", "-c", f"echo ready; {LOOP}")
        with driver.events(run=run) as events, neighbour.events(run=theirs) as strangers:
            events.until(prints("ready"))
            strangers.until(prints("ready"))
            driver.post(f"/targets/{target}/signals", {"signal": "TERM"})
            events.until(kind("run_finished"))
            assert neighbour.client.delete(f"/api/v1/runs/{theirs}").is_success
            strangers.until(kind("run_finished"))
        mine = events.until(kind("target_started"))["pid"]
    assert not any(each["kind"] == "kernel_signal" and each["pid"] == mine for each in strangers.seen)


def test_switched_off_it_says_so_and_all_else_works(tmp_path: Path) -> None:
    with running_lab(tmp_path / "data", kernel_trace="off") as lab, lab.person() as person:
        trace = person.get("/health").json()["kernel_trace"]
        assert (trace["state"], trace["reason"]) == ("absent", "it was switched off")
        run, target = person.command("bash", "-c", f"echo ready; {LOOP}")
        with person.events(run=run) as events:
            events.until(prints("ready"))
            events.until(runs("sleep", "30"))
            events.until(kind("forecast"))
            person.post(f"/targets/{target}/signals", {"signal": "TERM"})
            events.until(kind("run_finished"))
        assert not any(each["kind"] == "kernel_signal" for each in events.seen)


def test_nothing_is_left_in_the_kernel(tmp_path: Path) -> None:
    before = traces()
    with running_lab(tmp_path / "data"):
        assert len([name for name in traces() - before if name.startswith(f"{PREFIX}{os.getpid()}-")]) == 2
    until(lambda: traces() <= before, what="the instances are gone")
