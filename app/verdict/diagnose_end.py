"""The verdict on an end that nobody asked for on the page: by itself, or by a signal that came another way."""

from __future__ import annotations

from app.events.lesson import ExecRequested, HttpRequested
from app.events.parts import Sentence
from app.verdict.came import came_of, named, row_of
from app.verdict.diagnose_stop import diagnose_by_hand
from app.verdict.diagnosis import Diagnosis, inside, sentence, who_did
from app.verdict.exit_code import by_itself, exit_said, root_of
from app.verdict.fence import fenced_off
from app.verdict.memory import chosen_said, name_of_chosen, others_chosen, root_chosen
from app.verdict.passed_on import hops, sentences_of, swept
from app.verdict.scene import Scene, Word

_OUT = ("SIGCHLD", "SIGWINCH", "SIGCONT", "SIGURG")


def diagnose_end(scene: Scene, after: int) -> Diagnosis | None:
    """None: it has not ended.  ``after``: the newest request whose verdict says all of what came before."""
    if scene.exited is None:
        return None
    if by_hand := diagnose_by_hand(scene, after):
        return by_hand
    number, event = scene.exited
    root = root_of(scene)
    who = root.name if root else "The root process"
    oom = next((at for at, each in scene.engine if each.action == "oom"), None)
    words = [
        word for word in scene.words if word.id > after and root and word.pid == root.pid and word.signal not in _OUT
    ]
    kills = [word for word in words if word.signal == "SIGKILL" and not word.teardown]
    fatal = next((word for word in reversed(words) if came_of(scene, word).fate == "ended"), None)
    handled = next((word for word in reversed(words) if word.delivered == "handler"), None)
    said = [*_typed(scene, after), *(each for each in (_origin(scene, fatal or handled, after),) if each)]
    said += sentences_of(hops(scene, after, scene.events[-1][0]))
    chosen, others = root_chosen(scene, after), others_chosen(scene, after)
    said += chosen_said(scene, after)
    if chosen and (event.exit_code == 137 or event.signal == "SIGKILL"):
        text = f"{who} was ended because memory ran out: the kernel chose it, and sent SIGKILL."
        outcome = Diagnosis("SIGKILL", "out_of_memory", text, ())
    elif others and event.exit_code == 137 and by_itself(scene):  # an init or a shell: it passes on how its child ended
        child = name_of_chosen(scene, others[-1])
        text = f"Memory ran out: the kernel chose {child}, and {who} exited with 137 after that."
        outcome = Diagnosis(None, "out_of_memory", text, ())
    elif oom is not None and event.exit_code == 137 and not others:
        text = f"{who} was ended because the container's memory ran out: the engine says so, and 137 is SIGKILL."
        outcome = Diagnosis(None, "out_of_memory", text, ())
    elif event.oom and event.signal == "SIGKILL":
        text = f"{who} was ended because the memory that a local target has here ran out: the kernel counted it."
        outcome = Diagnosis("SIGKILL", "out_of_memory", text, ())
    elif fatal:
        came = came_of(scene, fatal)
        said.append(sentence(came))
        by = _by(fatal)
        outcome = Diagnosis(fatal.signal, "default_action", f"{fatal.signal}{by} ended it: {inside(came.text)}.", ())
    elif handled:
        said.append(sentence(came_of(scene, handled)))
        text = f"{who} ran its handler for {handled.signal}{_by(handled)} and exited{_with(event.exit_code)}."
        outcome = Diagnosis(handled.signal, "handled_and_exited", text, ())
    elif event.cause == "unknown":
        outcome = Diagnosis(None, "unknown", "It has ended; nobody saw how.", ())
    elif not by_itself(scene):
        text = f"{who} ended{_with(event.exit_code)}; nobody saw whether a signal ended it."
        outcome = Diagnosis(None, "unknown", text, ())
    else:
        fence = fenced_off(scene)
        said += [fence] if fence else []
        likely = ": the lab’s fence is the likely reason" if fence else ""
        text = f"{who} ended by itself{_with(event.exit_code, ', with ')}{likely}."
        outcome = Diagnosis(None, "by_itself", text, ())
    if event.oom and not scene.chosen:
        many = "one of its processes" if event.oom == 1 else f"{event.oom} of its processes"
        text = f"The kernel ended {many} because its control group had no memory left."
        said.append(Sentence(text=text, evidence=(number,)))
    exit_ = exit_said(scene, oom=oom, kills=kills)
    lost = [each for each in swept(scene, after, scene.events[-1][0], "SIGTERM") if each.loss][:4]
    more = [each.sentence() for each in lost]
    return Diagnosis(outcome.signal, outcome.outcome, outcome.text, tuple(said)).with_more(exit_, *more)


def _with(code: int | None, start: str = " with ") -> str:
    return "" if code is None else f"{start}{code}"


def _by(word: Word) -> str:
    match word.sender_kind:
        case "terminal":
            return " from the terminal"
        case "kernel":
            return " from the kernel"
        case "itself":
            return ", which it sent itself,"
    return f" from {word.sender}" if word.sender else ""


def _origin(scene: Scene, word: Word | None, after: int) -> Sentence | None:
    """A command that the lab ran inside, or a page that it asked for, just before."""
    if word is None:
        return None
    for number, event in reversed(scene.events):
        if after < number < word.id and isinstance(event, ExecRequested):
            return Sentence(text=f"{who_did(event.by)} ran `{' '.join(event.command)}` inside.", evidence=(number,))
        if number < word.id and isinstance(event, HttpRequested):
            break
    return None


def _typed(scene: Scene, after: int) -> list[Sentence]:
    """What the terminal sent: Ctrl-C, a hang-up, another size."""
    found: dict[str, list[Word]] = {}
    for word in scene.words_in(after, scene.events[-1][0]):
        if word.sender_kind == "terminal" and word.signal != "SIGWINCH":
            found.setdefault(word.signal, []).append(word)
    said = []
    for signal, words in found.items():
        names = list(dict.fromkeys(named(word, row_of(scene, word)) for word in words))
        ids = tuple(dict.fromkeys(word.id for word in words))[:6]
        said.append(Sentence(text=f"The terminal sent {signal} to {_list(names)}.", evidence=ids))
    return said


def _list(names: list[str]) -> str:
    shown = names[:3] + ([f"{len(names) - 3} more"] if len(names) > 3 else [])
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def diagnose_removal(scene: Scene, until: int, *, gone: bool = False) -> Diagnosis | None:
    """The lab ended it, for its run was removed or the lab was stopped.  ``until``: the last event before that.

    ``gone``: the lab had been killed.
    """
    root = root_of(scene)
    if scene.started is None:
        return None
    number = max((number for number, event in scene.events if event.kind == "target_started"), default=until)
    who = root.name if root else "It"
    why = "the lab was killed, and so it was ended" if gone else "its run was ended: the lab ended it"
    text = f"{who} was running when {why}."
    return Diagnosis(None, "ended_by_lab", text, (Sentence(text=text, evidence=(number,)),))
