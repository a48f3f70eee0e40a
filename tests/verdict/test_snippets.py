"""The lines to copy, run: in a program of their language they do what the advice says.  In containers: tests/engine."""

from __future__ import annotations

import subprocess

import pytest

from app.verdict.signal_state import SignalState
from app.verdict.snippets import handler, passes_on
from app.verdict.tree import ProcessView

PYTHON, NODE, PERL = ("python3", "-c"), ("node", "-e"), ("perl", "-e")


def runs(argv: tuple[str, ...]) -> ProcessView:
    return ProcessView(7, 1, 7, 7, argv[0], argv, None, SignalState(None, is_init=False))


def ended(*command: str) -> int:
    """The exit code of a program that says when it is ready, and then gets SIGTERM."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout
            assert program.stdout.readline() == "ready\n"
            program.terminate()
            return program.wait(timeout=20)
        finally:
            program.kill()


@pytest.mark.parametrize(
    ("argv", "goes_on"),
    [
        (PYTHON, "import time\nprint('ready', flush=True)\nwhile True: time.sleep(.2)"),
        (NODE, "setInterval(() => {}, 60000); console.log('ready');"),
        (PERL, "$| = 1; print qq(ready\\n); sleep 60 while 1;"),
    ],
    ids=lambda each: str(each[0]),
)
def test_a_handler_ends_its_program_with_0(argv: tuple[str, ...], goes_on: str) -> None:
    [given] = handler(runs(argv), "SIGTERM")
    assert ended(*argv, "\n".join((*given.lines, goes_on))) == 0


@pytest.mark.parametrize(
    ("argv", "has_a_child", "ready"),
    [
        (
            PYTHON,
            "import signal, subprocess, sys\nchild = subprocess.Popen(['sleep', '30'])",
            "print('ready', flush=True)",
        ),
        (
            NODE,
            "const child = require('child_process').spawn('sleep', ['30'], { stdio: 'ignore' });",
            "console.log('ready');",
        ),
    ],
    ids=lambda each: str(each[0]),
)
def test_who_passes_it_on_ends_as_its_child_did(argv: tuple[str, ...], has_a_child: str, ready: str) -> None:
    """The child has no handler: 128 + 15, as shells and Docker say it, and not what is left of a negative number."""
    [given] = passes_on(runs(argv), "SIGTERM")
    first, *others = given.lines
    assert ended(*argv, "\n".join((has_a_child, first, ready, *others))) == 143


def test_the_code_is_that_of_the_signal_that_is_passed_on() -> None:
    [given] = passes_on(runs(NODE), "SIGINT")
    assert "code ?? 130" in given.lines[-1]
