"""Advice for what is wrong with a container besides its stop signal, with lines to copy."""

from __future__ import annotations

import shlex

from app.events.parts import Advice, AdviceLines, Change
from app.verdict.advice import INITS
from app.verdict.ahead import Ahead
from app.verdict.copies import Copies
from app.verdict.programs.identity import called, program_of
from app.verdict.remedies import Remedy
from app.verdict.telling_how import DEFAULT_S, NEW, STOP_TIMEOUT, shown, timeout_lines
from app.verdict.tree import ProcessView

SERVICE_LINE = 1  # of the lines for compose.yaml: the name of the service


def set_timeout(case: Ahead) -> Advice:
    """For a container that a stop may wait for without end."""
    at = timeout_lines(Copies(case.started), DEFAULT_S)
    change = Change(stop_timeout_s=DEFAULT_S)
    return Advice(kind="timeout", text="Set a timeout.", note=STOP_TIMEOUT, at=at, change=change)


def start_anew(name: str) -> Advice:
    """For a restart policy that is switched off."""
    line = shlex.join(("docker", "restart", name))
    return Advice(
        kind="restart",
        text="Start it anew: from its next start on its restart policy counts again.",
        note="A restart stops it first, with all that a stop comes to. Send signals from outside the engine (kill -s "
        "HUP with its pid) or from inside (docker exec): those leave the policy alone.",
        at=(AdviceLines(place="docker restart", lines=(line,)),),
    )


def collect(case: Ahead, parent: ProcessView) -> Advice:
    """For a parent that leaves its dead children uncollected."""
    text = f"Let {called(parent)} wait for its children."
    if parent is not case.subject.root or program_of(parent).name in INITS:
        return Advice(kind="own", text=text, note="An init collects only those whose own parent has ended.")
    given = shown(case, Remedy("init", f"Run it with --init, which collects them. Or l{text[1:]}", parent, init=True))
    return given.model_copy(update={"note": NEW, "at": tuple(each for each in given.at if each.place != "program")})


def for_compose(advice: Advice, service: str, container: str) -> Advice:
    """The same for a container that Compose keeps: its file is what counts, and the service's name in it."""
    at = []
    for each in advice.at:
        lines = each.lines
        if each.place == "docker run":
            continue
        if each.place == "compose.yaml":
            lines = (*lines[:SERVICE_LINE], f"  {service}:", *lines[SERVICE_LINE + 1 :])
        elif each.place == "docker stop":
            lines = tuple(line.removesuffix(shlex.quote(service)) + shlex.quote(container) for line in lines)
        at.append(each.model_copy(update={"lines": lines}))
    return advice.model_copy(update={"at": tuple(at)})
