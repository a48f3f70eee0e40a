"""A target's processes as a stop forecast looks at them, made from what the journal held of them at a moment.

The journal knows less than a look at /proc does: no process groups, no calls, no files.  What it does not hold is None,
or the same for all, and what is concluded from these is advice and never a forecast.
"""

from __future__ import annotations

from dataclasses import replace

from app.signals import named_so
from app.targets import HostName
from app.verdict.scene import Row, Scene
from app.verdict.signal_state import SignalState, Thread
from app.verdict.tree import ProcessView, StopCase


def subject_at(scene: Scene, event: int, signal: str, timeout_s: int) -> StopCase | None:
    """None: its root process was not known then."""
    if scene.started is None or scene.started.pid is None:
        return None
    rows = [_executed(scene, row, event) for row in scene.rows(event) if row.gone is None]
    root = next((row for row in rows if row.pid == scene.started.pid), None)
    if root is None:
        return None
    members = tuple(process_view_of(row) for row in (root, *(row for row in rows if row is not root)))
    return StopCase(members, named_so(signal).number, timeout_s, _host(scene, root))


def _executed(scene: Scene, row: Row, event: int) -> Row:
    """As the program that it became, when it was seen in the instant between fork and exec, as a copy of its parent."""
    parent, later = scene.row(row.ppid, event), scene.row(row.pid)
    copied = parent is not None and parent.argv == row.argv
    return replace(later, ppid=row.ppid, gone=None) if copied and later and later.argv != row.argv else row


def process_view_of(row: Row) -> ProcessView:
    masks = row.masks
    blocked, waited = (int(masks.blocked, 16), int(masks.waited, 16)) if masks else (0, 0)
    return ProcessView(
        pid=row.pid,
        ppid=row.ppid,
        ns_pid=row.ns_pid,
        pgid=0,
        comm=row.comm,
        argv=row.argv,
        exe=None,
        subject=SignalState(
            threads=() if row.state in "ZX" else (Thread(blocked, waited),) if masks else None,
            ignored=int(masks.ignored, 16) if masks else 0,
            caught=int(masks.caught, 16) if masks else 0,
            leader_blocked=blocked,
            leader_waited=waited,
            signalfd=int(masks.signalfd, 16) if masks else 0,
            state=row.state,
            is_init=row.is_init,
        ),
    )


def _host(scene: Scene, root: Row) -> HostName:
    if scene.started and scene.started.container_id is not None:
        return "container"
    return "sandbox" if root.is_init else "process"
