"""The verdict on one signal that was asked for."""

from __future__ import annotations

from app.events import Forecast, Output, SignalFailed, SignalRequested
from app.events.parts import ForecastGroup, Held, Sentence, VerdictOutcome
from app.signals import named_so, parse_signal
from app.verdict.came import Came, as_named, came_of
from app.verdict.came import Fate as CameFate
from app.verdict.claims import Sent, sent_of
from app.verdict.diagnosis import BLIND, Diagnosis, seconds, sentence, who_did
from app.verdict.exit_code import exit_said
from app.verdict.passed_on import sentences_of, swept
from app.verdict.scene import Row, Scene, Word

_OUTCOMES: dict[CameFate, VerdictOutcome] = {
    "dropped": "dropped",
    "ignored": "ignored",
    "ignored_default": "ignored",
    "queued_dropped": "queued_then_dropped",
    "pending": "pending",
    "merged": "already_pending",
    "taken": "taken",
    "ended": "default_action",
    "stopped": "default_action",
    "continued": "default_action",
    "nothing": "ignored",
    "unknown": "unknown",
}
# What a forecast calls a fate, and what a verdict may call it then.
_SAME: dict[str, tuple[CameFate, ...]] = {
    "handler": ("handler",),
    "sigwait": ("taken",),
    "signalfd": ("taken",),
    "terminates": ("ended",),
    "core": ("ended",),
    "stops": ("stopped",),
    "continues": ("continued",),
    "ignored": ("ignored", "queued_dropped"),
    "ignored_default": ("ignored_default", "nothing"),
    "dropped": ("dropped",),
    "queued_dropped": ("queued_dropped",),
    "pending": ("pending", "merged"),
}
_EXIT_WITHIN_S = 10  # an end that comes later is not said to be the handler's
_WAITED_S = 0.01  # a signal that is taken so much later did wait
_LOUD = ("SIGCHLD", "SIGWINCH", "SIGCONT", "SIGURG")  # whose handlers end no program


def diagnose_signal(scene: Scene, request: int, *, over: bool) -> Diagnosis:
    """``over``: nothing more will come of it, as its time is up or the target has ended."""
    asked = next(event for number, event in scene.events if number == request)
    assert isinstance(asked, SignalRequested)
    failed = next(
        ((number, each) for number, each in scene.events if isinstance(each, SignalFailed) and each.request == request),
        None,
    )
    first = _asked(asked, request)
    if failed:
        text = f"{asked.signal} was not sent: {failed[1].error}."
        said = Sentence(text=text, evidence=(failed[0],))
        return Diagnosis(asked.signal, "not_done", text, (first, said))
    sent = sent_of(scene, request, asked)
    if sent.word is None:
        return _unseen(scene, sent, first)
    came = came_of(scene, sent.word)
    said_of = [
        first,
        sentence(came),
        *(sentence(came_of(scene, word)) for word in sent.others[:4]),
        *sentences_of(list(sent.hops)),
    ]
    outcome, text, more = _came_to(scene, sent, came)
    if sent.others:
        text = f"{text} {_others(len(sent.others))}"
    said_of += more
    root_ended = scene.started is not None and sent.row is not None and sent.row.pid == scene.started.pid
    tells_end = root_ended and scene.exited is not None
    if held := _held(scene, sent, came):
        said_of.append(held[1])
    final = over or came.fate in ("dropped", "ignored", "ignored_default", "queued_dropped")
    was_end = outcome in ("handled_and_exited", "default_action")
    return Diagnosis(
        asked.signal,
        outcome,
        text,
        tuple(said_of),
        held=held[0] if held else "none",
        final=final or was_end,
        tells_end=tells_end and was_end and came.fate in ("handler", "ended"),
    )


def _asked(asked: SignalRequested, request: int) -> Sentence:
    to = "its root process" if asked.pid is None else f"process {asked.pid}"
    to = f"the process group of {to}" if asked.group else to
    where = ", from inside" if asked.from_ == "inside" else ""
    return Sentence(text=f"{who_did(asked.by)} asked for {asked.signal} to {to}{where}.", evidence=(request,))


def _others(count: int) -> str:
    return f"{count} more of its process group {'was' if count == 1 else 'were'} sent it too."


def _unseen(scene: Scene, sent: Sent, first: Sentence) -> Diagnosis:
    signal = sent.asked.signal
    if blind := scene.blind_at(sent.id, sent.last):
        text = BLIND.format(signal=signal, why=blind[1])
        said = Sentence(text=f"{text} The kernel's trace would tell.", evidence=(blind[0],))
    else:
        text = f"The kernel said nothing of {signal}."
        said = Sentence(text=f"{text} It was sent, and no witness saw what became of it.", evidence=(sent.id,))
    end = exit_said(scene, oom=None, kills=[])
    return Diagnosis(signal, "unknown", text, (first, said), final=False).with_more(end)


def _came_to(scene: Scene, sent: Sent, came: Came) -> tuple[VerdictOutcome, str, list[Sentence]]:
    if came.fate != "handler":
        more = _end_of(scene, sent) if came.fate == "ended" else []
        return _OUTCOMES[came.fate], came.text, more
    assert sent.word is not None
    row = sent.row and scene.row(sent.row.pid)
    who, signal = as_named(row, sent.word).name if row else "It", sent.asked.signal
    gone = row is not None and row.gone is not None and row.gone_at is not None
    if row is None or not gone or _another(scene, sent, row) or _ended_by_next(scene, sent, row):
        return "handled_and_went_on", f"{who} ran its handler for {signal} and went on.", _printed(scene, sent)
    assert row.gone is not None and row.gone_at is not None
    took_s = max(0.0, (row.gone_at - (sent.word.taken_at or sent.word.at)).total_seconds())
    if took_s > _EXIT_WITHIN_S:
        return "handled_and_went_on", f"{who} ran its handler for {signal} and went on.", _printed(scene, sent)
    took = seconds(took_s)
    killer = _killer(scene, sent, row)
    if killer:
        itself = killer.sender_pid == row.pid
        by = "it" if itself else killer.sender or "somebody"
        text = f"{who} ran its handler for {signal}; {killer.signal}, which {by} sent, ended it {took} later."
        said = Sentence(text=came_of(scene, killer).text, evidence=killer.evidence)
        outcome: VerdictOutcome = "handled_and_exited" if itself else "handled_and_went_on"
        return outcome, text, [said, *_end_of(scene, sent)]
    code = ""
    if scene.started and row.pid == scene.started.pid and scene.exited and scene.exited[1].exit_code is not None:
        code = f" with {scene.exited[1].exit_code}"
    text = f"{who} ran its handler for {signal} and exited{code}, {took} later."
    said = Sentence(text=f"{who} was gone {took} later.", evidence=(row.gone,))
    return "handled_and_exited", text, [said, *_end_of(scene, sent)]


def _another(scene: Scene, sent: Sent, row: Row) -> bool:
    """Whether it ran a handler for something else before it ended: then the end is not this one's."""
    assert sent.word is not None
    return any(
        word.id > sent.word.id and word.pid == row.pid and word.delivered == "handler" and word.signal not in _LOUD
        for word in scene.words
    )


def _ended_by_next(scene: Scene, sent: Sent, row: Row) -> bool:
    """Whether what somebody asked for afterwards has ended it: that is the next one's story."""
    return any(
        word.pid == row.pid
        and word.sender_kind in ("lab", "engine")
        and (word.delivered == "default" or word.signal == "SIGKILL")
        and word.generated != "ignored"
        for word in scene.words_in(sent.last, scene.events[-1][0])
    )


def _killer(scene: Scene, sent: Sent, row: Row) -> Word | None:
    """Another signal that ended it after the handler had run."""
    assert sent.word is not None
    return next(
        (
            word
            for word in scene.words
            if word.id > sent.word.id
            and word.pid == row.pid
            and not (word.id > sent.last and word.sender_kind in ("lab", "engine"))
            and (word.delivered == "default" or word.signal == "SIGKILL")
            and word.generated != "ignored"
            and named_so(word.signal).default in ("terminate", "core")
        ),
        None,
    )


def _end_of(scene: Scene, sent: Sent) -> list[Sentence]:
    """The target's own end, where it was the root's, and who went with it."""
    if sent.row is None or scene.started is None or sent.row.pid != scene.started.pid or scene.exited is None:
        return []
    kills = [
        word for word in scene.words if word.pid == sent.row.pid and word.signal == "SIGKILL" and not word.teardown
    ]
    found = exit_said(scene, oom=None, kills=kills)
    more = [each.sentence() for each in swept(scene, sent.id, scene.events[-1][0], sent.asked.signal)[:4]]
    return [*([found] if found else []), *more]


def _printed(scene: Scene, sent: Sent) -> list[Sentence]:
    """What came out after the signal and before the next one: a trap that only prints has printed that."""
    assert sent.word is not None
    for number, event in scene.events:
        if number > sent.last:
            break
        if number > sent.word.id and isinstance(event, Output) and event.at >= sent.word.at and event.text.strip():
            line = event.text.strip().splitlines()[0][:80]
            return [Sentence(text=f"After that the target printed “{line}”.", evidence=(number,))]
    return []


def _held(scene: Scene, sent: Sent, came: Came) -> tuple[Held, Sentence] | None:
    """Whether what was foretold of this process and signal came true."""
    found = _forecast_for(scene, sent)
    if found is None or came.fate == "unknown":
        return None
    number, group = found
    if group.fate in ("unknown", "none"):
        return "open", Sentence(text=f"The forecast had left it open: {group.why}", evidence=(number,))
    held = came.fate in _SAME[group.fate] or (group.fate == "pending" and _waited(sent, group))
    how = "It came as foretold" if held else "It was foretold otherwise"
    text = f"{how}: {inside_why(group.why)}"
    return "held" if held else "not_held", Sentence(text=text, evidence=(number, *came.evidence[:1]))


def _waited(sent: Sent, group: ForecastGroup) -> bool:
    """It was pending, as foretold, and was taken later."""
    if sent.word is None or sent.word.taken_at is None:
        return False
    return group.rule == "blocked_with_handler" or (sent.word.taken_at - sent.word.at).total_seconds() >= _WAITED_S


def inside_why(why: str) -> str:
    return why if why.endswith(".") else f"{why}."


def _forecast_for(scene: Scene, sent: Sent) -> tuple[int, ForecastGroup] | None:
    if sent.row is None:
        return None
    bit = 1 << (parse_signal(sent.asked.signal).number - 1)
    found: tuple[int, ForecastGroup] | None = None
    for number, event in scene.events:
        if number > sent.id:
            break
        if isinstance(event, Forecast) and (event.pid, event.start) == (sent.row.pid, sent.row.start):
            groups = event.inside if sent.asked.from_ == "inside" and event.inside else event.outside
            group = next((each for each in groups if int(each.signals, 16) & bit), None)
            found = (number, group) if group else found
    return found
