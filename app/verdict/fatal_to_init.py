"""Signals that end a process before any of its threads takes them; of PID 1 kernels disagree, and one is tried.

``complete_signal`` ends all of a process at once when a thread may take what is fatal and dumps no core.  Until Linux
4.15 it asked first whether that is PID 1 of a namespace; since then only ``sig_task_ignored`` does, when the signal is
sent, and not of one that the first thread blocks.  No version tells what a kernel was patched to do:
both kinds were met as 6.18.
"""

from __future__ import annotations

from app.signals import Signal
from app.verdict.forecast_type import Forecast
from app.verdict.signal_state import SignalState, Tried, has


def _by_default(subject: SignalState, signal: Signal) -> bool:
    """Whether the signal's default action counts."""
    return not has(subject.caught, signal.number) and not has(subject.ignored, signal.number)


def is_fatal(subject: SignalState, signal: Signal) -> bool:
    """Whether it ends the process once any thread may take it, before one does; of PID 1, whether it may."""
    spared = subject.is_init and subject.tried.fatal_to_init == "drops"
    return _by_default(subject, signal) and signal.default == "terminate" and not spared


def fatal_to_init(tried: Tried, why: str, free: bool) -> Forecast:
    """``complete_signal``, for PID 1 without a handler whose first thread blocks the signal and another one does not.

    ``why``: how it came to this; ``free``: nothing holds that thread up.
    """
    match tried.fatal_to_init:
        case "ends":
            why += f"it has no handler: tried on this kernel ({tried.release}), that ends even PID 1."
            return Forecast("terminates", "fatal_to_init", why, free)
        case "drops":
            why += f"it has no handler: tried on this kernel ({tried.release}), PID 1 is protected then."
            return Forecast("queued_dropped", "fatal_to_init", why, free)
    why += f"it has no handler: most kernels end even PID 1 then, others drop it; {tried.else_tells}."
    return Forecast("unknown", "fatal_to_init", why, False)
