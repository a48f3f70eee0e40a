"""What of the lab holds on which engine: brings each up beside the machine's own, and verifies its lessons there.

    make engines                        Podman and Docker of Debian sid, into docs/engines.md; as root, some 20 minutes
    python bench/engines.py podman      only one; nothing is written
    … --keep FOLDER                     its files stay there for the next time

The machine's own engine is measured too: the images come from it.  At the end nothing of the machine may be otherwise.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from app.experiments.loading import load_catalogue
from app.hosts.container.images import all_images, tag_of
from bench.engine_rooms import Room, engine, machine, root_file_system

PROGRAM = [str(Path(sys.executable).parent / "signal-lab")]
DOCS = Path(__file__).parents[1] / "docs" / "engines.md"
ENGINES = {"podman": "sid", "docker": "sid"}
SIGNS = {"passed": "✓", "failed": "✗", "not_possible": "–"}
INTRO = """# Engines

What of the lab holds on which engine, as `make engines` found it. That command writes this page.

✓ all that must be seen was seen; ✗ something was not; – not possible there, and the lab says why. What an engine does
not tell, and the kernel's trace tells instead, counts as unseen.

The least is API 1.41: Docker 20.10 or Podman 4. The lab asks an engine which version it speaks and uses that one; an
older engine is refused, in these words.
"""


@dataclass(slots=True)
class Told:
    """What ``verify`` and the other commands said on one engine."""

    name: str
    machine: dict[str, Any] = field(default_factory=dict)
    lessons: dict[str, dict[str, Any]] = field(default_factory=dict)
    commands: dict[str, tuple[bool, str]] = field(default_factory=dict)


def container_lessons() -> list[str]:
    catalogue, _ = load_catalogue(None)
    return [each.id for each in catalogue.values() if each.needs_engine]


def run(room: Room | None, *words: str) -> subprocess.CompletedProcess[str]:
    command = [*PROGRAM, *words]
    env = {**(room.env() if room else os.environ), "PYTHONDONTWRITEBYTECODE": "1"}
    where = Path(__file__).parents[1]
    return subprocess.run(
        room.there(*command) if room else command,
        env=env, cwd=where, stdin=subprocess.DEVNULL, capture_output=True, text=True,
    )  # fmt: skip


def told(name: str, room: Room | None, lessons: list[str]) -> Told:
    found = Told(name)
    reply = run(room, "verify", *lessons, "--json")
    try:
        said = json.loads(reply.stdout)
    except ValueError:
        raise RuntimeError(f"{name}: verify said: {reply.stdout[-500:]}{reply.stderr[-2000:]}") from None
    found.machine = said["summary"]["machine"]
    found.lessons = {each["experiment"]: each for each in said["experiments"]}
    image = tag_of("tini")
    for what, words, good in (
        ("`check` of an image under tini", ("check", image, "--within", "5s"), 0),
        ("`check` of one that is deaf", ("check", tag_of("base"), "--within", "2s", "--", "sleep", "600"), 1),
        ("`doctor`", ("doctor",), 0),
    ):
        reply = run(room, *words)
        why = (reply.stderr.strip() or reply.stdout.strip()).splitlines()[-1:] or [""]
        found.commands[what] = (reply.returncode == good, f"it left with {reply.returncode}: {why[0]}")
    return found


def why(lesson: dict[str, Any]) -> str:
    """Of one that did not pass."""
    if lesson["why"]:
        return str(lesson["why"])
    rows = [row for row in lesson["rows"] if row["outcome"] == "failed"]
    return "; ".join(f"“{row['say']}”: {row['why']}" for row in rows) or "it did not come to its end"


def counted(lesson: dict[str, Any]) -> str:
    rows = lesson["rows"]
    seen, unseen = (sum(row["outcome"] == outcome for row in rows) for outcome in ("passed", "unseen"))
    return f"{SIGNS[lesson['result']]} {seen}/{len(rows)}" + (f", {unseen} unseen" if unseen else "") if rows else "–"


def page(several: list[Told]) -> str:
    lines = [INTRO, "| lesson | " + " | ".join(each.name for each in several) + " |"]
    lines += ["|---" * (len(several) + 1) + "|"]
    for lesson in several[0].lessons:
        cells = [counted(each.lessons[lesson]) for each in several]
        lines.append(f"| `{lesson}` | " + " | ".join(cells) + " |")
    for command in several[0].commands:
        cells = [SIGNS["passed" if each.commands[command][0] else "failed"] for each in several]
        lines.append(f"| {command} | " + " | ".join(cells) + " |")
    lines += ["", "## What the engines are", ""]
    lines += [f"- **{each.name}**: {each.machine['engine']}; Linux {each.machine['kernel']}" for each in several]
    lines += ["", "## What did not hold, and why", ""]
    for each in several:
        lessons = [(name, one) for name, one in each.lessons.items() if one["result"] != "passed"]
        bad = [f"- {each.name}, `{name}`: {why(one)}" for name, one in lessons]
        bad += [f"- {each.name}, {what}: {words}" for what, (good, words) in each.commands.items() if not good]
        lines += bad
    return "\n".join(lines) + "\n"


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    ask.add_argument("engines", nargs="*", help=", ".join(ENGINES))
    ask.add_argument("--lessons", nargs="+", default=container_lessons())
    ask.add_argument("--keep", type=Path)
    ask.add_argument("--write", action="store_true")
    given = ask.parse_args()
    if os.geteuid():
        sys.exit("engines: namespaces and control groups need root")
    subprocess.run([*PROGRAM, "images", "build"], check=True, stdout=subprocess.DEVNULL)
    before = machine()
    with ExitStack() as stack:
        made = given.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="signal-lab-engines-")))
        several = [told("this machine's", None, given.lessons)] if given.write else []
        for kind in given.engines or ENGINES:
            root = root_file_system(made, kind, ENGINES[kind])
            with engine(kind, root, made / "room") as room:
                room.load([tag_of(image) for image in all_images()])
                several.append(told(f"{kind} of {ENGINES[kind]}", room, given.lessons))
            print(page(several[-1:]), flush=True)
    if given.write:
        DOCS.write_text(page(several))
    after = machine()
    if changed := [name for name in before if before[name] != after[name]]:
        sys.exit(f"engines: not as before: {', '.join(changed)}")
    if any(one["result"] == "failed" for each in several for one in each.lessons.values()):
        sys.exit(1)


if __name__ == "__main__":
    main()
