"""What can be wrong with the stop of a container, one small file each.

A check has two verbs: ``find``, and ``still_stands``, which is asked of a later look before anything is told: what was
only passing (a child between two waits) is no finding.  A new check is a file here and a line in ``CHECKS``.
"""

from __future__ import annotations

from app.doctor.checks import killed, no_deadline, not_told, restart_off, zombies
from app.doctor.checks.base import Check, Finding

__all__ = ["CHECKS", "Check", "Finding"]

CHECKS: dict[str, Check] = {
    "killed": killed,
    "no-deadline": no_deadline,
    "not-told": not_told,
    "restart-off": restart_off,
    "zombies": zombies,
}
