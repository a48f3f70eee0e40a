"""The table against this machine's own `kill -l`, and what input is understood."""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.signals import (
    KEYS,
    RESERVED,
    SIGNALS,
    Signal,
    UnknownSignal,
    by_number,
    exit_meaning,
    name_of,
    named_so,
    parse_signal,
)


def test_the_table_is_what_the_shell_lists() -> None:
    listed = subprocess.run(["bash", "-c", "kill -l"], capture_output=True, text=True, check=True).stdout
    shell = {int(number): name for number, name in re.findall(r"(\d+)\)\s+(\S+)", listed)}
    assert {each.number: each.name for each in SIGNALS} == shell
    assert len(SIGNALS) == 62
    assert [each.number for each in SIGNALS] == sorted(shell)
    assert [(each.number, each.name, each.group) for each in RESERVED] == [
        (32, "SIG32", "reserved"),
        (33, "SIG33", "reserved"),
    ]


def test_only_kill_and_stop_cannot_be_caught() -> None:
    assert {each.name for each in SIGNALS if not each.catchable} == {"SIGKILL", "SIGSTOP"}


def test_default_actions_are_those_of_the_kernel() -> None:
    """The four sets of the kernel's own header; all others end the process."""
    by_action = {
        action: {each.short for each in SIGNALS if each.default == action}
        for action in ("ignore", "continue", "stop", "core")
    }
    assert by_action == {
        "ignore": {"CHLD", "URG", "WINCH"},
        "continue": {"CONT"},
        "stop": {"STOP", "TSTP", "TTIN", "TTOU"},
        "core": {"QUIT", "ILL", "TRAP", "ABRT", "FPE", "SEGV", "BUS", "SYS", "XCPU", "XFSZ"},
    }


@pytest.mark.parametrize("each", SIGNALS, ids=lambda each: str(each.name))
def test_the_kernel_does_what_the_table_says(each: Signal) -> None:
    """A fresh process with every signal at its default is sent it, and the wait status tells.

    In a process group of its own, which we could continue: in an orphaned one the kernel lets a TSTP fall.
    """
    victim = subprocess.Popen(["sleep", "600"], restore_signals=True, preexec_fn=_no_core, process_group=0)
    try:
        victim.send_signal(each.number)
        if each.default in ("terminate", "core"):
            assert victim.wait(10) == -each.number
        elif each.default == "stop":
            assert os.WIFSTOPPED(os.waitpid(victim.pid, os.WUNTRACED)[1])
        else:  # nothing happens: the next signal is the one that ends it
            victim.send_signal(signal.SIGTERM)
            assert victim.wait(10) == -signal.SIGTERM
    finally:
        victim.kill()
        victim.wait()


def _no_core() -> None:
    """In the child, before it becomes `sleep`: no core files, and nothing inherited that is ignored."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for number in range(1, signal.SIGRTMAX + 1):
        if number not in (signal.SIGKILL, signal.SIGSTOP, 32, 33):
            signal.signal(number, signal.SIG_DFL)


def test_every_signal_says_what_it_means_and_who_uses_it() -> None:
    for each in (*SIGNALS, *RESERVED):
        assert each.meaning.endswith("."), each
        assert each.used_by.endswith("."), each


def test_the_twelve_keys_are_signals() -> None:
    assert len(KEYS) == len(set(KEYS)) == 12
    groups = [parse_signal(key).group for key in KEYS]
    assert [parse_signal(key).name for key in KEYS] == list(KEYS)
    assert groups == ["leave"] * 4 + ["tell"] * 4 + ["pause"] * 3 + ["force"]


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
        ("TREM", "did you mean SIGTERM?"),
        ("SIGKIL", "did you mean SIGKILL?"),
        (0, "only asks whether a process exists"),
        ("0", "not a signal"),
        ("32", "reserved by the C library"),
        (33, "reserved by the C library"),
        ("65", "from 1 to 64"),
        ("-9", "no signal"),
        ("RTMIN+31", "outside"),
        ("", "no signal"),
        ("SIG", "no signal"),
        ("²", "no signal"),
        ("ſIGTERM", "no signal"),
        (-1, "from 1 to 64"),
    ],
)
def test_what_is_not_understood_is_explained(said: str | int, answer: str) -> None:
    with pytest.raises(UnknownSignal, match=re.escape(answer)):
        parse_signal(said)


@pytest.mark.parametrize("digits", [41, 5000])
def test_numbers_beyond_what_python_prints_are_refused_too(digits: int) -> None:
    for said in ("9" * digits, 10**digits):
        with pytest.raises(UnknownSignal):
            parse_signal(said)


@pytest.mark.parametrize("said", ["²", "SIG²", "１５", "SIG٩"])
def test_digits_that_are_none_here_are_refused_and_never_an_error(said: str) -> None:
    for read in (parse_signal, named_so):
        with pytest.raises(UnknownSignal):
            read(said)


@given(st.sampled_from(SIGNALS))
def test_every_name_and_number_comes_back(each: Signal) -> None:
    for said in (each.name, each.short, each.name.lower(), each.number, str(each.number)):
        assert parse_signal(said) is each
    assert by_number(each.number) is each
    assert name_of(each.number) == each.name


@given(st.text() | st.from_regex(r"(?i)(sig)?rtm(in|ax)[+-]?[0-9]{0,3}") | st.integers())
def test_any_text_is_a_signal_or_an_explanation(said: str | int) -> None:
    try:
        found = parse_signal(said)
    except UnknownSignal as error:
        assert str(error)
    else:
        assert found in SIGNALS


def test_numbers_are_the_c_librarys() -> None:
    assert name_of(signal.SIGWINCH) == "SIGWINCH"
    assert name_of(32) == "SIG32"
    assert name_of(99) == "signal 99"
    assert by_number(32) in RESERVED


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0, "ended by itself, without an error"),
        (1, "the program's own code for an error"),
        (2, "the program's own code for an error"),
        (125, "by convention: the engine itself failed, the command was not run"),
        (126, "by convention of engine and shell: the command cannot be executed"),
        (127, "by convention of engine and shell: the command was not found"),
        (128, "the program's own code for an error"),
        (143, "128 + 15: by convention ended by SIGTERM, but a program can return this number itself"),
        (165, "128 + 37: by convention ended by SIGRTMIN+3, but a program can return this number itself"),
        (193, "the program's own code for an error"),
        (255, "the program's own code for an error, often written as -1"),
    ],
)
def test_an_exit_code_in_plain_words(code: int, words: str) -> None:
    assert exit_meaning(code) == words


def test_137_is_never_called_out_of_memory() -> None:
    assert exit_meaning(137) == "128 + 9: by convention ended by SIGKILL, but a program can return this number itself"
