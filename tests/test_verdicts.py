"""Verdicts on real processes and sandboxes: what is said, and that each sentence is proven by events that exist."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import RESTS, Event, EventReader, LabUnderTest, Person, kind, prints, running_lab

pytestmark = [pytest.mark.whole, pytest.mark.timeout(90)]

LOOP = "while :; do sleep 30 & wait $!; done"
# As PID 1 of a sandbox, or as an ordinary process: its first thread blocks QUIT, another one does not.
TWO_THREADS = """
import signal, threading, time
threading.Thread(target=lambda: [time.sleep(60) for _ in range(9)], daemon=True).start()
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGQUIT])
print('ready', flush=True)
while True: time.sleep(60)
"""
WAITS = """
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
print('ready', flush=True)
while True: print(signal.sigwait([signal.SIGUSR1]).name, flush=True)
"""


@pytest.fixture
def driver(lab: LabUnderTest) -> Iterator[Person]:
    with lab.person() as person:
        assert person.get("/health").json()["kernel_trace"]["state"] == "ready"
        yield person


def start(person: Person, host: str, *command: str, **options: Any) -> tuple[str, str]:
    reply = person.post("/runs", {"host": host, "command": command, "options": options})
    assert reply.status_code == 201, reply.text
    return reply.json()["run"], reply.json()["targets"][0]["id"]


def send(person: Person, target: str, signal: str, **more: Any) -> int:
    reply = person.post(f"/targets/{target}/signals", {"signal": signal, **more})
    assert reply.status_code == 202, reply.text
    return int(reply.json()["event_id"])


def proven(events: EventReader, verdict: Event) -> Event:
    """Every sentence names events, and each of them was told before."""
    known = {each["id"] for each in events.seen}
    assert verdict["said"], verdict
    for each in verdict["said"]:
        assert each["evidence"], each
        assert {*each["evidence"]} <= known, each
        assert max(each["evidence"]) < verdict["id"], each
    assert {*verdict["evidence"]} == {number for each in verdict["said"] for number in each["evidence"]}
    return verdict


def verdict_on(events: EventReader, request: int | None, **fields: Any) -> Event:
    wanted = kind("verdict", **fields)
    return proven(events, events.until(lambda event: wanted(event) and event.get("request") == request))


def says(verdict: Event) -> str:
    return " ".join(each["text"] for each in verdict["said"])


def test_a_trap_that_only_prints_and_then_the_end(driver: Person) -> None:
    run, target = start(driver, "process", "bash", "-c", f"trap 'echo hit' USR1; trap '' HUP; echo ready; {LOOP}")
    with driver.events(run=run) as events:
        events.until(prints("ready"))
        events.until(kind("forecast"))
        usr1 = send(driver, target, "USR1")
        found = verdict_on(events, usr1, outcome="handled_and_went_on")
        assert "ran its handler for SIGUSR1 and went on" in found["text"]
        assert "the target printed “hit”" in says(found)
        assert verdict_on(events, send(driver, target, "HUP"), outcome="ignored")["held"] == "held"
        winch = verdict_on(events, send(driver, target, "WINCH"), outcome="ignored")
        assert "its default action is to do nothing" in winch["text"]
        term = verdict_on(events, send(driver, target, "TERM"), outcome="default_action")
        assert "143 is 128 + 15: its wait status says that SIGTERM ended it" in says(term)
        events.until(kind("run_finished"))
    ends = [each for each in events.seen if each["kind"] == "verdict" and each.get("request") is None]
    assert ends == [], "the end was told by the signal's verdict"


def test_what_pid_1_does_not_handle_is_dropped_from_inside_even_sigkill(driver: Person) -> None:
    run, target = start(driver, "sandbox", "bash", "-c", "echo ready; while :; do read -r _; done")
    with driver.events(run=run) as events:
        events.until(prints("ready"))
        events.until(kind("forecast"))
        term = verdict_on(events, send(driver, target, "TERM"), outcome="dropped", held="held")
        assert "PID 1 (bash) has no handler for SIGTERM, and the kernel drops" in term["text"]
        inside = verdict_on(events, send(driver, target, "KILL", **{"from": "inside"}), outcome="dropped")
        assert "from inside its own PID namespace not even this reaches it" in inside["text"]
        outside = verdict_on(events, send(driver, target, "KILL"), outcome="default_action")
        assert "SIGKILL ended PID 1 (bash)" in outside["text"]


def test_queued_and_dropped_when_it_is_to_be_taken(driver: Person) -> None:
    run, target = start(driver, "sandbox", "python3", "-c", TWO_THREADS)
    with driver.events(run=run) as events:
        events.until(prints("ready"))
        found = verdict_on(events, send(driver, target, "QUIT"), outcome="queued_then_dropped")
        assert "was queued for PID 1 (python3) and dropped when it was to be taken" in found["text"]


def test_pending_one_of_a_kind_and_then_handled(driver: Person) -> None:
    script = "\n".join(
        (
            "import signal",
            "signal.signal(signal.SIGUSR1, lambda *_: print('hit', flush=True))",
            "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])",
            "print('ready', flush=True)",
            "input()",
            "signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])",
            "input()",
        )
    )
    run, target = start(driver, "process", "python3", "-c", script)
    with driver.events(run=run) as events:
        events.until(prints("ready"))
        events.until(lambda event: int((event.get("dispositions") or {}).get("blocked", "0"), 16) & 1 << 9 != 0)
        first, second = send(driver, target, "USR1"), send(driver, target, "USR1")
        assert "blocks SIGUSR1: it is pending" in verdict_on(events, first, outcome="pending")["text"]
        assert "keeps one of a kind" in verdict_on(events, second, outcome="already_pending")["text"]
        driver.post(f"/targets/{target}/input", {"data": "\n"})
        later = verdict_on(events, first, outcome="handled_and_went_on")
        assert later["held"] == "held", "it waited, as foretold"


def test_an_end_without_any_signal(driver: Person) -> None:
    run, _ = start(driver, "process", "bash", "-c", "read -r -t 0.2 _; exit 7")
    with driver.events(run=run) as events:
        found = verdict_on(events, None, outcome="by_itself")
    assert "ended by itself, with 7" in found["text"]
    assert "its own doing, not a signal's" in says(found)


def test_taken_by_sigwait_without_a_word_of_the_kernel(driver: Person) -> None:
    run, target = start(driver, "process", "python3", "-c", WAITS)
    with driver.events(run=run) as events:
        events.until(prints("ready"))
        events.until(lambda event: int((event.get("dispositions") or {}).get("waited", "0"), 16) & 1 << 9 != 0)
        found = verdict_on(events, send(driver, target, "USR1"), outcome="taken")
        assert "takes it by sigwait(3)" in found["text"]
        assert "printed “SIGUSR1”" in says(found) or found["held"] == "held"


def test_a_group_is_told_process_by_process(driver: Person) -> None:
    run, target = start(driver, "process", "bash", "-c", "trap 'echo hit' INT; sleep 600 & echo ready; wait; read -r _")
    with driver.events(run=run) as events:
        events.until(prints("ready"))
        events.until(lambda event: event.get("comm") == "sleep")
        events.until(kind("forecast"))
        found = verdict_on(events, send(driver, target, "INT", group=True), outcome="handled_and_went_on")
    assert "1 more of its process group was sent it too" in found["text"]
    assert "ignores SIGINT by its own choice" in says(found), "a background job of a script"


def test_who_sent_what_to_whom(driver: Person) -> None:
    child = "trap 'echo child; exit 0' TERM; echo child is ready; while :; do sleep 30 & wait \\$!; done"
    script = f'bash -c "{child}" & c=$!; trap "kill $c; wait $c; exit 3" TERM; echo parent is ready; wait $c'
    run, target = start(driver, "process", "bash", "-c", script)
    with driver.events(run=run) as events:
        events.until(prints("child is ready"))
        events.until(prints("parent is ready"))
        request = send(driver, target, "TERM")
        found = verdict_on(events, request, outcome="handled_and_exited")
        events.until(kind("run_finished"))
    assert "exited with 3" in found["text"]
    told = says(found)
    assert "sent SIGTERM to bash" in told
    assert told.count("ran its handler for SIGTERM") >= 2


def test_ctrl_c_is_said_to_be_the_terminals(driver: Person) -> None:
    run, target = start(driver, "process", "bash", "-c", f"trap 'exit 4' INT; echo ready; {RESTS}")
    with driver.events(run=run) as events:
        events.until(prints("ready"))
        driver.post(f"/targets/{target}/input", {"data": "\x03"})
        found = verdict_on(events, None, outcome="handled_and_exited")
    assert "ran its handler for SIGINT from the terminal and exited with 4" in found["text"]
    assert "The terminal sent SIGINT to bash" in says(found)


def test_a_stop_of_somebody_who_does_not_wait(driver: Person) -> None:
    run, target = start(driver, "sandbox", "bash", "-c", "echo ready; while :; do read -r _; done")
    with driver.events(run=run) as events:
        events.until(prints("ready"))
        stop = driver.post(f"/targets/{target}/stop", {"timeout_s": 30}).json()["event_id"]
        events.until(kind("kernel_signal", signal="SIGTERM", generated="ignored"))
        assert driver.post(f"/targets/{target}/kill").status_code == 202
        found = verdict_on(events, stop, outcome="sigkill_asked")
    assert "Killed after" in found["text"]
    assert "drops unhandled signals for PID 1" in found["text"]
    assert "did not wait any longer and asked for SIGKILL" in says(found)
    assert found["held"] == "open", "the forecast spoke of 30 s"


def test_it_died_of_something_else_meanwhile(driver: Person) -> None:
    run, target = start(
        driver, "process", "bash", "-c", "trap 'echo hit' TERM; echo ready; while :; do sleep 0.2; done"
    )
    with driver.events(run=run) as events:
        events.until(prints("ready"))
        stop = driver.post(f"/targets/{target}/stop", {"timeout_s": 30}).json()["event_id"]
        events.until(prints("hit"))
        other = send(driver, target, "USR2")
        found = verdict_on(events, stop, outcome="something_else")
        assert "SIGUSR2" in found["text"]
        assert verdict_on(events, other, outcome="default_action")["signal"] == "SIGUSR2"


def test_a_timeout_of_nothing_and_one_without_end(driver: Person) -> None:
    run, target = start(driver, "process", "bash", "-c", "trap 'sleep 5' TERM; echo ready; while :; do read -r _; done")
    with driver.events(run=run) as events:
        events.until(prints("ready"))
        stop = driver.post(f"/targets/{target}/stop", {"timeout_s": 0}).json()["event_id"]
        found = verdict_on(events, stop, outcome="sigkill_at_timeout")
        assert "with a timeout of 0, SIGKILL follows the signal at once" in found["text"]
    run, target = start(driver, "process", "bash", "-c", f"trap 'exit 5' TERM; echo ready; {RESTS}")
    with driver.events(run=run) as events:
        events.until(prints("ready"))
        stop = driver.post(f"/targets/{target}/stop", {"timeout_s": -1}).json()["event_id"]
        found = verdict_on(events, stop, outcome="handled_and_exited")
        assert "with SIGTERM and no timeout" in says(found)
        assert "exited with 5" in found["text"]


def test_what_the_lab_ends_is_nobodys_request(driver: Person) -> None:
    run, target = start(driver, "process", "sleep", "600")
    with driver.events(run=run) as events:
        events.until(kind("process_appeared"))
        assert driver.client.delete(f"/api/v1/runs/{run}").status_code in (200, 202, 204)
        found = verdict_on(events, None, outcome="ended_by_lab")
    assert found["target"] == target
    assert "the lab ended it" in found["text"]


def test_without_the_kernels_word_it_is_unknown_and_says_what_would_tell(tmp_path: Path) -> None:
    with running_lab(tmp_path / "data", kernel_trace="off") as lab, lab.person() as person:
        run, target = start(person, "process", "bash", "-c", f"trap 'echo hit' USR1; echo ready; {RESTS}")
        with person.events(run=run) as events:
            events.until(prints("ready"))
            found = verdict_on(events, send(person, target, "USR1"), outcome="unknown")
            assert "What the kernel did with SIGUSR1 is not known" in found["text"]
            assert "would tell" in says(found)
            stop = person.post(f"/targets/{target}/stop", {"timeout_s": 9}).json()["event_id"]
            ended = verdict_on(events, stop, outcome="unknown")
            assert "Ended after" in ended["text"]


def test_many_signals_at_once_have_a_verdict_each(driver: Person) -> None:
    run, target = start(driver, "process", "bash", "-c", f"trap 'echo hit' RTMIN; echo ready; {LOOP}")
    with driver.events(run=run) as events:
        events.until(prints("ready"))
        asked = [send(driver, target, "RTMIN") for _ in range(60)]
        for request in asked:
            verdict_on(events, request, outcome="handled_and_went_on")
    words = [each["evidence"] for each in events.seen if each["kind"] == "verdict"]
    assert len({tuple(each) for each in words}) >= 60, "each by events of its own"
