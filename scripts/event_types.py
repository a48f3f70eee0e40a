"""Writes static/js/wire/types_events.js: what an event is on the wire, from the union in app/events.

    .venv/bin/python scripts/event_types.py

The folds of the page are typed with it, so a field that is renamed here is a type error there.  What may be absent is
marked so: what is None is left out on the wire, and a field with a default is missing in what an older lab has written.
"""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pydantic import AwareDatetime, BaseModel  # noqa: E402

from app.events import MODELS, LabEvent, base, parts  # noqa: E402

TARGET = ROOT / "static" / "js" / "wire" / "types_events.js"
PLAIN: dict[Any, str] = {str: "string", int: "number", float: "number", bool: "boolean", AwareDatetime: "string"}
WORDS = {found: name for of in (base, parts) for name, found in vars(of).items() if get_origin(found) is Literal}
HEAD = """\
/**
 * The events as they come on the wire.  Types only, and generated: `scripts/event_types.py` writes this file from the
 * union in `app/events/__init__.py`, and a test says when it is old.
 *
 * `[field]` may be absent: nobody could tell, or the lab that wrote it did not know the field yet.
"""


def event_name(model: type[BaseModel]) -> str:
    """SignalRequestedEvent; the page's state has shapes by the shorter names.  Of a part: as in Python."""
    return model.__name__ if model.__name__.endswith("Event") else f"{model.__name__}Event"


def one_of(literal: Any) -> str:
    return "|".join(f'"{word}"' for word in get_args(literal))


def type_of(annotation: Any) -> str:
    """A type as JSDoc has it.  Raises KeyError for what no event has held yet."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return type_of(inner[0])
    if origin is Literal:
        return WORDS.get(annotation) or one_of(annotation)
    if origin in (Union, UnionType):
        return "|".join(type_of(each) for each in inner if each is not NoneType)
    if origin is tuple:
        return f"{type_of(inner[0])}[]"
    if origin is dict:
        return f"Record<{type_of(inner[0])}, {type_of(inner[1])}>"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation.__name__
    return PLAIN[annotation]


def in_js(remark: str) -> str:
    for ours, theirs in {
        r"``": "`",
        r"\*/": "",
        r"\bNone\b": "absent",
        r"\bFalse\b": "false",
        r"\bTrue\b": "true",
    }.items():
        remark = re.sub(ours, theirs, remark)
    return remark


def remarks(model: type[BaseModel]) -> dict[str, str]:
    """What stands behind each field in the source."""
    found = re.findall(r"^    (\w+): [^#\n]*#\s*(.*)$", inspect.getsource(model), re.MULTILINE)
    return {name: in_js(remark) for name, remark in found}


def properties(model: type[BaseModel], shared: type[BaseModel] | None = None) -> list[str]:
    said, lines = remarks(model), []
    for name, field in model.model_fields.items():
        if shared and (name == "kind" or name in shared.model_fields):
            continue
        absent = not field.is_required() or NoneType in get_args(field.annotation)
        wire = field.alias or name
        remark = f" - {said[name]}" if name in said else ""
        lines.append(f" * @property {{{type_of(field.annotation)}}} {f'[{wire}]' if absent else wire}{remark}")
    return lines


def of_all() -> list[str]:
    """What each event has.  Those that every lab has written are always there."""
    always = {"at", "seen_at", "clock", "author"}
    fields = LabEvent.model_fields.items()
    rows = [
        f" * @property {{{type_of(field.annotation)}}} {name if name in always else f'[{name}]'}"
        for name, field in fields
    ]
    return [" * @typedef {object} Shared", " * @property {number} id - its number in the journal", *rows, " *"]


def inner_models() -> list[type[BaseModel]]:
    """The parts, in the order of their source."""
    return [each for each in vars(parts).values() if isinstance(each, type) and parts.Part in each.__bases__]


def first_line(model: type[BaseModel]) -> str:
    return in_js((model.__doc__ or "").split("\n")[0]) if "__doc__" in vars(model) else ""


def text() -> str:
    lines = [" *"]
    for literal, name in WORDS.items():
        lines.append(f" * @typedef {{{one_of(literal)}}} {name}")
    lines += [" *", *of_all()]
    for part in inner_models():
        lines += [f" * @typedef {{object}} {part.__name__}  {first_line(part)}".rstrip(), *properties(part), " *"]
    for kind, model in MODELS.items():
        own = properties(model, LabEvent)
        lines.append(f" * @typedef {{object}} {event_name(model)}Fields  {first_line(model)}".rstrip())
        lines += [f' * @property {{"{kind}"}} kind', *own]
        lines += [f" * @typedef {{Shared & {event_name(model)}Fields}} {event_name(model)}", " *"]
    union = "|".join(event_name(model) for model in MODELS.values())
    lines += [f" * @typedef {{{union}}} AnyEvent", ' * @typedef {AnyEvent["kind"]} Kind']
    lines.append(" * @typedef {{[K in Kind]: Extract<AnyEvent, {kind: K}>}} EventOf  by its kind")
    return HEAD + "\n".join(lines) + "\n */\n\nexport {};\n"


if __name__ == "__main__":
    TARGET.write_text(text())
