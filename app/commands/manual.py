"""The manual page, from the command's own help and the settings, in roff on stdout.

``make man`` writes it to build/man; the wheel has it as share/man/man1/signal-lab.1, where `man signal-lab` finds it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import typer
from typer.core import TyperGroup

from app import __version__
from app.cli import app
from app.commands.run import Dashed
from app.settings import Settings

HEAD = f"""\
.TH SIGNAL\\-LAB 1 "" "signal\\-lab {__version__}" "Signal Lab"
.SH NAME
signal\\-lab \\- a live lab for Linux signals and docker stop, in the browser
.SH SYNOPSIS
\\fBsignal\\-lab\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR...] [\\fIARGUMENT\\fR...]
"""
TAIL = """\
.SH EXIT STATUS
.TP
.B 0
It came out as asked.
.TP
.B 1
It did not.
.TP
.B 2
Called wrongly.
.TP
.B 3
No lab answers, or it ended meanwhile.
.B check
and
.B doctor
leave with it where they could not tell.
.TP
.B 130, 143
Ended by Ctrl\\-C, by SIGTERM.
.SH SEE ALSO
.BR kill (1),
.BR docker\\-stop (1),
.BR signal (7),
.BR pid_namespaces (7)
"""


def text(words: str) -> str:
    """As roff shows it letter by letter: no line of it is a request, no part of it an escape."""
    plain = words.replace("\\", "\\e").replace("-", "\\-").replace("`", "\\(ga").replace("'", "\\(aq")
    safe = "".join(each if each.isascii() else f"\\[u{ord(each):04X}]" for each in plain)
    return "\n".join(f"\\&{line}" if line.startswith(".") else line for line in safe.splitlines())


def commands(group: TyperGroup, *above: str) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, *above, name)
        elif not getattr(command, "hidden", False):
            yield " ".join((*above, name)), command


def placeholder(param: Any) -> str:
    return text(str(param.metavar or str(param.name).strip("_").upper()))


def usage(command: Any) -> str:
    """Its arguments, behind the options: "TARGET [SIGNAL]"."""
    said = []
    for each in command.params:
        if each.param_type_name == "argument":
            name = placeholder(each)
            more = "..." if each.nargs == -1 and not name.endswith("...") else ""
            said.append(name + more if each.required or name.startswith("[") else f"[{name}]{more}")
    if isinstance(command, Dashed):
        said.append("[\\-\\- COMMAND...]")
    return " ".join(said)


def section(name: str, command: Any) -> Iterator[str]:
    yield f'.SS "{" ".join(filter(None, (text(name), usage(command))))}"'
    for number, paragraph in enumerate((command.help or "").split("\n\n")):
        yield from ([".PP"] if number else []) + [text(" ".join(paragraph.split()))]
    for each in command.params:
        if each.param_type_name != "argument" and each.name != "help" and not each.hidden:
            names = ", ".join(f"\\fB{text(one)}\\fR" for one in (*each.opts, *each.secondary_opts))
            yield from (".TP", names if each.is_flag else f"{names} \\fI{placeholder(each)}\\fR")
            yield text(each.help or "")
        elif each.param_type_name == "argument" and each.help:
            yield from (".TP", f"\\fI{placeholder(each)}\\fR", text(each.help))
    examples = [line for line in (command.epilog or "").splitlines() if "signal-lab" in line]
    if examples:
        yield from (".PP", "Examples:", ".PP", ".nf", *(text(line) for line in examples), ".fi")


def page() -> str:
    root = typer.main.get_command(app)
    assert isinstance(root, TyperGroup)
    lines = [".SH DESCRIPTION", text(" ".join((root.help or "").split()))]
    lines += [text("Start it with `signal-lab serve`, and open the link that it prints.")]
    lines += [".SH COMMANDS"]
    for name, command in commands(root):
        lines += section(name, command)
    lines += [".SH ENVIRONMENT"]
    for name, field in Settings.model_fields.items():
        lines += [".TP", f"\\fBSIGNAL_LAB_{name.upper()}\\fR", text(field.description or "")]
    lines += [".TP", "\\fBNO_COLOR\\fR", "Where it is set, nothing is coloured."]
    return HEAD + "\n".join(lines) + "\n" + TAIL


if __name__ == "__main__":
    sys.stdout.write(page())
