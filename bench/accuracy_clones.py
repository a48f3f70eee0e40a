"""The second half of the page of ``bench/accuracy.py``: what copies of the same containers showed.  No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bench.accuracy_page import Result

Lane = dict[str, Any]
RESULTS = {"held": "held", "not_clean": "held, not clean", "not_held": "killed", "unknown": "could not tell"}
MUCH_S, TIMES = 1.0, 2.0  # a copy's time is another one when it is so much more, and so many times as long


def copied(results: Sequence[Result]) -> list[Result]:
    return [each for each in results if each.copy]


def same(result: Result) -> bool | None:
    """Whether the copy came to what its original came to; None: it could not be told."""
    lane: Lane = result.copy["before"] if result.copy else {}
    if not lane or lane["result"] == "unknown" or result.verdict == "failed":
        return None
    low, high = sorted((lane["took_s"] or 0.0, result.took_s or 0.0))
    return lane["killed"] == result.killed and (high - low < MUCH_S or high < TIMES * low)


def counts(results: Sequence[Result]) -> str:
    found = copied(results)
    told = [same(each) for each in found]
    bad = [each.copy for each in found if each.copy and each.copy["before"]["result"] == "not_held"]
    tried = [each["after"] for each in bad if each.get("after")]
    held = [each for each in tried if each["result"] in ("held", "not_clean")]
    clean = sum(each["result"] == "held" for each in held)
    advised = sum(bool(each.get("fix")) for each in bad)
    return (
        f"{len(found)} copies: {told.count(True)} came to the same as the original, {told.count(False)} to something "
        f"else, of {told.count(None)} it could not be told. {len(bad)} were killed; for {advised} of these something "
        f"would help, and {len(tried)} could be created with it: {len(held)} then stopped in time, {clean} clean."
    )


def section(results: Sequence[Result]) -> list[str]:
    """Lines of Markdown; none where no copy was made."""
    if not copied(results):
        return []
    lines = [
        "",
        "## On a copy",
        "",
        f"**{counts(results)}**",
        "",
        "Before each of these was stopped, a rehearsal made a copy of it: without network, stopped as it is, and where",
        "that did not hold, once more with what its verdict advises ([rehearsal](rehearsal.md)). Cases with a client",
        "are not among them: a copy has none. *The same*: killed or not as the original was, and about as fast.",
        "The original was stopped when its copies had been, up to a minute later: what ends by itself meanwhile counts",
        "as another end.",
        "",
        "| case | the original | the copy | the same | what would help | with that |",
        "|---|---|---|---|---|---|",
    ]
    words = {True: "yes", False: "**no**", None: "–"}
    for each in copied(results):
        assert each.copy
        original = f"{'killed' if each.killed else 'held'}, {each.took_s:.1f} s" if each.took_s is not None else "–"
        after, fix = each.copy.get("after"), str(each.copy.get("fix") or "–")
        cells = (
            each.name,
            original,
            _lane(each.copy["before"]),
            words[same(each)],
            fix,
            _lane(after) if after else "–",
        )
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return lines


def _lane(lane: Lane) -> str:
    took = f", {lane['took_s']:.1f} s, exit {lane['exit_code']}" if lane.get("took_s") is not None else ""
    why = f": {lane['text']}" if lane["result"] == "unknown" else ""
    return f"{RESULTS[lane['result']]}{took}{why}"
