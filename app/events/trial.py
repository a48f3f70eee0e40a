"""What was tried on a kernel, because kernels differ in it."""

from __future__ import annotations

from typing import Literal

from app.events.base import LabEvent

TrialOutcome = Literal["ends", "drops"]
SAID: dict[TrialOutcome, str] = {
    "ends": "a signal that its first thread blocks and another one takes ends even PID 1",
    "drops": "PID 1 is protected also from a signal that its first thread blocks and another one takes",
}


class KernelTrial(LabEvent):
    """One rule of the forecast was tried on a kernel: once per boot of it, when a lab starts.

    ``fatal_to_init``: a signal that PID 1 has no handler for, blocked by its first thread and not by another one, ends
    it there, or is dropped.  Later labs on this boot of the kernel rest on it.
    """

    kind: Literal["kernel_trial"] = "kernel_trial"
    rule: Literal["fatal_to_init"] = "fatal_to_init"
    outcome: TrialOutcome
    release: str  # of the kernel, as uname(2) has it: "6.18.44"
    boot_id: str  # /proc/sys/kernel/random/boot_id; "-" where it is not shown
    where: Literal["sandbox", "container"]  # in a PID namespace on this machine, or in a container of the engine
    took_s: float
