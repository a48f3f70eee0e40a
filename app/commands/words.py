"""Sentences for the timeline in the terminal, in the words of the page's record (``static/js/words/record.js``).

A teller is given the events of a run in their order, as they come over the wire, and gives for each the sentences to
show; the first is the fact, the others belong to it.  Every kind of the union has words here, also those that a
timeline leaves out unless all is asked for: a test holds both together, and holds the words against the page's own.

Longer than most files: it is one list, and a kind that is missing shows best in one.
"""

from __future__ import annotations

from collections.abc import Callable

from app.commands.known import Event, Known
from app.commands.text import exited_with, name_for, plain, seconds, short, timeout_words, who_did
from app.events.trial import SAID
from app.signals import RESERVED, SIGNALS

Says = Callable[[Known, Event], str | list[str] | None]

# Of these a timeline would drown: a `sleep` each second is four of them.
QUIET = frozenset(
    {
        *("process_appeared", "process_changed", "process_gone", "forecast", "http_progress", "step_done"),
        *("build_progress", "bet_placed"),
    }
)
SHOWN_LINES = 4  # of one piece of output
LINE_CHARS = 200
DEFAULTS: dict[str, str] = {each.name: each.default for each in (*SIGNALS, *RESERVED)}
BY_DEFAULT = {
    "terminate": "it ends",
    "core": "it ends, with a core dump where limits allow",
    "stop": "it stops",
    "continue": "it goes on",
    "ignore": "nothing",
}
GENERATED = {
    "queued": "queued",
    "ignored": "ignored",
    "already_pending": "already pending, not queued again",
    "overflow_fail": "not queued, there is no room for more",
    "lose_info": "queued, without its details",
}
RUN_ENDS = {
    "ended": "the run is over",
    "failed": "the run failed",
    "removed": "the run was ended and removed",
    "lab_stopped": "the run ended: the lab was stopped",
    "lab_was_gone": "the run ended while the lab was gone",
}
ENGINE_SAYS = {
    "create": "creates {}",
    "start": "starts {}",
    "stop": "has stopped {}",
    "oom": "{} is out of memory",
    "pause": "freezes {}",
    "unpause": "lets {} go on",
    "destroy": "removes {}",
}
GUESSES = {"left": "leaves by itself", "killed": "is killed at the timeout"}
HELD = {
    "held": "The forecast held.",
    "not_held": "The forecast did not hold.",
    "open": "The forecast had left it open.",
}


class Teller(Known):
    """Use one for a run, from its first event on."""

    def tell(self, event: Event) -> list[str]:
        """The sentences for an event; none where another one has said it.  An unknown kind is named, never dropped."""
        says = SAYS.get(event["kind"])
        said = says(self, event) if says else f"something this version does not know: {event['kind']}"
        self.on_event(event)
        told = [said] if isinstance(said, str) else said or []
        name = self.targets[event["target"]].name if event.get("target") in self.targets else ""
        return [f"{name}: {told[0]}", *told[1:]] if told and name and len(self.targets) > 1 else told


def _kernel(teller: Known, event: Event) -> str:
    process = teller.of(event).processes.get(event["pid"])
    ns_pid = event.get("ns_pid") or (process.ns_pid if process else None)
    who = name_for(event["comm"]) + (f" ({ns_pid})" if ns_pid else "")
    who = f"a thread of {who}" if event.get("thread") not in (None, event["pid"]) else who
    signal, taken = event["signal"], event.get("delivered")
    if taken == "handler":
        return f"{who} runs its handler for {signal}"
    if taken == "default":
        return f"{signal} to {who}: default action, {BY_DEFAULT[DEFAULTS.get(signal, 'terminate')]}"
    if taken:
        return f"{signal} to {who}: dropped when it was taken"
    if event.get("teardown"):
        return f"{signal} to {who}: PID 1 ended, the kernel ends the rest"
    goes_on = ", but it goes on" if signal == "SIGCONT" and process and process.state == "T" else ""
    sender = f", from {name_for(event['sender'])}" if event.get("sender") else ""
    sent = event.get("generated")
    return f"{signal} to {who}: {GENERATED.get(sent or '', sent)}{goes_on}{sender}"


def _output(_: Known, event: Event) -> list[str] | None:
    lines = [short(line.rstrip(), LINE_CHARS) for line in plain(event["text"]).split("\n") if line.strip()]
    if not lines:
        return None
    left = len(lines) - SHOWN_LINES
    more = [f"… and {'one more line' if left == 1 else f'{left:,} more lines'}"] if left > 0 else []
    return [f"prints “{lines[0]}”", *(f"       “{line}”" for line in lines[1:SHOWN_LINES]), *more]


def _request(teller: Known, event: Event) -> str:
    inside = ", from inside" if event.get("from") == "inside" else ""
    group = " and its process group" if event.get("group") else ""
    return f"{who_did(event['by'])} sends {event['signal']} to {teller.receiver(event)}{group}{inside}"


def _engine(teller: Known, event: Event) -> str:
    name, action = teller.of(event).name, event["action"]
    if action == "kill":
        return f"{event.get('signal') or 'a signal'} to {name}"
    if action == "die":
        code = event.get("exit_code")
        return f"{name} ended, exit code {'unknown' if code is None else code}"
    return ENGINE_SAYS[action].format(name) if action in ENGINE_SAYS else f"{action} {name}"


def _exited(teller: Known, event: Event) -> str | None:
    if teller.of(event).died and event["author"] == "engine":
        return None
    memory = ", no memory left" if event.get("oom") else ""
    return f"ended by {event['signal']}{memory}" if event.get("signal") else exited_with(event.get("exit_code"))


def _started(teller: Known, event: Event) -> list[str]:
    target, pid = teller.of(event), event.get("pid")
    where = " on the engine’s machine" if target.host == "container" else ""
    ports = [f"{inside} at 127.0.0.1:{port}" for inside, port in (event.get("ports") or {}).items()]
    fence = ", behind the engine’s usual fence" if event.get("fence") == "docker" else ""
    without = f", without a limit of {' and '.join(event['without'])}" if event.get("without") else ""
    return [f"{target.name} is running{'' if pid is None else f': process {pid}{where}'}{fence}{without}", *ports]


def _stop(teller: Known, event: Event) -> str:
    using = "" if event["signal"] == teller.of(event).stop_signal else f" with {event['signal']}"
    return f"{who_did(event['by'])} asks for a stop{using}, {timeout_words(event['timeout_s'])}"


def _escalated(teller: Known, event: Event) -> str:
    if event["reason"] == "timeout":
        return f"the time is up: SIGKILL to {teller.of(event).name}"
    return f"{who_did(event['by'])} asks for SIGKILL now"


def _stopped(_: Known, event: Event) -> str:
    if event.get("error"):
        return f"the stop failed: {event['error']}"
    return f"the stop took {seconds(event.get('took_s'))}: {exited_with(event.get('exit_code'))}"


def _stop_forecast(_: Known, event: Event) -> list[str]:
    sure = "" if event["sure"] else ", likely"
    fix = [f"fix: {event['fix']}"] if event.get("fix") else []
    asked = f"{event['signal']}, {timeout_words(event['timeout_s'])}"
    return [f"a stop now ({asked}) would come to: {event['say']}{sure}. {event['why']}".rstrip(), *fix]


def _verdict(_: Known, event: Event) -> list[str]:
    told = [f"verdict: {event['text']}"]
    for each in event.get("said") or []:
        numbers = f" [{', '.join(str(number) for number in each['evidence'])}]" if each.get("evidence") else ""
        told.append(f"{each['text']}{numbers}")
    told += [HELD[event["held"]]] if event["held"] in HELD else []
    if advice := event.get("advice"):
        told.append(f"What would help: {advice['text']}")
        told += [advice["note"]] if advice.get("note") else []
        for place in advice.get("at") or []:
            told += [f"{place['place']}:", *(f"    {line}" for line in place["lines"])]
    return told


def _executed(_: Known, event: Event) -> str:
    first = next((line.strip() for line in plain(event["output"]).split("\n") if line.strip()), "")
    said = f"answers “{short(first, 60)}”" if first else "prints nothing"
    return f"{said}, {exited_with(event.get('exit_code'))}"


def _got(_: Known, event: Event) -> str:
    if event.get("status") is None:
        return f"no answer: {event.get('error') or 'nobody knows why'}"
    whole = "whole" if event["complete"] else "cut short"
    return f"answers {event['status']}, {event['received']:,} bytes, {whole} after {seconds(event['took_s'])}"


def _built(_: Known, event: Event) -> str:
    what = event.get("what", "build")
    match event["state"]:
        case "done":
            return f"image {event['image']} is ready"
        case "cancelled":
            return f"the {what} of image {event['image']} was cancelled"
        case "failed":
            lacks = f": package {event['package']}" if event.get("package") else ""
            return f"image {event['image']} could not be {'pulled' if what == 'pull' else 'built'}{lacks}"
    last = [line.strip() for line in plain(event["text"]).split("\n") if line.strip()]
    return f"image {event['image']}: {short(last[-1], LINE_CHARS) if last else '…'}"


def _changed(teller: Known, event: Event) -> str:
    what = [name for name in event if name not in {"id", "kind", "at", "seen_at", "clock", "author", "run", "target"}]
    named = [name for name in what if name not in {"pid", "start", "was"}]
    process = teller.of(event).processes.get(event.get("was") or event["pid"])
    who = f"{name_for(process.comm)} ({process.ns_pid})" if process else f"process {event['pid']}"
    return f"{who} is another one now" if event.get("was") else f"{who} has changed: {', '.join(named) or 'nothing'}"


def _gone(teller: Known, event: Event) -> str:
    process = teller.of(event).processes.get(event["pid"])
    who = f"{name_for(process.comm)} ({process.ns_pid})" if process else f"process {event['pid']}"
    return f"{who} is gone" + (f": {event['ended'].replace('_', ' ')}" if event.get("ended") else "")


def _source(event: Event) -> str:
    return {"kernel": "the kernel’s trace", "lab": "the lab"}.get(event["source"], str(event["source"]))


def _missing(event: Event) -> str:
    return f"; at least {event['missing']:,} of its records are missing" if event.get("missing") else ""


def _guess(event: Event) -> str:
    """In the words of the page; who only watches is not told which it is while guesses are taken."""
    if "ends" not in event:
        return "ends, and nobody is told how before the stop"
    within = f" within {event['before_s']} s" if event.get("before_s") else ""
    return GUESSES[event["ends"]] + within


SAYS: dict[str, Says] = {
    "lab_started": lambda _, event: f"Signal Lab {event['version']} starts",
    "kernel_trial": lambda _, event: (
        f"the kernel {event['release']} was tried: {SAID.get(event['outcome'], event['outcome'])}"
    ),
    "run_created": lambda _, event: f"starts run {event['number']}: {event['title']}",
    "run_finished": lambda _, event: (
        RUN_ENDS.get(event["reason"], str(event["reason"])) + (f": {event['error']}" if event.get("error") else "")
    ),
    "build_progress": _built,
    "target_starting": lambda _, event: f"starts it as: {event['equivalent']}",
    "target_started": _started,
    "target_exited": _exited,
    "output": _output,
    "truncated": lambda _, event: (
        f"more than {event['limit']}{' from the kernel' if event['what'] == 'kernel_signals' else ''}: "
        f"the rest is left out{', but for its last lines' if event['what'] == 'output' else ''}"
    ),
    "process_appeared": lambda _, event: f"{name_for(event['comm'])} ({event['ns_pid']}) is there",
    "process_changed": _changed,
    "process_gone": _gone,
    "kernel_signal": _kernel,
    "oom_victim": lambda _, event: (
        f"no memory left: {name_for(event['comm'])} ({event.get('ns_pid') or event['pid']}) is chosen to be killed"
    ),
    "forecast": lambda _, event: f"what signals would do to process {event['pid']} is foretold",
    "stop_forecast": _stop_forecast,
    "signal_requested": _request,
    "signal_failed": lambda _, event: f"{event['signal']} was not sent: {event['error']}",
    "engine_event": _engine,
    "stop_requested": _stop,
    "stop_escalated": _escalated,
    "stop_overdue": lambda _, event: f"the time was up {event['late_s']:g} s ago, and nobody has said that it ended",
    "stop_finished": _stopped,
    "verdict": _verdict,
    "step_done": lambda _, event: f"seen: step {event['step'] + 1}.{event['expect'] + 1} [{event['evidence']}]",
    "step_failed": lambda _, event: f"not seen in step {event['step'] + 1}: {event['why']}",
    "step_unseen": lambda _, event: f"cannot be seen here, step {event['step'] + 1}: {event['why']}",
    "file_written": lambda _, event: f"{who_did(event['by'])} writes {event['name']}",
    "pause_requested": lambda teller, event: (
        f"{who_did(event['by'])} {'pauses' if event['paused'] else 'lets go on'} {teller.of(event).name}"
    ),
    "exec_requested": lambda teller, event: (
        f"{who_did(event['by'])} runs “{' '.join(event['command'])}” in {teller.of(event).name}"
    ),
    "exec_finished": _executed,
    "http_requested": lambda _, event: f"{who_did(event['by'])} gets {event['url']}",
    "http_progress": lambda _, event: f"{event['received']:,} bytes have come",
    "http_finished": _got,
    "bet_opened": lambda _, event: f"{who_did(event['by'])} asks everybody to guess first",
    "bet_placed": lambda teller, event: f"somebody guesses that {teller.of(event).name} {_guess(event)}",
    "foreign_asked": lambda _, event: event["text"],
    "foreign_done": lambda _, event: event["text"],
    "rehearsed": lambda _, event: event["text"],
    "bet_closed": lambda _, event: "no more guesses are taken" if event["reason"] == "person" else "guesses are closed",
    "source_lost": lambda _, event: f"{_source(event)} lost: {event['reason']}",
    "source_back": lambda _, event: f"{_source(event)} is back{_missing(event)}",
}
