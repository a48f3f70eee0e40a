"""What must be seen, as data, and how an event is held against it."""

from __future__ import annotations

import math
import re
from typing import Any, Literal, get_args

from pydantic import Field, field_validator, model_validator

from app.events import AnyEvent
from app.experiments.actions import Data
from app.experiments.patterns import check_pattern, check_patterns, is_in
from app.signals import parse_signal

Kind = Literal[
    "output",
    "process",
    "no_process",
    "kernel_signal",
    "engine_event",
    "stop_finished",
    "target_started",
    "target_exited",
    "stop_forecast",
    "exec_finished",
    "http_progress",
    "http_finished",
    "file_written",
    "signal_requested",
    "verdict",
]
MASKS = ("caught", "ignored", "blocked", "pending", "waited", "signalfd", "waits_for")
WAITS_FOR = ("waited", "signalfd")  # either of two ways to wait for a signal without a handler
PROCESS = {"comm", "ns_pid", "state", "is_init", "frozen", "traced", "threads", "parent", "argv", "respawns", "count"}
PROCESS |= {*MASKS, *(f"not_{mask}" for mask in MASKS)}
CONTROL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\r")  # what a terminal does and does not show
OPERATORS = {"contains", "matches", "not", "any"}
FIELDS: dict[str, set[str]] = {
    str(cls.model_fields["kind"].default): {field.alias or name for name, field in cls.model_fields.items()}
    for cls in get_args(get_args(AnyEvent)[0])
}


class Expect(Data):
    """One expectation.

    ``kind`` is that of an event, whose fields must fit; or ``output``, which is *in* what was printed since the step
    began (a line may come in two pieces); or ``process`` and ``no_process``, which look at what is there now.

    A field fits a value that is equal, a list of two numbers as a range with both ends in it, or one of
    ``{contains = "x"}``, ``{matches = "regular expression"}``, ``{not = value}``, ``{any = [values]}``.

    ``took_s``: seconds from the step's first action to the event.  ``absent_for_s``: nothing like it may come for so
    long after the step was done.
    """

    kind: Kind
    fields: dict[str, Any] = Field(default_factory=dict)
    say: str
    target: str | None = None
    within_s: float | None = Field(default=None, gt=0, le=300)
    took_s: tuple[float, float] | None = None
    absent_for_s: float | None = Field(default=None, gt=0, le=60)

    @field_validator("fields")
    @classmethod
    def named_in_full(cls, fields: dict[str, Any]) -> dict[str, Any]:
        """TERM → SIGTERM where a signal is meant."""
        for name, value in fields.items():
            if name.removeprefix("not_") in MASKS:
                names = [value] if isinstance(value, str) else value
                fields[name] = [parse_signal(each).name for each in names]
        if isinstance(signal := fields.get("signal"), str):
            fields["signal"] = parse_signal(signal).name
        return fields

    @model_validator(mode="after")
    def fields_exist(self) -> Expect:
        match self.kind:
            case "output":
                known = {"text", "matches"}
                if not self.fields:
                    raise ValueError("output needs `text` or `matches`")
                check_pattern(str(self.fields.get("matches", "")))
            case "process" | "no_process":
                known = PROCESS
            case kind:
                known = FIELDS[kind] - {"kind"}
        if unknown := self.fields.keys() - known:
            raise ValueError(
                f"{self.kind} has no field {', '.join(sorted(unknown))}; it has {', '.join(sorted(known))}"
            )
        for value in self.fields.values():
            check_patterns(value)
            if isinstance(value, dict) and (len(value) != 1 or not value.keys() <= OPERATORS):
                raise ValueError(f"{value}: expected exactly one of {', '.join(sorted(OPERATORS))}")
        return self

    @property
    def lasting(self) -> bool:
        """Whether it looks at what is there now, so that it may hold at once."""
        return self.kind in ("process", "no_process", "stop_forecast")


def equals(wanted: Any, found: Any) -> bool:
    match wanted:
        case {"contains": text}:
            return str(text) in ("" if found is None else str(found))
        case {"matches": pattern}:
            return is_in(str(pattern), "" if found is None else str(found))
        case {"not": other}:
            return not equals(other, found)
        case {"any": [*several]}:
            return any(equals(each, found) for each in several)
        case [int() | float() as low, int() | float() as high]:
            return isinstance(found, int | float) and not math.isnan(found) and low <= found <= high
        case _:
            return bool(wanted == found)


def fits(wanted: dict[str, Any], facts: dict[str, Any]) -> bool:
    return all(equals(value, facts.get(name)) for name, value in wanted.items())


def output_fits(wanted: dict[str, Any], printed: str) -> bool:
    text, pattern = wanted.get("text"), wanted.get("matches")
    plain = CONTROL.sub("", printed)
    return (text is None or str(text) in plain) and (pattern is None or is_in(str(pattern), plain))


def processes_fit(wanted: dict[str, Any], processes: dict[int, dict[str, Any]]) -> bool:
    """Whether at least one process (or exactly ``count``) is like this.  ``processes``: by pid on the machine."""
    rest = {name: value for name, value in wanted.items() if name != "count"}
    found = sum(_process_fits(rest, each, processes) for each in processes.values())
    return found == wanted["count"] if "count" in wanted else found > 0


def _process_fits(wanted: dict[str, Any], process: dict[str, Any], others: dict[int, dict[str, Any]]) -> bool:
    for name, value in wanted.items():
        negated, mask = name.startswith("not_"), name.removeprefix("not_")
        if mask in MASKS:
            masks = process.get("dispositions")
            if masks is None:
                return False
            held = [any(_in(signal, masks[each]) for each in _said(mask)) for signal in value]
            if any(held) if negated else not all(held):
                return False
        elif name == "parent":
            if not equals(value, others.get(process["ppid"], {}).get("comm")):
                return False
        elif name == "argv":
            words = " ".join(process["argv"])
            if not (value in words if isinstance(value, str) else equals(value, words)):
                return False
        elif not equals(value, process.get(name)):
            return False
    return True


def _said(mask: str) -> tuple[str, ...]:
    return WAITS_FOR if mask == "waits_for" else (mask,)


def _in(signal: str, mask: str) -> bool:
    return bool(int(mask, 16) >> (parse_signal(signal).number - 1) & 1)
