"""Memory ran out: whom the kernel chose, by its own word.  Who was killed beside PID 1 no engine tells."""

from __future__ import annotations

from collections.abc import Iterator

from app.events import OomVictim
from app.events.parts import Sentence
from app.verdict.scene import Scene

Chosen = tuple[int, OomVictim]


def root_chosen(scene: Scene, after: int = 0) -> Chosen | None:
    """That the kernel chose the root process."""
    root = scene.started.pid if scene.started else None
    return next((each for each in scene.chosen if each[0] > after and each[1].pid == root), None)


def others_chosen(scene: Scene, after: int = 0) -> list[Chosen]:
    root = scene.started.pid if scene.started else None
    return [each for each in scene.chosen if each[0] > after and each[1].pid != root]


def name_of_chosen(scene: Scene, chosen: Chosen) -> str:
    number, event = chosen
    row = scene.row(event.pid, number)
    return row.name if row else f"{event.comm} (pid {event.ns_pid or event.pid})"


def chosen_said(scene: Scene, after: int = 0) -> Iterator[Sentence]:
    """A sentence for each, the root process or not."""
    for each in scene.chosen:
        if each[0] > after:
            text = f"The kernel had no memory left and chose {name_of_chosen(scene, each)}: SIGKILL."
            yield Sentence(text=text, evidence=(each[0],))
