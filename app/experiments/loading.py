"""The folders of experiments.  A file that is wrong is told with its name, its line and what was expected."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from app.experiments.model import Experiment

OURS = Path(__file__).parent / "catalogue"
LONGEST = 512 * 1024  # bytes
HEADER = re.compile(r"\s*\[\[\s*(\w+)\s*\]\]")


class BadExperiment(Exception):
    """A file cannot be used.  Its text is ``file:line: what is wrong, and what was expected``, one line per fault."""


def load(path: Path) -> Experiment:
    """One file.  Raises BadExperiment, whatever is wrong with it: nobody's file keeps the lab from starting."""
    try:
        return _load(path, _text(path))
    except BadExperiment:
        raise
    except RecursionError as error:
        raise BadExperiment(f"{path}:1: it is nested too deeply") from error
    except Exception as error:  # such as a number with more digits than Python reads
        raise BadExperiment(f"{path}:1: it cannot be used: {str(error)[:200] or type(error).__name__}") from error


def _text(path: Path) -> str:
    try:
        if not path.is_file():  # a pipe would be waited for
            raise BadExperiment(f"{path}: it is no file")
        if (size := path.stat().st_size) > LONGEST:
            raise BadExperiment(f"{path}: it has {size} bytes; at most {LONGEST} are read")
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise BadExperiment(f"{path}: cannot be read: {error}") from error


def _load(path: Path, text: str) -> Experiment:
    try:
        data = tomllib.loads(text.replace("{experiments}", str(_folder(path))))
        experiment = Experiment.model_validate(data)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise BadExperiment(f"{path}:{line[1] if line else len(text.splitlines())}: not TOML: {error}") from error
    except ValidationError as error:
        raise BadExperiment("\n".join(_fault(path, text, each) for each in _own(error.errors()))) from error
    if experiment.id != path.stem:
        line_of_id = _line(text, ("id",))
        raise BadExperiment(
            f"{path}:{line_of_id}: id: expected {path.stem!r}, the file's name, found {experiment.id!r}"
        )
    return experiment


def load_folder(folder: Path) -> tuple[list[Experiment], list[str]]:
    """All of a folder, and what is wrong with those that cannot be used."""
    found, faults = [], []
    for path in sorted(folder.glob("*.toml")):
        try:
            found.append(load(path))
        except BadExperiment as bad:
            faults += str(bad).splitlines()
    return found, faults


def load_catalogue(also: Path | None = None) -> tuple[dict[str, Experiment], list[str]]:
    """All experiments by id, in their order: ours, then those of a folder of one's own.  With the faults found."""
    found, faults = load_folder(OURS)
    if also is not None:
        own, own_faults = load_folder(also)
        faults += own_faults if also.is_dir() else [f"{also}: there is no such folder"]
        ours = {each.id for each in found}
        for each in own:
            if each.id in ours:
                faults.append(
                    f"{also / each.id}.toml:1: there is an experiment {each.id!r} already: give it another id"
                )
            else:
                own_targets = tuple(spec.model_copy(update={"own": True}) for spec in each.target)
                found.append(each.model_copy(update={"target": own_targets}))
    return {each.id: each for each in sorted(found, key=lambda each: each.order)}, faults


def _folder(path: Path) -> Path:
    """What ``{experiments}`` stands for: the folder that holds the scripts of this file."""
    return (path.parent.parent if path.parent == OURS else path.parent).resolve()


def _own(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """Without those that only follow from others: a list is "too short" when what is in it is wrong."""
    places = [each["loc"] for each in errors]
    return [
        each
        for each in errors
        if each["type"] != "too_short" or not any(place[: len(each["loc"])] == each["loc"] != place for place in places)
    ]


def _fault(path: Path, text: str, error: ErrorDetails) -> str:
    where = [f"{part + 1}" if isinstance(part, int) else part for part in error["loc"] if part != "function-after"]
    found = error["input"]
    shown = "" if isinstance(found, dict | list) or error["type"] == "missing" else f", found {repr(found)[:80]}"
    loc = error["loc"]
    if not loc and (step := re.search(r"step (\d+)", error["msg"])):
        loc = ("step", int(step[1]) - 1)
    words = error["msg"].removeprefix("Value error, ")
    return f"{path}:{_line(text, loc)}: {' '.join(where) or 'the file'}: {words}{shown}"


def _line(text: str, loc: tuple[int | str, ...]) -> int:
    """The line that a place in the data was read from: the table's header, then the key, then the n-th of its list."""
    lines = text.splitlines()
    at, end = 0, next((i for i, line in enumerate(lines) if HEADER.match(line)), len(lines))
    rest = list(loc)
    if len(rest) > 1 and isinstance(rest[0], str) and isinstance(rest[1], int):
        headers = [i for i, line in enumerate(lines) if (m := HEADER.match(line)) and m[1] == rest[0]]
        if rest[1] < len(headers):
            at = headers[rest[1]]
            end = next((i for i in range(at + 1, len(lines)) if HEADER.match(lines[i])), len(lines))
            rest = rest[2:]
    for part in rest:
        pattern = rf"\s*{re.escape(part)}\s*=" if isinstance(part, str) else r"\s*(?:\w+\s*=\s*\[?\s*)?\{"
        hits = [i for i in range(at, end) if re.match(pattern, lines[i])]
        wanted = part if isinstance(part, int) else 0
        if wanted < len(hits):
            at = hits[wanted]
        end = next((i for i in range(at + 1, end) if re.match(r"\w+\s*=", lines[i])), end)
    return min(at, max(len(lines) - 1, 0)) + 1
