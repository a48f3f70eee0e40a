"""The line of a Dockerfile that says what PID 1 is: where a finding about a stop belongs."""

from __future__ import annotations

import re

_INSTRUCTION = re.compile(r"\s*([A-Za-z]+)\s")
_HEREDOC = re.compile(r"<<-?\s*[\"']?(\w+)[\"']?")
_ESCAPE = re.compile(r"#\s*escape\s*=\s*`", re.IGNORECASE)
_WITH_TEXT = ("RUN", "COPY", "ADD")  # instructions that may be followed by a here-document


def command_line(text: str) -> int:
    """The ENTRYPOINT of the last stage, else its CMD, from 1; 1 where it has neither."""
    lines = text.split("\n")
    escape = "`" if lines and _ESCAPE.match(lines[0]) else "\\"
    found: dict[str, int] = {}
    at = 0
    while at < len(lines):
        begun, line = at, lines[at]
        match = _INSTRUCTION.match(line)
        name = match[1].upper() if match else ""
        if name == "FROM":
            found = {}
        elif name in ("CMD", "ENTRYPOINT"):
            found[name] = begun + 1
        while lines[at].rstrip().endswith(escape) and at + 1 < len(lines):
            at += 1
            while lines[at].lstrip().startswith("#") and at + 1 < len(lines):  # a comment does not end an instruction
                at += 1
        for end in _HEREDOC.findall(line) if name in _WITH_TEXT else []:
            while at + 1 < len(lines) and lines[at].strip() != end:
                at += 1
        at += 1
    return found.get("ENTRYPOINT") or found.get("CMD") or 1
