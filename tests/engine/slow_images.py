"""Images of our own making beside the lab's: one that takes some seconds, one that fails, and experiments with them."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from app.resources import resource

TICKS = 40
HEAD = "ARG BASE\nFROM $BASE\n"
IMAGES = {
    # what differs each time makes the engine build it anew
    "slow": HEAD + "RUN echo {nonce}\nRUN for i in $(seq {ticks}); do echo tick $i; sleep 0.1; done\nCMD echo built\n",
    "lacking": "ARG BASE\nFROM $BASE\nRUN echo {nonce} && apt-get install no-such-package\n",
    "child": "ARG LACKING\nFROM $LACKING\nCMD echo built\n",
    "sister": "ARG LACKING\nFROM $LACKING\nCMD echo built, too\n",
    "broken": HEAD + "RUN echo {nonce} && echo this is why >&2 && exit 3\n",
}
EXPERIMENT = """
id = "{image}"
title = "A {image} image"
group = "Signals"
order = 9000
special = "It is built first."
question = "How long does it take?"
learnt = ["Images are built once."]

[[target]]
name = "main"
host = "container"
image = "{image}"
command = ["sh", "-c", "echo started; sleep 600"]

[[step]]
say = "Wait."
expect = [{{ kind = "output", fields = {{ text = "started" }}, say = "it is there" }}]
"""


def with_slow_images(folder: Path, ticks: int = TICKS) -> Path:
    """A copy of ``docker/`` with them in ``folder``; the experiments are in ``folder``/experiments."""
    contexts, experiments = folder / "docker", folder / "experiments"
    shutil.copytree(resource("docker"), contexts)
    experiments.mkdir()
    nonce = f"{os.getpid()}-{folder.name}"
    for image, text in IMAGES.items():
        (contexts / image).mkdir()
        (contexts / image / "Dockerfile").write_text(text.replace("{nonce}", nonce).replace("{ticks}", str(ticks)))
        (experiments / f"{image}.toml").write_text(EXPERIMENT.format(image=image))
    return contexts


def lab_with(contexts: Path) -> tuple[str, ...]:
    """The words that run the command with these contexts."""
    patch = (
        f"import pathlib, app.hosts.container.images as i; i.resource = lambda name: pathlib.Path({str(contexts)!r})"
    )
    return (sys.executable, "-c", f"{patch}; from app.cli import main; main()")
