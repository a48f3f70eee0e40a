"""A remedy as options that a new container can be created with.

None where it is in the program, in its script or its image: those cannot be changed from outside.
"""

from __future__ import annotations

from app.events.masking import MASK
from app.events.parts import Change
from app.verdict.case import Case
from app.verdict.copies import Copies, replaced
from app.verdict.programs.identity import program_of
from app.verdict.remedies import Remedy


def change_of(case: Case, found: Remedy) -> Change | None:
    if case.subject.host != "container":
        return None
    match found.kind:
        case "init":
            return Change(init=True)
        case "init_group" if program_of(found.member).name in ("tini", "docker-init"):
            return Change(env={"TINI_KILL_PROCESS_GROUP": "1"})
        case "stop_signal" if found.init or case.started.stop_signal != found.signal:
            return Change(stop_signal=found.signal, init=True if found.init else None)
        case "exec":
            copies = Copies(case.started, *replaced(found.member, found.starts[0]))
            if not copies.changes or not copies.command or any(MASK in word for word in copies.command):
                return None  # it is in a script, or what was masked cannot be started
            return Change(command=copies.command, init=True if found.init else None)
    return None
