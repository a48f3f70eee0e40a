"""An image for each case of ``bench/accuracy.py``: its program is the image's own command, as in people's images.

They stand on ``docker/servers``, which has the programs, and differ in CMD and STOPSIGNAL.  Removed in the end.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import docker

Case = dict[str, Any]
REPOSITORY = "signal-lab-accuracy"


def dockerfile(case: Case, base: str) -> str:
    """What somebody would write who ships this program."""
    lines = [f"FROM {base}", f"CMD {json.dumps(case['command'])}"]
    if signal := case.get("options", {}).get("stop_signal"):
        lines.append(f"STOPSIGNAL {signal}")
    return "\n".join(lines) + "\n"


def with_image(case: Case, base: str) -> Case:
    """The case as a run of its image: what that says is not said again."""
    text = dockerfile(case, base)
    options = {name: value for name, value in case.get("options", {}).items() if name != "stop_signal"}
    return {**case, "image": f"{REPOSITORY}:{hashlib.sha256(text.encode()).hexdigest()[:12]}", "options": options}


@contextmanager
def images(cases: Iterable[Case], base: str) -> Iterator[list[Case]]:
    """The cases with their images, which are there for as long as the block lasts."""
    engine = docker.from_env(timeout=600).api
    given = [(each, with_image(each, base)) for each in cases]
    texts = {run["image"]: dockerfile(case, base) for case, run in given}
    try:
        for tag, text in texts.items():
            for piece in engine.build(fileobj=io.BytesIO(text.encode()), tag=tag, rm=True, forcerm=True, decode=True):
                if "error" in piece:
                    raise SystemExit(piece["error"])
        yield [run for _, run in given]
    finally:
        for tag in texts:
            if engine.images(tag):
                engine.remove_image(tag, force=True)
