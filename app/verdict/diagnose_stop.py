"""The verdict on a stop."""

from __future__ import annotations

from collections.abc import Iterator

from app.events.parts import Held, Sentence, VerdictOutcome
from app.signals import named_so
from app.verdict.advice import advise_stop
from app.verdict.came import Came, came_of
from app.verdict.diagnosis import BLIND, Diagnosis, inside, seconds, sentence, who_did
from app.verdict.exit_code import exit_said
from app.verdict.memory import chosen_said
from app.verdict.passed_on import kept_by, sentences_of
from app.verdict.scene import Scene, Word
from app.verdict.stop_seen import Stop, asked_stop, stop_by_hand


def diagnose_stop(scene: Scene, request: int) -> Diagnosis:
    """Once its ``stop_finished`` is there, and the kernel's last words."""
    return _diagnosis(scene, asked_stop(scene, request))


def diagnose_by_hand(scene: Scene, after: int) -> Diagnosis | None:
    """Of a stop that nobody asked the lab for.  None: there was none."""
    stop = stop_by_hand(scene, after)
    return _diagnosis(scene, stop) if stop else None


def _diagnosis(scene: Scene, stop: Stop) -> Diagnosis:
    came = came_of(scene, stop.word) if stop.word else None
    said = [*_asked(stop), *_arrived(scene, stop, came), *sentences_of(list(stop.hops))]
    if stop.finished is None or (scene.exited is None and stop.finished[1].error):
        error = stop.finished[1].error if stop.finished else "nobody saw its end"
        number = stop.finished[0] if stop.finished else stop.id
        said.append(Sentence(text=f"The stop was not carried out: {error}.", evidence=(number,)))
        return Diagnosis(stop.asked.signal, "not_done", f"Not stopped: {error}.", tuple(said))
    if (error := stop.finished[1].error) and stop.finished[1].exit_code is not None:  # the lab ended before it
        said.append(Sentence(text=f"It was not seen through: {error}.", evidence=(stop.finished[0],)))
        return Diagnosis(stop.asked.signal, "ended_by_lab", f"Ended by the lab: {error}.", tuple(said))
    outcome, reason = _outcome(scene, stop, came)
    said += [*_killed(stop, outcome), *chosen_said(scene, stop.id), *_ended(scene, stop), *_swept(stop)]
    if held := _held(stop):
        said.append(held[1])
    return Diagnosis(
        stop.asked.signal,
        outcome,
        _text(stop, outcome, reason),
        tuple(said),
        held=held[0] if held else "none",
        advice=advise_stop(scene, stop, outcome),
    )


def _asked(stop: Stop) -> Iterator[Sentence]:
    asked = stop.asked
    if stop.by_hand:
        text = f"Somebody asked the engine for a stop, not the lab: it sent {asked.signal} to the root process."
        yield Sentence(text=text, evidence=(stop.id,))
        return
    limit = "no timeout" if asked.timeout_s < 0 else f"a timeout of {asked.timeout_s} s"
    yield Sentence(text=f"{who_did(asked.by)} asked for a stop with {asked.signal} and {limit}.", evidence=(stop.id,))
    if sent := stop.engine_sent(asked.signal):
        yield Sentence(text=f"The engine sent {asked.signal} to the root process.", evidence=(sent[0],))


def _arrived(scene: Scene, stop: Stop, came: Came | None) -> Iterator[Sentence]:
    if came:
        yield sentence(came)
    elif blind := scene.blind_at(stop.id, stop.last):
        text = BLIND.format(signal=stop.asked.signal, why=blind[1])
        yield Sentence(text=f"{text} The kernel's trace would tell.", evidence=(blind[0],))


def _outcome(scene: Scene, stop: Stop, came: Came | None) -> tuple[VerdictOutcome, str]:
    """What it is, and the reason as it stands after a colon."""
    assert stop.finished is not None
    _, finished = stop.finished
    who = stop.root.name if stop.root else "the root process"
    if (stop.oom is not None or stop.chosen) and finished.exit_code == 137:
        return "out_of_memory", "the kernel ended it because its memory ran out, not because of the stop"
    if finished.killed and (
        stop.asked.signal == "SIGKILL" or (stop.escalated and stop.escalated[1].author == "person")
    ):
        by = stop.escalated[1].by if stop.escalated else stop.asked.by
        return "sigkill_asked", _why_not_before(
            scene, stop, came, who
        ) if stop.escalated else f"{inside(who_did(by))} asked for SIGKILL itself"
    if finished.killed:
        return "sigkill_at_timeout", _why_not_before(scene, stop, came, who)
    if finished.killed is None and finished.exit_code is None:
        return "unknown", "nobody saw how it ended"
    if finished.killed is None and came is None and not stop.engine:
        return "unknown", "nobody can tell whether SIGKILL was sent"
    if loss := next((each for each in stop.swept if each.loss), None):
        more = sum(1 for each in stop.swept if each.loss) - 1
        others = f", and {more} more" if more else ""
        return "not_clean", f"{loss.row.name} was killed with PID 1{others}: {loss.loss}"
    if came is None:
        blind = scene.blind_at(stop.id, stop.last)
        reason = BLIND.format(signal=stop.asked.signal, why=blind[1]) if blind else "the kernel said nothing of it"
        return "unknown", inside(reason)
    other = next((word for word in scene.words if _ended_by(word, stop)), None)
    if other and came.fate != "ended":
        sender = other.sender or "somebody"
        return "something_else", f"{sender} sent it {other.signal} meanwhile; {inside(came.text)}"
    if came.fate == "handler":
        return "handled_and_exited", _left(stop, f"{who} ran its handler for {stop.asked.signal}")
    if came.fate == "taken":
        return "handled_and_exited", _left(stop, f"{who} took {stop.asked.signal}")
    if came.fate == "ended":
        return "default_action", inside(came.text)
    if came.fate == "unknown":
        return "unknown", inside(came.text)
    return "something_else", f"it ended by itself meanwhile; {inside(came.text)}"


def _left(stop: Stop, did: str) -> str:
    """What the root made of it: it told others, and it exited."""
    assert stop.finished is not None
    told_to = list(dict.fromkeys(hop.word.comm for hop in stop.hops if stop.root and hop.sender.pid == stop.root.pid))
    passed = f", told {' and '.join(told_to[:3])}" if told_to else ""
    return f"{did}{passed} and exited with {stop.finished[1].exit_code}"


def _ended_by(word: Word, stop: Stop) -> bool:
    if stop.root is None or word.id <= stop.id or word.pid != stop.root.pid or word is stop.word:
        return False
    fatal = word.delivered == "default" and named_so(word.signal).default in ("terminate", "core")
    return fatal and word.sender_kind != "itself"  # what it raises again is its own way to end


def _why_not_before(scene: Scene, stop: Stop, came: Came | None, who: str) -> str:
    if came is None:
        return f"what became of {stop.asked.signal} is not known"
    at_once = stop.asked.timeout_s == 0
    if came.fate not in ("handler", "taken") and not (at_once and came.fate == "unknown"):
        return inside(came.text)
    if stop.root and (
        kept := kept_by(scene, list(stop.hops), stop.root.pid, stop.kills[-1].id if stop.kills else stop.last)
    ):
        return f"{who} passed it on, but {inside(kept.came.text)}"
    if at_once:  # whether it was taken before: on a busy machine nobody has seen it
        return "with a timeout of 0, SIGKILL follows the signal at once"
    how = "ran its handler for" if came.fate == "handler" else "took"
    return f"{who} {how} {stop.asked.signal} and had not ended when the time was over"


def _killed(stop: Stop, outcome: VerdictOutcome) -> Iterator[Sentence]:
    if outcome == "sigkill_at_timeout":
        number = stop.engine_sent("SIGKILL")
        by_engine = number or (stop.kills and stop.kills[-1].sender_kind == "engine")
        by = "the engine" if by_engine or not stop.escalated else "the lab"
        ids = [*([number[0]] if number else []), *(word.id for word in stop.kills[-1:])]
        ids += [stop.escalated[0]] if stop.escalated else []
        if ids:
            after = "at once" if stop.asked.timeout_s == 0 else f"after {stop.asked.timeout_s} s"
            yield Sentence(text=f"SIGKILL followed {after}, from {by}.", evidence=tuple(ids))
    elif outcome == "sigkill_asked" and stop.escalated:
        number_, event = stop.escalated
        yield Sentence(text=f"{who_did(event.by)} did not wait any longer and asked for SIGKILL.", evidence=(number_,))


def _ended(scene: Scene, stop: Stop) -> Iterator[Sentence]:
    if exit_ := exit_said(scene, oom=stop.oom, kills=list(stop.kills)):
        yield exit_


def _swept(stop: Stop) -> Iterator[Sentence]:
    for each in stop.swept[:4]:
        yield each.sentence()
    if rest := stop.swept[4:]:
        ids = tuple(each.word.id for each in rest)
        yield Sentence(text=f"So were {len(rest)} more.", evidence=ids)


def _held(stop: Stop) -> tuple[Held, Sentence] | None:
    """Whether what was foretold of this very stop came true."""
    if stop.forecast is None or stop.finished is None or stop.finished[1].killed is None:
        return None
    number, event = stop.forecast
    killed = bool(stop.finished[1].killed)
    evidence = (number, stop.finished[0])
    if event.outcome in ("handler_decides", "unknown"):
        return "open", Sentence(text=f"The forecast had left it open: “{event.say}”.", evidence=evidence)
    if stop.escalated and stop.escalated[1].author == "person" and event.outcome == "sigkill":
        return "open", Sentence(text=f"Foretold: “{event.say}”; somebody did not wait for that.", evidence=evidence)
    held = killed == (event.outcome == "sigkill")
    how = "It came as foretold" if held else "It was foretold otherwise"
    likely = "" if event.sure else ", though not for sure"
    text = f"{how}: “{event.say}”{likely}. {event.why}"
    return "held" if held else "not_held", Sentence(text=text, evidence=evidence)


_STARTS: dict[VerdictOutcome, str] = {
    "sigkill_at_timeout": "Killed",
    "sigkill_asked": "Killed",
    "out_of_memory": "Ended",
    "something_else": "Ended",
    "unknown": "Ended",
    "not_clean": "Stopped, but not cleanly,",
}


def _text(stop: Stop, outcome: VerdictOutcome, reason: str) -> str:
    assert stop.finished is not None
    took = stop.finished[1].took_s
    after = f"after {seconds(took)}" if took is not None else "after a time that nobody measured"
    return f"{_STARTS.get(outcome, 'Left')} {after}: {reason}."
