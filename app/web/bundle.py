"""The page's modules as one classic script, for a report: a file that is opened from a disk can load no module.

Not a bundler for all of JavaScript but for the forms that this house and its two libraries are written in: named
imports and exports at the beginning of a statement, no cycles, no default.  What it does not know it refuses, and a
test runs it over all that there is.  Each module becomes a function that is called when it is first asked for, so
``await import`` works as well.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from app.resources import resource
from app.web.static import undocumented

STATEMENT = r"(?:^|(?<=[;}]))"
IMPORT = re.compile(rf'{STATEMENT}import\s*(\{{[^}}]*\}}|\*\s*as\s+[\w$]+)\s*from\s*"([^"]+)";?', re.MULTILINE)
PASSED_ON = re.compile(rf'{STATEMENT}export\s*\{{([^}}]*)\}}\s*from\s*"([^"]+)";?', re.MULTILINE)
LISTED = re.compile(rf"{STATEMENT}export\s*\{{([^}}]*)\}};?", re.MULTILINE)
DECLARED = re.compile(r"^export ((?:const|class|function|async function) ([\w$]+))", re.MULTILINE)
LATER = re.compile(r'await import\("([^"]+)"\)')
MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)
UNKNOWN = re.compile(r"^(?:import|export)\b.*$", re.MULTILINE)
# In strings, templates and patterns these are the same; bare they would end, or hide the end of, the script element.
ESCAPED = re.compile(r"<(?=!--|/?script)", re.IGNORECASE)


def _names(listed: str, between: str) -> list[tuple[str, str]]:
    pairs = [part.split(" as ") for part in listed.replace("\n", " ").split(between) if part.strip()]
    return [(pair[0].strip(), pair[-1].strip()) for pair in pairs]


class _Bundle:
    def __init__(self) -> None:
        self.done: dict[str, str] = {}  # in the order in which they are needed
        self._root = resource("static").resolve()
        self._under_way: list[str] = []

    def take(self, path: Path) -> str:
        """Take a module in, after those that it needs; gives its name in the bundle."""
        name = path.resolve().relative_to(self._root).as_posix()
        if name in self._under_way:
            raise ValueError(f"modules import each other: {' → '.join([*self._under_way, name])}")
        if name not in self.done:
            self._under_way.append(name)
            self.done[name] = self._body(path)
            self._under_way.pop()
        return name

    def _body(self, path: Path) -> str:
        text = MAP.sub("", path.read_text())
        if "vendor" not in path.parts:
            text = undocumented(text)
        exported: list[str] = []
        later: list[Path] = []

        def get(found: re.Match[str]) -> str:
            what, where = found[1], self.take(path.parent / found[2])
            if what.startswith("*"):
                return f'const {what.rpartition(" ")[2]} = need("{where}");'
            pairs = ", ".join(f"{theirs}: {ours}" for theirs, ours in _names(what.strip("{}"), ","))
            return f'const {{ {pairs} }} = need("{where}");'

        def pass_on(found: re.Match[str]) -> str:
            where = self.take(path.parent / found[2])
            exported.extend(f'give.{ours} = need("{where}").{theirs};' for theirs, ours in _names(found[1], ","))
            return ""

        def listed(found: re.Match[str]) -> str:
            exported.extend(f"give.{theirs} = {ours};" for ours, theirs in _names(found[1], ","))
            return ""

        def declared(found: re.Match[str]) -> str:
            exported.append(f"give.{found[2]} = {found[2]};")
            return found[1]

        def wait(found: re.Match[str]) -> str:
            later.append(path.parent / found[1])
            return f'need("{later[-1].resolve().relative_to(self._root).as_posix()}")'

        for pattern, put in (
            (IMPORT, get),
            (PASSED_ON, pass_on),
            (LISTED, listed),
            (DECLARED, declared),
            (LATER, wait),
        ):
            text = pattern.sub(put, text)
        if found := UNKNOWN.search(text):
            raise ValueError(f"{path.name}: not understood: {found[0]!r}")
        for each in later:
            self.take(each)
        return f"{text.strip()}\n{' '.join(exported)}"


def bundle(entry: str) -> str:
    """The module ``entry`` (within ``static``) and all that it imports, run when the script is.

    Raises ValueError for what it does not understand.
    """
    made = _Bundle()
    first = made.take(resource("static").resolve() / entry)
    modules = "".join(f'"{name}": (give) => {{\n{body}\n}},\n' for name, body in made.done.items())
    text = (
        '(() => {\n"use strict";\nconst made = new Map();\nconst need = (name) => {\nlet give = made.get(name);\n'
        "if (!give) made.set(name, (give = {})), modules[name](give);\nreturn give;\n};\n"
        f'const modules = {{\n{modules}}};\nneed("{first}");\n}})();\n'
    )
    return ESCAPED.sub(r"\\x3c", text)


@lru_cache(maxsize=1)
def report_script() -> str:
    """The bundle of a report; made once."""
    return bundle("js/report.js")
