"""Reports of one check: each takes the same ``Checked`` and gives the text of a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

from app.commands.check.outcome import Checked
from app.commands.check.reports.as_json import as_json
from app.commands.check.reports.github import workflow_commands
from app.commands.check.reports.gitlab import gitlab
from app.commands.check.reports.junit import junit
from app.commands.check.reports.sarif import sarif
from app.commands.check.reports.text import text

Kind = Literal["text", "json", "junit", "sarif", "github", "gitlab"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MAKERS: dict[Kind, Callable[[Checked], str]] = {
    "text": text,
    "json": as_json,
    "junit": junit,
    "sarif": sarif,
    "github": workflow_commands,
    "gitlab": gitlab,
}
