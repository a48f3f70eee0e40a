"""History: which of the kept runs are asked for, newest first, in pages.

A page's place is the moment and the name of the last run on the page before, so that runs which come or go meanwhile
neither repeat nor hide another.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, Literal

from app.errors import BadRequest
from app.web.facts import Facts

Outcome = Literal["running", "killed", "left", "ended", "not_started", "unknown"]
# What people type for an outcome, besides its own name.
WORDS: dict[str, str] = {
    "running": "running live",
    "killed": "killed SIGKILL",
    "left": "left in time",
    "ended": "ended exited",
    "not_started": "not started failed",
    "unknown": "unknown over",
}
WORD = re.compile(r'"([^"]*)"|(\S+)')  # words, or several together between quotes
PLACE = re.compile(r"(\d{1,20})\.([a-z]\d{1,18})")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Place = tuple[int, str]


def page_of(
    runs: list[Facts], *, q: str, outcome: Outcome | None, experiment: str | None, before: str | None, limit: int
) -> dict[str, Any]:
    """Those that match, after ``before``; ``next`` is the place to go on at, None: there are no more.

    Raises BadRequest for a place that is none of ours.
    """
    wanted = [
        facts
        for facts in runs
        if (outcome is None or facts["outcome"] == outcome)
        and (experiment is None or facts["experiment"] == experiment)
        and all(_holds(facts, *each) for each in WORD.findall(q.casefold()))
    ]
    wanted.sort(key=_place, reverse=True)
    total = len(wanted)
    if before is not None:
        place = _read(before)
        wanted = [facts for facts in wanted if _place(facts) < place]
    shown = wanted[:limit]
    more = len(wanted) > limit
    return {"runs": shown, "total": total, "next": "{}.{}".format(*_place(shown[-1])) if more else None}


def _place(facts: Facts) -> Place:
    """When it came here: an imported run is as new as its import."""
    at = datetime.fromisoformat(facts.get("imported_at") or facts["created_at"])
    passed = at - EPOCH
    return (passed.days * 86400 + passed.seconds) * 1_000_000 + passed.microseconds, facts["run"]


def _read(before: str) -> Place:
    found = PLACE.fullmatch(before)
    if not found:
        raise BadRequest("before: this is not a place in the history", hint="Take `next` from the page before.")
    return int(found[1]), found[2]


def _holds(facts: Facts, quoted: str, word: str) -> bool:
    """Numbers match as a whole: 12 finds run 12 and exit code 12, and not run 112."""
    result = facts["result"] or {}
    parts = (
        f"run {facts['number']} {facts['run']}",
        facts["title"],
        facts["experiment"] or "your own",
        facts["question"],
        *facts["commands"],
        *(each["name"] for each in facts["targets"]),
        WORDS[facts["outcome"]],
        "imported" if facts["imported"] else "",
        result.get("verdict") or "",
        "" if result.get("exit_code") is None else f"exit {result['exit_code']}",
    )
    text = "\n".join(parts).casefold()
    wanted = quoted or word
    before, after = r"(?<!\d)" if wanted[:1].isdecimal() else "", r"(?!\d)" if wanted[-1:].isdecimal() else ""
    return re.search(before + re.escape(wanted) + after, text) is not None
