"""Judges forecasts against outcomes, and writes the page of ``bench/accuracy.py``.  No I/O.

``at_once`` is right where it was not killed and took less than half of the timeout; ``sigkill`` where it was killed.
"handler_decides" and "unknown" promise nothing: they are counted and shown, not scored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Verdict = Literal["right", "wrong", "open", "failed"]
SCORED = ("at_once", "sigkill")


@dataclass
class Result:
    """One case.  ``failed``: why it could not be measured; "" when it was."""

    name: str
    command: str
    image: str = ""
    stop_signal: str = ""
    timeout_s: int = 0
    forecast: dict[str, Any] | None = None
    took_s: float | None = None
    exit_code: int | None = None
    killed: bool | None = None
    kernel: str = ""  # what the kernel did with the signal, at PID 1
    taken_along: list[str] = field(default_factory=list)  # whom the kernel killed because PID 1 had ended
    failed: str = ""
    before: list[dict[str, Any]] = field(default_factory=list)  # the processes, as the lab saw them before the stop
    signals: list[dict[str, Any]] = field(default_factory=list)  # the kernel's word from the stop on
    copy: dict[str, Any] | None = None  # what a rehearsal came to: an event ``rehearsed``

    @property
    def root(self) -> str:
        return str(self.before[0]["comm"]) if self.before else "–"

    @property
    def verdict(self) -> Verdict:
        if self.failed or self.killed is None or self.took_s is None:
            return "failed"
        if self.forecast is None or self.forecast["outcome"] not in SCORED:
            return "open"
        at_once = not self.killed and self.took_s < self.timeout_s / 2
        right = at_once if self.forecast["outcome"] == "at_once" else self.killed
        return "right" if right else "wrong"

    @property
    def scored(self) -> bool:
        return self.verdict in ("right", "wrong")

    @property
    def sure(self) -> bool:
        return bool(self.forecast and self.forecast["sure"])

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "verdict": self.verdict}


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _foretold(result: Result) -> str:
    said = result.forecast
    if said is None:
        return "–"
    how = "sure" if said["sure"] else "likely"
    return f"{said['say']} ({how})" if said["outcome"] in SCORED else str(said["say"])


def _happened(result: Result) -> str:
    if result.verdict == "failed":
        return f"not measured: {result.failed}"
    said = [f"{'killed' if result.killed else 'ended'} after {result.took_s:.2f} s, exit {result.exit_code}"]
    said += [result.kernel] if result.kernel else []
    said += [f"killed along with it: {', '.join(dict.fromkeys(result.taken_along))}"] if result.taken_along else []
    return "; ".join(said)


def _verdict(result: Result) -> str:
    words = {"wrong": "**wrong**", "failed": "**not measured**"}
    return words.get(result.verdict, result.verdict)


def summary(results: Sequence[Result]) -> str:
    """The counts, in one paragraph."""

    def count(verdict: Verdict, *, sure: bool | None = None) -> int:
        return sum(each.verdict == verdict and sure in (None, each.sure) for each in results)

    def said(outcome: str) -> str:
        scored = [each for each in results if each.forecast and each.forecast["outcome"] == outcome and each.scored]
        return f"{sum(each.verdict == 'right' for each in scored)} of {len(scored)} right"

    opened = [each for each in results if each.verdict == "open"]
    missing = sum(each.forecast is None for each in opened)
    text = (
        f"{len(results)} cases: {count('right')} right, {count('wrong')} wrong, {len(opened)} open. "
        f"Of those that were sure: {count('right', sure=True)} right, {count('wrong', sure=True)} wrong. "
        f"Foretold to stop at once: {said('at_once')}; foretold to be killed: {said('sigkill')}. "
        f"Of the open ones {sum(not each.killed for each in opened)} ended by themselves "
        f"and {sum(bool(each.killed) for each in opened)} were killed."
    )
    text += f" {missing} had no forecast." if missing else ""
    return text + (f" {count('failed')} could not be measured." if count("failed") else "")


def page(results: Sequence[Result], where: str, more: Sequence[str] = ()) -> str:
    """Markdown.  ``where``: the machine, in a few words.  ``more``: lines that follow."""
    images = len({each.image for each in results})
    lines = [
        "# The stop forecast, held against real servers",
        "",
        f"**{summary(results)}**",
        "",
        f"Written by `make accuracy`: servers from Debian, PyPI and npm in {images} images, each with its own command",
        "and stop signal on the layers of `docker/servers`, started by the lab. Once the forecast holds still, each is",
        "stopped for real. All run as nobody, without capabilities.",
        f"{where}.",
        "",
        "*Stops at once* is right if it was not killed and took less than half of the timeout, *SIGKILL* if it was.",
        "*The handler decides* and the like are open: counted, not scored. What the kernel did is about PID 1;",
        "*killed along with it* are those that the kernel ended because PID 1 had ended. The forecast knows many of",
        "these programs by name, which is never sure; of one that it does not know it says that the handler decides.",
        "",
        "| case | PID 1 | stop | forecast | what happened | verdict |",
        "|---|---|---|---|---|---|",
    ]
    for each in results:
        cells = (each.name, each.root, each.stop_signal.removeprefix("SIG"), _foretold(each), _happened(each))
        lines.append(f"| {' | '.join(_cell(cell) for cell in cells)} | {_verdict(each)} |")
    wrong = [each for each in results if each.verdict == "wrong"]
    if wrong:
        lines += ["", "## The wrong ones", ""]
        lines += [f"- **{each.name}** (`{each.command}`): {each.forecast['why']}" for each in wrong if each.forecast]
    return "\n".join([*lines, *more]) + "\n"
