"""An exit code with its real cause: 128 + n alone is a convention, and 137 alone does not say that memory ran out."""

from __future__ import annotations

from app.events.parts import Sentence
from app.signals import exit_meaning, name_of
from app.verdict.memory import root_chosen
from app.verdict.scene import Row, Scene, Word

_INITS = frozenset({"tini", "tini-static", "docker-init", "dumb-init", "catatonit", "podman-init"})


def root_of(scene: Scene) -> Row | None:
    """The target's root process, as it was known last."""
    if scene.started is None:
        return None
    return scene.row(scene.started.pid) if scene.started.pid is not None else None


def exit_said(scene: Scene, *, oom: int | None, kills: list[Word]) -> Sentence | None:
    """What the exit code means here.  ``kills``: SIGKILLs for the root, as the kernel told them."""
    if scene.exited is None:
        return None
    number, event = scene.exited
    root = root_of(scene)
    code, who = event.exit_code, root.name if root else "the root process"
    seen = (number, *((root.gone,) if root and root.gone is not None else ()))
    if code is None:
        return Sentence(text=f"{_start(who)} ended; nobody could read its exit code.", evidence=seen)
    chosen = root_chosen(scene)
    if code == 137 and chosen:
        also = ", and the engine said so" if oom is not None else ""
        text = f"137 is 128 + 9, SIGKILL, and here it is out of memory: the kernel chose it{also}."
        return Sentence(text=text, evidence=(*seen, chosen[0], *((oom,) if oom is not None else ())))
    if code == 137 and oom is not None and not scene.chosen:
        text = "137 is 128 + 9, SIGKILL, and here it is out of memory: the engine said so, and the kernel sent it."
        return Sentence(text=text, evidence=(*seen, oom))
    if (root and root.ended in ("killed", "dumped_core")) or event.signal is not None:
        witness = "its wait status says" if event.signal is not None else "the kernel says"
        return _killed(scene, code, event.signal, seen, kills, witness)
    if by_itself(scene):
        return _exited(scene, root, code, seen)
    if code == 137 and kills:
        text = "137 is 128 + 9: SIGKILL, which was sent; the engine said nothing of memory."
        return Sentence(text=text, evidence=(*seen, *kills[-1].evidence))
    return Sentence(text=f"It exited with {code} ({exit_meaning(code)}).", evidence=seen)


def by_itself(scene: Scene) -> bool:
    """Whether somebody knows that no signal ended it.

    A wait status tells an exit from a signal; an engine only has the code, which from 128 on can stand for both.
    """
    if scene.exited is None or (code := scene.exited[1].exit_code) is None:
        return False
    event, root = scene.exited[1], root_of(scene)
    if event.cause == "exited" and (event.author == "kernel" or not 128 < code <= 192):
        return True
    return root is not None and root.ended == "exited"


def _killed(
    scene: Scene, code: int, signal: str | None, seen: tuple[int, ...], kills: list[Word], witness: str
) -> Sentence:
    name = signal or (name_of(code - 128) if 128 < code <= 192 else None)
    if code == 137 and kills:
        memory = "; not out of memory: the engine said nothing of that" if scene.engine else ""
        by = {"engine": "the engine", "lab": "the lab"}.get(kills[-1].sender_kind or "", kills[-1].sender or "somebody")
        text = f"137 is 128 + 9: {witness} that SIGKILL ended it, and {by} sent it{memory}."
        return Sentence(text=text, evidence=(*seen, *kills[-1].evidence))
    if scene.started and scene.started.container_id is None and code < 128:
        return Sentence(text=f"{_start(witness)} that {name or 'a signal'} ended it.", evidence=seen)
    return Sentence(text=f"{code} is 128 + {code - 128}: {witness} that {name} ended it.", evidence=seen)


def _exited(scene: Scene, root: Row | None, code: int, seen: tuple[int, ...]) -> Sentence:
    if code <= 128 or code > 192:
        meaning = f" ({exit_meaning(code)})" if code else ""
        return Sentence(text=f"It exited with {code}{meaning}: its own doing, not a signal's.", evidence=seen)
    name = name_of(code - 128)
    killed = [row for row in scene.rows() if root and row.ppid == root.pid and row.ended in ("killed", "dumped_core")]
    child = next(iter(killed), None)
    if root and child and child.gone is not None and (root.comm in _INITS or root.is_init):
        text = f"It exited with {code} by itself: 128 + {code - 128} passes on that {name} ended {child.name}."
        return Sentence(text=text, evidence=(*seen, child.gone))
    text = f"It exited with {code} by itself, which by convention stands for {name}; no signal ended it."
    return Sentence(text=text, evidence=seen)


def _start(who: str) -> str:
    return who[:1].upper() + who[1:]
