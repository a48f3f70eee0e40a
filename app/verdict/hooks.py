"""What a compose file's ``pre_stop`` hooks mean for a stop, measured on a copy.

Compose runs each by exec before the stop signal, waits for it without a limit, and where one fails leaves the container
alone and gives up (pkg/compose/hook.go and stop.go of Compose 2.31).  Its time is not part of ``stop_grace_period``;
Kubernetes' preStop hook is part of its grace.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.verdict.diagnosis import seconds
from app.verdict.gate import Finding, Ruling, Terms, could_not_tell
from app.verdict.rules import TOO_LATE


@dataclass(frozen=True, slots=True)
class HookSeen:
    """``command``: masked.  ``exit_code``: None: it could not be run, or did not end in time, and ``why`` says which.

    ``request``: number of the event that asked for it.
    """

    request: int
    command: str
    took_s: float
    exit_code: int | None
    why: str = ""


def has_run(command: str) -> str:
    """After "it was waited until"."""
    return f"its pre_stop hook `{command}` has run"


def failed(hook: HookSeen) -> Ruling:
    """For a run whose hook did not leave with 0: Compose would not have come as far as the stop signal."""
    how = f"left with {hook.exit_code}" if hook.exit_code is not None else f"could not be carried out ({hook.why})"
    return could_not_tell(
        f"its pre_stop hook `{hook.command}` {how} in the copy; where a hook fails Compose stops no container"
    )


def counted(ruling: Ruling, hooks: Sequence[HookSeen], took_s: float | None, terms: Terms) -> Ruling:
    """The ruling on a stop that had hooks before it."""
    if not hooks or took_s is None:
        return ruling
    hooks_s = sum(each.took_s for each in hooks)
    whole_s = hooks_s + took_s
    what = "pre_stop hook" if len(hooks) == 1 else f"{len(hooks)} pre_stop hooks"
    said = f"Before the signal its {what} took {seconds(hooks_s)}: {seconds(whole_s)} in all."
    if terms.asked and whole_s > terms.within_s and ruling.result in ("held", "not_clean"):
        text = f"{said} {seconds(terms.within_s)} was allowed."
        late = Finding(TOO_LATE, text, tuple(each.request for each in hooks))
        return Ruling("not_held", f"{ruling.text} {text}", (late, *ruling.findings))
    grace_s = terms.within_s if terms.grace_s is None else terms.grace_s
    if whole_s > grace_s and ruling.result in ("held", "not_clean"):
        said += f" More than {seconds(grace_s)}: where a hook counts, as Kubernetes' does, SIGKILL comes first."
    return replace(ruling, text=f"{ruling.text} {said}")
