"""The table against this machine's own `kill -l`, and what input is understood."""

from __future__ import annotations

import re
import signal
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.signals import KEYS, RESERVED, SIGNALS, UnknownSignal, by_number, exit_meaning, name_of, parse_signal


def test_the_table_is_what_the_shell_lists() -> None:
    listed = subprocess.run(["bash", "-c", "kill -l"], capture_output=True, text=True, check=True).stdout
    shell = {int(number): name for number, name in re.findall(r"(\d+)\)\s+(\S+)", listed)}
    assert {each.number: each.name for each in SIGNALS} == shell
    assert len(SIGNALS) == 62
    assert [each.number for each in RESERVED] == [32, 33]


def test_only_kill_and_stop_cannot_be_caught() -> None:
    assert {each.name for each in SIGNALS if not each.catchable} == {"SIGKILL", "SIGSTOP"}


def test_every_signal_says_what_it_means_and_who_uses_it() -> None:
    for each in SIGNALS:
        assert each.meaning.endswith("."), each
        assert each.used_by.endswith("."), each


def test_the_twelve_keys_are_signals() -> None:
    assert len(KEYS) == len(set(KEYS)) == 12
    assert all(parse_signal(key).name == key for key in KEYS)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("TERM", "SIGTERM"),
        ("SIGTERM", "SIGTERM"),
        ("sigterm", "SIGTERM"),
        (" term ", "SIGTERM"),
        ("15", "SIGTERM"),
        (15, "SIGTERM"),
        ("SIGRTMIN+3", "SIGRTMIN+3"),
        ("RTMIN+3", "SIGRTMIN+3"),
        ("37", "SIGRTMIN+3"),
        ("RTMIN", "SIGRTMIN"),
        ("SIGRTMAX", "SIGRTMAX"),
        ("RTMAX-1", "SIGRTMAX-1"),
        ("RTMIN+16", "SIGRTMAX-14"),
        ("IOT", "SIGABRT"),
        ("SIGPOLL", "SIGIO"),
        ("CLD", "SIGCHLD"),
    ],
)
def test_what_is_understood(said: str | int, meant: str) -> None:
    assert parse_signal(said).name == meant


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("TREM", "did you mean TERM"),
        ("0", "not a signal"),
        ("32", "reserved by the C library"),
        (33, "reserved by the C library"),
        ("65", "from 1 to 64"),
        ("-9", "no signal"),
        ("RTMIN+31", "outside"),
        ("", "no signal"),
        ("SIG", "no signal"),
        ("²", "no signal"),
    ],
)
def test_what_is_not_understood_is_explained(said: str | int, answer: str) -> None:
    with pytest.raises(UnknownSignal, match=re.escape(answer)):
        parse_signal(said)


@given(st.sampled_from(SIGNALS))
def test_every_name_and_number_comes_back(each: object) -> None:
    for said in (each.name, each.short, each.number, str(each.number)):  # type: ignore[attr-defined]
        assert parse_signal(said) is each
    assert by_number(each.number) is each  # type: ignore[attr-defined]


@given(st.text(max_size=30))
def test_any_text_is_a_signal_or_an_explanation(said: str) -> None:
    try:
        found = parse_signal(said)
    except UnknownSignal as error:
        assert str(error)
    else:
        assert found in SIGNALS


def test_numbers_are_the_c_librarys() -> None:
    assert name_of(signal.SIGWINCH) == "SIGWINCH"
    assert name_of(99) == "signal 99"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0, "without an error"),
        (137, "128 + 9"),
        (143, "SIGTERM"),
        (1, "own code"),
        (127, "not found"),
        (165, "SIGRTMIN+3"),
    ],
)
def test_an_exit_code_in_plain_words(code: int, words: str) -> None:
    assert words in exit_meaning(code)


def test_137_is_never_called_out_of_memory() -> None:
    assert "memory" not in exit_meaning(137)
    assert "by convention" in exit_meaning(137)
