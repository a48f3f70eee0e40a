"""Where words go: logs to stderr, the story (runs, viewers) to stdout, or with ``--log-format json`` all to stderr.

Nothing here may hold the server up: lines are written by a thread, and thrown away when nobody reads them.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from logging.handlers import QueueHandler, QueueListener
from typing import Literal, TextIO

STORY = "signal_lab.story"
TONES = {"missing": "33", "killed": "31"}  # yellow, red
WAITING = 10_000  # lines that nobody has read yet
_CODES = re.compile(r"/(enter|watch)/[\w-]+")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def harmless(text: str) -> str:
    """Text of programs and people on a terminal, or in a log: what would move the cursor is shown as it is written."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def coloured(out: TextIO) -> bool:
    """On a terminal, unless NO_COLOR says otherwise (no-color.org)."""
    return out.isatty() and not os.environ.get("NO_COLOR")


def bold(text: str, out: TextIO) -> str:
    return f"\x1b[1m{text}\x1b[0m" if coloured(out) else text


class _Dropping(QueueHandler):
    def enqueue(self, record: logging.LogRecord) -> None:
        try:
            self.queue.put_nowait(record)
        except queue.Full:
            return


class Plain(logging.Formatter):
    """``colours``: for a record that says in which ``tone`` it is meant."""

    def __init__(self, *, story: bool = False, colours: bool = False) -> None:
        self._colours = colours
        super().__init__("%(asctime)s  %(message)s" if story else "%(asctime)s %(levelname)-7s %(message)s", "%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        text = harmless(_CODES.sub(r"/\1/…", super().format(record)))
        colour = TONES.get(getattr(record, "tone", "")) if self._colours else None
        return f"\x1b[{colour}m{text}\x1b[0m" if colour else text


class JsonLines(logging.Formatter):
    """One object per line: time (RFC 3339, UTC), level, logger, text; event and run where they apply."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "text": _CODES.sub(r"/\1/…", record.getMessage()),
            **{name: getattr(record, name) for name in ("event", "run") if hasattr(record, name)},
        }
        if record.exc_info:
            said["traceback"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=True)


@contextmanager
def logging_to(
    out: TextIO, level: str, form: Literal["text", "json"], err: TextIO | None = None
) -> Iterator[logging.Logger]:
    """Set up logging for as long as the block is open; gives the logger of the story."""
    root, story = logging.getLogger(), logging.getLogger(STORY)
    lines: queue.Queue[logging.LogRecord] = queue.Queue(WAITING)
    logs = logging.StreamHandler(err or sys.stderr)
    logs.setFormatter(JsonLines() if form == "json" else Plain())
    told: list[logging.Handler] = [logs]
    handler = _Dropping(lines)
    root.addHandler(handler)
    for name in ("signal_lab", "uvicorn"):
        logging.getLogger(name).setLevel(level.upper())
    story.setLevel(logging.INFO)
    if form == "text":
        words = logging.StreamHandler(out)
        words.setFormatter(Plain(story=True, colours=coloured(out)))
        words.addFilter(lambda record: record.name == STORY)
        logs.addFilter(lambda record: record.name != STORY)
        told.append(words)
    listener = QueueListener(lines, *told)
    listener.start()
    try:
        yield story
    finally:
        listener.stop()
        root.removeHandler(handler)
