"""Untrusted text in reports: what an image prints, or calls its processes, is text everywhere and never a command."""

from __future__ import annotations

import re

from app.serve.logs import harmless

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~])")
_NOT_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


def one_line(text: str) -> str:
    """For a terminal or a build log: one line, nothing that moves the cursor, and no command of a build server.

    GitHub's runner takes a line that begins with ``::``, after blanks, and ``##[`` anywhere, for one.
    """
    plain = harmless(text.replace("\r", "\\r").replace("\n", "\\n")).replace("##[", "## [")
    return re.sub(r"^(\s*):(?=:)", r"\1: ", plain)


def quoted(text: str) -> str:
    """A line that a program has printed, marked as such."""
    return f"| {one_line(text)}"


def command_data(text: str) -> str:
    """The message of a GitHub workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def command_property(text: str) -> str:
    """A property of one."""
    return command_data(text).replace(":", "%3A").replace(",", "%2C")


def markdown(text: str) -> str:
    """A cell of a table: no link, no markup, no HTML."""
    plain = one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKDOWN.sub(r"\\\1", plain)


def xml(text: str) -> str:
    """Without what XML 1.0 cannot hold; its own signs are the writer's to escape."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def sarif_message(text: str) -> str:
    """Plain text of a message: SARIF knows links ``[text](target)`` and places ``{0}`` in it."""
    return re.sub(r"\{(\d+)\}", r"{{\1}}", harmless(text).replace("](", "] ("))
