"""A remedy as an ``Advice``: its lines for each place, its limits, and what it takes to apply it."""

from __future__ import annotations

import shlex
from collections.abc import Callable

from app.events.masking import MASK
from app.events.parts import Advice, AdviceLines, Change
from app.verdict.case import Case
from app.verdict.changing import change_of
from app.verdict.copies import Copies, replaced
from app.verdict.programs.identity import called, program_of
from app.verdict.remedies import Remedy
from app.verdict.snippets import (
    handler,
    leaves,
    passes_on,
    starts_with_exec,
    told_and_waited_for,
    typable,
    unblocked,
)
from app.verdict.tree import ProcessView

Lines = tuple[AdviceLines, ...]
NEW = "It takes a new container: what one was created with cannot be changed later."
ENDS = "Under an init the default action ends it; what it has to finish first takes a handler."
EXEC = "Nothing that follows in the script is run then."
GROUP = (
    "Who has left the group (setsid, set -m) is not told, and who is told by its parent too gets it twice. "
    "tini ends with its own child: a handler of the others may be cut off, so start those with exec."
)
WAITS = "The signal ends the first wait, not the program: hence the second. What the trap did before goes after it."
INHERITED = "What a parent ignores its children ignore too, and a shell cannot trap what was ignored when it began."
UNKNOWN = "How much time it needs is not known. If none is enough, its handler does not end it."
STOP_TIMEOUT = "A container that exists keeps its timeout: create it again, or say -t with each stop."
DEFAULT_S, TIMES = 10, 3  # Docker's own timeout; what is advised to one that was not enough


def shown(after: Case, found: Remedy, signal: str = "") -> Advice:
    """``signal``: what was lost; "" the stop signal."""
    at, note = _SHOWN[found.kind](after, found, signal or after.asked.signal)
    return _advice(found, at, note, change_of(after, found))


def longer(after: Case, member: ProcessView) -> Advice:
    """For one that took the signal and was killed before it had ended."""
    had, own = after.asked.timeout_s, after.started.stop_timeout_s
    if had > 0:
        more = max(DEFAULT_S, had * TIMES)
        text = f"Give it more time: {called(member)} took {after.asked.signal} and had not ended after {had} s."
        enough = own > had
    else:
        more = DEFAULT_S
        text = "Set a longer timeout."
        enough = own > 0
    copies = Copies(after.started)
    note = UNKNOWN if had > 0 else "With a timeout of 0, SIGKILL follows the signal at once."
    change = None
    if enough:
        at = copies.stop(None)
        note = f"Its own timeout is {own} s. {note}"
    else:
        at = timeout_lines(copies, more)
        change = Change(stop_timeout_s=more) if copies.container else None
    if not enough and copies.container:
        note = f"{note} {STOP_TIMEOUT}"
    remedy = Remedy("longer_timeout" if had > 0 else "timeout", text, member)
    return _advice(remedy, at, note, change)


def timeout_lines(copies: Copies, timeout_s: int) -> Lines:
    """For a container that is to be given so many seconds."""
    return (
        *copies.docker_run(("--stop-timeout", str(timeout_s))),
        *copies.compose(f"stop_grace_period: {timeout_s}s"),
        *copies.stop(timeout_s),
    )


def _advice(found: Remedy, at: Lines, note: str, change: Change | None) -> Advice:
    if any(MASK in line for each in at for line in each.lines):
        note = f"{note} {MASK} stands for what was masked.".strip()
    return Advice(kind=found.kind, text=found.text, note=note, at=at, change=change)


def _exec(after: Case, found: Remedy, _: str) -> tuple[Lines, str]:
    child = found.starts[0]
    copies = Copies(after.started, *replaced(found.member, child))
    if found.init:
        copies = copies if copies.command else Copies(after.started)
        return (*starts_with_exec(child), *_under_init(after, copies)), f"{EXEC} {NEW}"
    own = _supervised(after, found.member)
    at = (*starts_with_exec(child), *own)
    if copies.command and copies.changes:
        at = (*at, *copies.docker_run(), *copies.compose(), *copies.dockerfile())
    return at, EXEC


def _supervised(after: Case, shell: ProcessView) -> Lines:
    """supervisord can tell a whole group."""
    parent = after.member(shell.ppid)
    if parent is None or program_of(parent).name != "supervisord":
        return ()
    return (AdviceLines(place="supervisord.conf", lines=("stopasgroup = true",)),)


def _init(after: Case, found: Remedy, signal: str) -> tuple[Lines, str]:
    at = _under_init(after, Copies(after.started))
    return (*at, *handler(found.member, signal)), f"{ENDS} {NEW}" if after.subject.host == "container" else ENDS


def _under_init(after: Case, copies: Copies) -> Lines:
    if after.subject.host != "container":
        command = after.started.command
        lines = (f"exec tini -- {shlex.join(command)}",)
        return (AdviceLines(place="script", lines=lines),) if typable(command) else ()
    return (
        *copies.docker_run(("--init", None)),
        *copies.compose("init: true"),
        *copies.dockerfile(init=("tini", "--")),
    )


def _init_group(after: Case, found: Remedy, _: str) -> tuple[Lines, str]:
    copies, root = Copies(after.started), program_of(found.member).name
    if root not in ("tini", "docker-init"):
        return copies.dockerfile(init=("tini", "-g", "--")), GROUP
    flag: tuple[tuple[str, str | None], ...] = (("-e", "TINI_KILL_PROCESS_GROUP=1"),)
    own = ("init: true",) if root == "docker-init" else ()
    entry = () if root == "docker-init" else ("tini", "-g", "--")
    at = (
        *copies.docker_run(*flag),
        *copies.compose(*own, "environment:", '  TINI_KILL_PROCESS_GROUP: "1"'),
        *(copies.dockerfile(init=entry) if entry else copies.dockerfile("ENV TINI_KILL_PROCESS_GROUP=1")),
    )
    return at, f"{GROUP} {NEW}"


def _stop_signal(after: Case, found: Remedy, _: str) -> tuple[Lines, str]:
    copies = Copies(after.started)
    if after.started.stop_signal == found.signal and not found.init:
        return copies.stop(None), f"{found.signal} is its own stop signal already: another one was asked for."
    flags: list[tuple[str, str | None]] = [("--stop-signal", found.signal)]
    lines = [f"stop_signal: {found.signal}"]
    if found.init:
        flags.append(("--init", None))
        lines.append("init: true")
    docker = copies.dockerfile(f"STOPSIGNAL {found.signal}", init=("tini", "--") if found.init else ())
    at = (*copies.docker_run(*flags), *copies.compose(*lines), *docker)
    return (*at, *(handler(found.member, found.signal) if found.init else ())), NEW


def _trap_and_wait(_: Case, found: Remedy, signal: str) -> tuple[Lines, str]:
    return told_and_waited_for(found.starts, signal), WAITS


def _handler(_: Case, found: Remedy, signal: str) -> tuple[Lines, str]:
    return unblocked(found.member, signal), "Each thread has a mask of its own, and hands it down to those it starts."


def _not_ignore(_: Case, found: Remedy, signal: str) -> tuple[Lines, str]:
    return handler(found.member, signal), INHERITED


def _pass_on(_: Case, found: Remedy, signal: str) -> tuple[Lines, str]:
    return passes_on(found.member, signal), "A group of its own, or an init with -g, would tell it too, but not wait."


def _own(_: Case, __: Remedy, signal: str) -> tuple[Lines, str]:
    return leaves(signal), "What the trap did before goes before exit."


_SHOWN: dict[str, Callable[[Case, Remedy, str], tuple[Lines, str]]] = {
    "exec": _exec,
    "init": _init,
    "init_group": _init_group,
    "stop_signal": _stop_signal,
    "trap_and_wait": _trap_and_wait,
    "handler": _handler,
    "not_ignore": _not_ignore,
    "pass_on": _pass_on,
    "own": _own,
}
