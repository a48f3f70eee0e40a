"""Which form the command of a container has, and what became of it: a form alone decides nothing.

``CMD app`` is stored as ``/bin/sh -c app``, and so is an exec form that spells the shell out: the engine knows no
difference.  Whether a shell stays as PID 1 is the shell's affair (bash, and dash from 0.5.11 on, exec a last command),
so PID 1 is asked, and not the form.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from app.verdict.programs.identity import SHELLS, called, program_of
from app.verdict.setup.said import Fact
from app.verdict.tree import ProcessView

Form = Literal["exec form", "shell form", "script", "unknown"]
_NAMES: dict[Form, str] = {
    "exec form": "the program is started itself",
    "shell form": "a shell is started, and told to start the program",
    "script": "a script is started",
}


def form_of(argv: Sequence[str]) -> Form:
    """Of entrypoint and command together, as the engine starts them."""
    if not argv:
        return "unknown"
    first = argv[0].rpartition("/")[2]
    if first in SHELLS:
        flags = [word for word in argv[1:-1] if word.startswith("-")]
        if any("c" in word.lstrip("-") for word in flags if not word.startswith("--")):
            return "shell form"
        return "script" if any(not word.startswith("-") for word in argv[1:]) else "exec form"
    return "script" if first.endswith((".sh", ".bash")) else "exec form"


def form_fact(argv: Sequence[str], source: str, root: ProcessView | None) -> Fact:
    """``source``: who gave the command.  ``root``: PID 1 now, where it could be seen."""
    form = form_of(argv)
    if form == "unknown":
        return Fact("entrypoint", "unknown", source)
    return Fact("entrypoint", form, source, f"{_first(_NAMES[form])}.{_became(form, root)}")


def _became(form: Form, root: ProcessView | None) -> str:
    if root is None:
        return ""
    shell = program_of(root).runtime == "shell"
    if form == "shell form":
        return " The shell is still there." if shell else f" It has become {called(root)}."
    if shell:
        return " It is a shell." if form == "script" else f" {called(root)} is run by a shell."
    return f" It has become {called(root)}." if form == "script" else ""


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]
