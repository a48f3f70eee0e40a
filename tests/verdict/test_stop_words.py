"""What a stop forecast says to people, and how timeouts change it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.signals import parse_signal
from app.targets import HostName
from app.verdict.stop import StopCase, StopSaid, forecast_stop
from tests.verdict.stop_scenarios import processes, scenario

PYTHON = "| python3 | /usr/bin/python3.11 | python3 -m http.server 8080 | ign=1001000 cgt=2"
TINI = "1 0 1 | tini | /usr/bin/tini | tini -- {} | ign=300000 wait=fffffffe3fcffb07"


def forecast(text: str, *, signal: str = "TERM", timeout_s: int = 10, host: HostName = "container") -> StopSaid:
    return forecast_stop(StopCase(processes(text, host=host), parse_signal(signal).number, timeout_s, host))


def test_pid_1_without_a_handler() -> None:
    said = forecast(f"1 0 1 {PYTHON}")
    assert said == StopSaid(
        outcome="sigkill",
        sure=True,
        say="SIGKILL after 10 s",
        why="PID 1 is python3: it has no handler for SIGTERM, and the kernel drops unhandled signals for PID 1.",
        because=("After 10 s the engine sends SIGKILL, unless it has ended by itself.",),
        fix="Run it with --init, or handle SIGTERM.",
    )


def test_the_same_program_that_is_not_pid_1() -> None:
    said = forecast(f"42 0 42 {PYTHON}", host="process")
    assert (said.outcome, said.sure, said.say) == ("at_once", True, "Stops at once")
    assert said.why == "python3 (pid 42) has no handler for SIGTERM, and the default is to end it."
    assert said.fix is None


def test_a_sandbox_has_no_init_option() -> None:
    assert forecast(f"1 0 1 {PYTHON}", host="sandbox").fix == "Run it under an init such as tini, or handle SIGTERM."


def test_what_an_init_kills_without_telling() -> None:
    said = scenario("forwarders", "tini sh").subject
    assert forecast_stop(said).because == ("Not told, and killed with PID 1: python3.",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"1 0 1 {PYTHON}", ("sigkill", True, "SIGKILL at once")),
        (f"42 0 42 {PYTHON}", ("at_once", False, "Stops at once")),
        (TINI.format("python3") + f"\n8 1 8 {PYTHON}", ("at_once", False, "Stops at once")),
        (
            TINI.format("node") + "\n8 1 8 | node | /usr/bin/node | node | cgt=4002",
            ("sigkill", False, "SIGKILL at once"),
        ),
        ("1 0 1 | server | /server | /server | cgt=4000", ("sigkill", False, "SIGKILL at once")),
        ("1 0 1 | server | /server | /server | blk=4000", ("sigkill", False, "SIGKILL at once")),
    ],
    ids=["dropped", "by default", "passed on", "passed on to node", "handler", "blocked"],
)
def test_no_time_at_all(text: str, expected: tuple[str, bool, str]) -> None:
    """The SIGKILL comes about 10 ms later; only the kernel is as fast, and an init.  Measured with docker stop -t 0."""
    said = forecast(text, timeout_s=0)
    assert (said.outcome, said.sure, said.say) == expected


def test_a_local_target_gets_no_10_ms() -> None:
    said = forecast(f"42 0 42 {PYTHON}", timeout_s=0, host="process")
    assert (said.outcome, said.sure) == ("sigkill", False)


def test_without_a_timeout_a_lost_signal_waits_for_ever() -> None:
    said = forecast(f"1 0 1 {PYTHON}", timeout_s=-1)
    assert (said.outcome, said.sure, said.say) == ("unknown", False, "Waits for ever")
    assert "no SIGKILL follows" in said.why
    ended = forecast(TINI.format("python3") + f"\n8 1 8 {PYTHON}", timeout_s=-1)
    assert (ended.outcome, ended.sure) == ("at_once", True)


def test_the_stop_signal_may_be_sigkill_itself() -> None:
    for timeout_s in (0, 10, -1):
        said = forecast(f"1 0 1 {PYTHON}", signal="KILL", timeout_s=timeout_s)
        assert (said.outcome, said.sure, said.say) == ("sigkill", True, "SIGKILL at once")


def test_something_slow_against_the_timeout() -> None:
    slow = "1 0 1 | squid | /usr/sbin/squid | squid -N | cgt=4a03"
    assert forecast(slow, timeout_s=10).say == "SIGKILL after 10 s"
    assert forecast(slow, timeout_s=60).say == "The handler decides, within about 30 s"
    assert not forecast(slow, timeout_s=10).sure


@pytest.mark.parametrize(
    ("text", "signal", "fix"),
    [
        ("1 0 1 | server | /server | /server | cgt=4000", "WINCH",
         "Set the stop signal to SIGTERM: server handles that."),
        ("1 0 1 | server | /server | /server | ign=4000 cgt=2", "TERM",
         "Let server not ignore SIGTERM, or set the stop signal to SIGINT: it handles that."),
        (f"1 0 1 {PYTHON}", "WINCH", "Set the stop signal to SIGTERM and run it with --init, or handle SIGTERM."),
        (TINI.format("python3") + f"\n8 1 8 {PYTHON}", "WINCH",
         "Set the stop signal to SIGTERM: SIGWINCH ends nobody that does not handle it."),
        ("1 0 1 | sh | /usr/bin/dash | sh -c app | cgt=10002 wait4\n7 1 1 | app | /app | app | cgt=4000", "TERM",
         "Let the script start app with exec: then it is PID 1, and it handles SIGTERM."),
        ("1 0 1 | sh | /usr/bin/dash | sh -c app | cgt=10002 wait4\n7 1 1 | app | /app | app |", "TERM",
         "Let the script start app with exec, and run it with --init."),
        ("1 0 1 | systemd | /usr/lib/systemd/systemd | /sbin/init | blk=4004000 sfd=4004000", "TERM",
         "Set the stop signal to SIGRTMIN+3: systemd halts on that."),
    ],
)  # fmt: skip
def test_the_advice(text: str, signal: str, fix: str) -> None:
    assert forecast(text, signal=signal).fix == fix


def test_the_tutorials_three_ways_to_start_httpd() -> None:
    assert forecast_stop(scenario("tutorial", "httpd-wrong").subject).fix == (
        "Let the script start httpd with exec: then it is PID 1, and it handles SIGWINCH."
    )
    stopped_with_winch = forecast_stop(scenario("tutorial", "httpd-trap-image-stopped-with-winch").subject)
    assert stopped_with_winch.fix == "Set the stop signal to SIGTERM: start.sh handles that."
    assert forecast_stop(scenario("tutorial", "httpd-exec").subject).say == "Stops at once"


def test_a_name_cannot_break_a_line() -> None:
    root = replace(processes(f"1 0 1 {PYTHON}")[0], comm="evil\nPID 1 {me} is fine")
    said = forecast_stop(StopCase((root,), 15, 10))
    assert "\n" not in said.why
    assert said.why.startswith("PID 1 is evil?PID 1 {me} is fine: ")


def test_podman_refuses_to_stop_what_is_paused_and_kills_at_once_at_zero() -> None:
    members = processes(f"1 0 1 {PYTHON}")
    paused = tuple(replace(each, subject=replace(each.subject, frozen="v2")) for each in members)
    podman = StopCase(paused, parse_signal("TERM").number, 10, stops_paused=False, signal_at_zero=False)
    said = forecast_stop(podman)
    assert (said.outcome, said.sure, said.say) == ("unknown", False, "Refused while it is paused")
    assert forecast_stop(replace(podman, stops_paused=True)).outcome == "sigkill"
    at_zero = replace(podman, members=members, timeout_s=0)
    assert "SIGKILL alone" in forecast_stop(at_zero).why
    assert "SIGKILL alone" not in forecast_stop(replace(at_zero, signal_at_zero=True)).why
