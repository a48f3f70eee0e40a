"""The doctor's report for a terminal of 80 columns: a table of all, then a section for each that is not well."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

import typer

from app.commands.text import plain, short

WIDTH, NAME, SAY = 80, 24, 30
Container = dict[str, Any]
_MARKS: dict[bool | None, tuple[str, str]] = {
    True: ("stops", "green"),
    False: ("killed", "red"),
    None: ("open", "yellow"),
}


def summary(containers: Sequence[Container], unknown: Sequence[str] = ()) -> Iterator[str]:
    """A line for each, the worst first."""
    if not containers and not unknown:
        yield "No container runs on this engine."
        return
    yield _bold(f"{'':8}{'CONTAINER':<{NAME}}  {'DOCKER STOP':<{SAY}}  IMAGE")
    for each in containers:
        word, color = _MARKS[each["holds"]]
        say = short(each["stop"]["say"], SAY)
        rest = f"{_name(each['name'], NAME):<{NAME}}  {say:<{SAY}}  "
        yield f"{typer.style(f'{word:<8}', fg=color)}{rest}{_name(each['image'], WIDTH - 8 - len(rest))}"
    for name in unknown:
        yield f"{typer.style('open    ', fg='yellow')}{_name(name, NAME):<{NAME}}  is not there, or cannot be read"
    yield _counted(containers)


def _counted(containers: Sequence[Container]) -> str:
    told = [each["holds"] for each in containers]
    parts = [
        f"{told.count(True)} stop in time",
        f"{told.count(False)} would be killed",
        f"of {told.count(None)} nobody can tell for sure" if None in told else "",
    ]
    return f"\n{', '.join(part for part in parts if part)}."


def sections(containers: Sequence[Container], *, every: bool) -> Iterator[str]:
    """``every``: also for those that are well."""
    for each in containers:
        if every or each["holds"] is not True or each["findings"]:
            yield ""
            yield from _section(each)


def _section(each: Container) -> Iterator[str]:
    stop, seen = each["stop"], each["seen"]
    yield _bold(f"{_name(each['name'], 40)}  {each['id'][:12]}  {each['status']}")
    sure = "" if stop["sure"] else " (likely)" if each["holds"] is not None else ""
    yield from _wrapped(f"docker stop: {stop['say']}{sure}. {stop['why']}")
    for reason in stop["because"]:
        yield from _wrapped(f"· {reason}", "    ")
    if each["unheard"]:
        yield from _wrapped(each["unheard"])
    for fact in each["facts"]:
        means = f" {fact['means']}" if fact["means"] else ""
        yield from _row(fact["name"], f"{fact['value']} ({fact['source']}).{means}")
    for grace in each["graces"]:
        if grace["applies"] or grace["lines"]:
            yield from _row(grace["path"], f"{_seconds(grace['seconds'])}: {grace['source']}")
            yield from (f"      {line}" for line in grace["lines"])
    if seen["missing"]:
        yield from _wrapped(f"Not seen from here: {seen['missing']}. {seen['allow']}")
    told: list[Any] = []
    for finding in each["findings"]:
        if finding["check"] != "killed":  # that is the forecast itself
            yield from _wrapped(f"{finding['check']}: {finding['text']}")
        if finding["advice"] and finding["advice"] not in told:
            told.append(finding["advice"])
            yield from _advice(finding["advice"])
    if stop["advice"] and stop["advice"] not in told:
        yield from _advice(stop["advice"])
    elif stop["fix"] and not stop["advice"] and not told:
        yield from _helps(stop["fix"])


def _advice(advice: dict[str, Any]) -> Iterator[str]:
    yield from _helps(advice["text"])
    for place in advice["at"]:
        yield f"    {place['place']}:"
        yield from (f"      {plain(line)}" for line in place["lines"])  # whole: they are to be copied
    if advice["note"]:
        yield from _wrapped(advice["note"], "    ")


def _row(name: str, text: str) -> Iterator[str]:
    head = f"  {name:<21}"
    yield from textwrap.wrap(plain(text), WIDTH, initial_indent=head, subsequent_indent=" " * len(head))


def _wrapped(text: str, indent: str = "  ") -> Iterator[str]:
    """Without what the name of a container or program could do to a terminal."""
    hang = indent + ("  " if text.startswith("·") else "")
    yield from textwrap.wrap(plain(text), WIDTH, initial_indent=indent, subsequent_indent=hang)


def _helps(text: str) -> Iterator[str]:
    head = "What would help:"
    for line in _wrapped(f"{head} {text}"):
        yield line.replace(head, _bold(head), 1)


def _seconds(seconds: int | None) -> str:
    return "unknown" if seconds is None else "for ever" if seconds < 0 else f"{seconds} s"


def _name(text: str, width: int) -> str:
    return short(" ".join(plain(text).split()), max(width, 8))


def _bold(text: str) -> str:
    return typer.style(text, bold=True)
