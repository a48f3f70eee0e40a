"""The manual page: all of the command line is in it, and nothing in it is roff by accident."""

from __future__ import annotations

import re

from app.commands.manual import page, text
from app.settings import Settings
from tests.commands.test_examples import COMMANDS

REQUESTS = {".TH", ".SH", ".SS", ".PP", ".TP", ".B", ".BR", ".nf", ".fi"}
ESCAPES = re.compile(r"\\(?:-|e|&|f[BIR]|\(ga|\(aq|\[u[0-9A-F]{4,6}\])")


def test_what_is_written_in_help_is_shown_as_it_is_written() -> None:
    assert text(".SH x") == "\\&.SH x"
    assert text("'s a \\f\n.b -c …") == "\\(aqs a \\ef\n\\&.b \\-c \\[u2026]"


def test_it_is_a_page_that_man_can_read() -> None:
    lines = page().splitlines()
    assert lines[0].startswith('.TH SIGNAL\\-LAB 1 "" "signal\\-lab ')
    assert lines[1:3] == [".SH NAME", "signal\\-lab \\- a live lab for Linux signals and docker stop, in the browser"]
    open_ = False
    for number, line in enumerate(lines):
        assert line.isascii()
        assert line, f"line {number}: an empty line is a gap that nobody asked for"
        assert not line.startswith("'")
        assert "\\" not in ESCAPES.sub("", line), line
        assert line.count("\\fR") == len(re.findall(r"\\f[BI]", line)), "each bold or italic word ends"
        if line.startswith("."):
            assert line.split()[0] in REQUESTS, line
            assert line.count('"') % 2 == 0
        if line in (".nf", ".fi"):
            assert open_ == (line == ".fi"), "examples begin and end in turn"
            open_ = line == ".nf"
        if line == ".TP":
            assert not lines[number + 1].startswith((".TP", ".PP", ".S")), "a tag stands under it"
            assert not lines[number + 2].startswith("."), "and what it means"
    assert not open_


def test_every_command_flag_and_variable_is_in_it() -> None:
    told = page().replace("\\-", "-")
    sections = dict(
        re.findall(r'^\.SS "([a-z]+(?: build| list)?)[^"]*"\n(.*?)(?=^\.S)', told, re.MULTILINE | re.DOTALL)
    )
    assert list(sections) == list(COMMANDS)
    for name, command in COMMANDS.items():
        shown = {flag for each in command.params if not getattr(each, "hidden", False) for flag in each.opts}
        flags = {flag for flag in shown if flag.startswith("-")} - {"--help", "-h"}
        assert flags <= set(re.findall(r"\\fB(-[\w-]+)\\fR", sections[name])), name
        assert "--token\\fR" not in sections[name], "what is hidden stays so"
        assert f"signal-lab {name}" in sections[name], "with its examples"
    variables = {f"SIGNAL_LAB_{name.upper()}" for name in Settings.model_fields}
    assert variables <= set(re.findall(r"\\fB(SIGNAL_LAB_\w+)\\fR", told))
