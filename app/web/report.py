"""The report of a run: one HTML file that shows, replays and holds everything of it, and asks nothing of any network.

It is the stage's own page with its styles and its bundle put into it, over the events of the run.  Its policy, in the
file itself, allows the one script by its hash and no connection at all.  What a program printed is text: in the page by
the same views as always, in the data with every ``<`` written as ``\\u003c``, so that no text can end its element.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import defaultdict
from typing import Any

from markupsafe import Markup

from app.events import now
from app.web.assets import ASSETS
from app.web.facts import Facts
from app.web.pages import templates

STYLE = re.compile(r'<link rel="stylesheet" href="([^"]+)">')
OUTSIDE = re.compile(r'<link rel="icon"[^>]*>\n?|<script src="[^"]*"[^>]*></script>\n?')
MAP = re.compile(r"^/\*# sourceMappingURL=.*\*/$", re.MULTILINE)
# In strings, templates and patterns these are the same; bare they would end, or hide the end of, the script element.
ESCAPED = re.compile(r"<(?=!--|/?script)", re.IGNORECASE)
SKELETON = re.compile(r'<a class="bar-mark" href="/">(.*?)</a>', re.DOTALL)
FIRST = '<meta charset="utf-8">'
SAID = ("id", "kind", "at", "seen_at", "clock", "author", "run")
TEXT_SHOWN = 200_000  # characters of each target's output, where there is no script; the data has all of it


def report(facts: Facts, lines: list[bytes], known: dict[str, Any]) -> bytes:
    """The file.

    Args:
        lines: the recording, an event each.
        known: what the page knows besides: ``experiments`` and the ``table`` of signals.

    Raises Conflict where there is no bundle of the page's sources.
    """
    events = [json.loads(line) for line in lines]
    made = now().strftime("%Y-%m-%d %H:%M UTC")
    script = report_script()
    html = templates.get_template("report.html").render(
        **{"page": "stage", "role": "viewer", "run": facts["run"], "experiment": facts["experiment"] or ""},
        **{
            "title": facts["title"],
            "question": facts["question"],
            "lanes": len(facts["targets"]),
            "imported": facts["imported"],
            "replays": True,
        },
        asset=lambda name: name,
        facts=facts,
        made=made,
        verdicts=[event for event in events if event["kind"] == "verdict"],
        printed=_printed(events),
        lines=[_line(event) for event in events],
        events=_data(b"".join(line + b"\n" for line in lines).decode()),
        known=_data(json.dumps({**known, "made": made})),
        script=Markup(script),  # noqa: S704 (our own modules)
    )
    html = SKELETON.sub(r'<span class="bar-mark">\1</span>', STYLE.sub(_style, OUTSIDE.sub("", html)), count=1)
    return html.lstrip().replace(FIRST, f"{FIRST}\n{_policy(script)}", 1).encode()


def report_script() -> str:
    """The page's modules as one classic script, for a file that is opened from a disk can load no module."""
    return ESCAPED.sub(r"\\x3c", ASSETS.text("js/entries/report.js"))


def _policy(script: str) -> str:
    sha = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    rules = (
        f"default-src 'none'; script-src 'sha256-{sha}'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    )
    return f'<meta http-equiv="Content-Security-Policy" content="{rules}">'


def _style(found: re.Match[str]) -> str:
    return f"<style>{MAP.sub('', ASSETS.text(found[1]))}</style>"


def _data(text: str) -> Markup:
    """JSON for an element of type data, in which nothing is an entity and only ``<`` could mean something."""
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 (escaped here)


def _printed(events: list[dict[str, Any]]) -> dict[str, str]:
    texts: defaultdict[str, list[str]] = defaultdict(list)
    for event in events:
        if event["kind"] == "output":
            texts[event["target"].partition(".")[2]].append(event["text"])
    return {name: "".join(parts)[:TEXT_SHOWN] for name, parts in texts.items()}


def _line(event: dict[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in event.items() if name not in SAID}
    return {**{name: event.get(name) for name in SAID}, "rest": json.dumps(rest, ensure_ascii=False)[:2000]}
