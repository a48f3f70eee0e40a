"""What people are told about signals: complete, each with its source, and never at odds with the forecasts."""

from __future__ import annotations

import signal
from urllib.parse import urlsplit

import pytest

from app.resources import PACKAGE
from app.signals import RESERVED, SIGNALS, Signal, name_of, parse_signal
from app.verdict.programs.inits import manner
from app.verdict.programs.practice import MANUALS, ORDER, UNTOLD, practices
from app.verdict.programs.senders import MEASURED, SENDERS, Source, senders_of
from app.verdict.programs.servers import HABITS
from app.verdict.signal_state import SignalState
from app.verdict.tree import ProcessView

ALL = (*SIGNALS, *RESERVED)


def has_a_source(source: Source) -> bool:
    """A title, and an address that a person can open; what was measured here is in a document of ours."""
    if source.title.startswith("measured by this lab: "):
        return source.url == "" and (PACKAGE.parent / source.title.rpartition(" ")[2]).exists()
    where = urlsplit(source.url)
    return bool(source.title.strip()) and where.scheme == "https" and "." in where.netloc


@pytest.mark.parametrize("each", ALL, ids=lambda each: str(each.name))
def test_every_signal_has_a_meaning_and_senders_with_sources(each: Signal) -> None:
    assert each.meaning
    assert each.used_by
    senders = senders_of(each.name, each.group)
    assert senders
    for sender in senders:
        assert sender.who
        assert not sender.when.endswith("."), "the page ends the sentence"
        assert has_a_source(sender.source), sender
    assert len({sender.when for sender in senders}) == len(senders)


def test_nothing_is_told_of_a_signal_that_this_machine_does_not_have() -> None:
    names = {each.name for each in SIGNALS}
    assert set(SENDERS) <= names
    assert set(practices()) <= names


@pytest.mark.parametrize("each", SIGNALS, ids=lambda each: str(each.name))
def test_numbers_are_those_of_this_machine(each: Signal) -> None:
    assert parse_signal(each.name).number == each.number
    if each.number < signal.SIGRTMIN:
        assert signal.Signals(each.number) == getattr(signal, each.name)


def test_every_practice_has_a_text_that_follows_a_name_and_a_source() -> None:
    for name, found in practices().items():
        assert [ORDER.index(each.kind) for each in found] == sorted(ORDER.index(each.kind) for each in found)
        assert len({each.program for each in found}) == len(found), name
        for each in found:
            assert each.text[0].islower(), each
            assert not each.text.endswith("."), each
            assert "something else" not in each.text, "a page that explains must say what"
            assert has_a_source(each.source), each


def test_what_a_server_is_forecast_to_do_is_what_is_told() -> None:
    told = practices()
    for program, habits in HABITS.items():
        if program in UNTOLD:
            continue
        assert program in MANUALS, "a habit without a source"
        for name, habit in habits.items():
            found = [each for each in told.get(name, ()) if each.program == program]
            if MANUALS[program] is MEASURED and name != "SIGTERM":
                assert not found, "of these nothing else was measured"
                continue
            [practice] = found
            assert practice.kind == habit.kind, (program, name)


@pytest.mark.parametrize("program", ["systemd", "supervisord", "s6-svscan", "runsvdir", "make"])
def test_what_an_init_is_forecast_to_do_is_what_is_told(program: str) -> None:
    member = ProcessView(1, 0, 1, 1, program, (program,), None, SignalState(None, is_init=True))
    told = {name: each for name, found in practices().items() for each in found if each.program == program}
    assert told
    for name, practice in told.items():
        forecast = manner(member, parse_signal(name).number)
        assert forecast is None or forecast.kind == practice.kind, (program, name)


def test_systemd_halts_at_once_on_what_the_shell_calls_rtmax_14() -> None:
    """The table counts down from SIGRTMAX in the upper half: SIGRTMIN+16 has another name there."""
    number = signal.SIGRTMIN + 16
    assert name_of(number) == "SIGRTMAX-14"
    systemd = ProcessView(1, 0, 1, 1, "systemd", ("/sbin/init",), None, SignalState(None, is_init=True))
    found = manner(systemd, number)
    assert found
    assert "at once" in found.text


@pytest.mark.parametrize(
    ("program", "signal_name", "kind", "word"),
    [
        ("s6-svscan", "SIGHUP", "stays", "goes on"),
        ("runsvdir", "SIGHUP", "ends", "tells"),
        ("runsvdir", "SIGTERM", "ends", "without telling"),
    ],
)
def test_a_hangup_is_not_a_stop_for_every_manager(program: str, signal_name: str, kind: str, word: str) -> None:
    """Seen with s6 2.11 and runit 2.1: s6-svscan only looks again, runsvdir tells its services and does not wait."""
    member = ProcessView(1, 0, 1, 1, program, (program,), None, SignalState(None, is_init=True))
    found = manner(member, parse_signal(signal_name).number)
    assert found
    assert found.kind == kind
    assert word in found.text


def test_go_ends_by_the_signal_and_only_as_pid_1_with_2() -> None:
    told = {
        name: next(each.text for each in practices()[name] if each.program == "go") for name in ("SIGTERM", "SIGQUIT")
    }
    assert "by the signal" in told["SIGTERM"]
    assert "as PID 1 it exits with 2" in told["SIGTERM"]
    assert told["SIGQUIT"].endswith("ends with 2")


def test_what_is_said_to_be_measured_stands_in_the_measurements() -> None:
    lines = (PACKAGE.parent / "docs/accuracy.md").read_text().splitlines()
    rows = [[cell.strip() for cell in line.split("|")] for line in lines if line.startswith("| ")]
    measured = {(f"SIG{stop}", pid_1) for _, _, pid_1, stop, *_ in rows}
    said = {(name, each.program) for name, of in practices().items() for each in of if each.source is MEASURED}
    assert said
    assert said <= measured
