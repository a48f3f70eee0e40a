"""What a signal will do to a process, from facts and before it is sent.  Pure: no I/O, no clock.

The kernel decides twice.  When a signal is *sent* it may be dropped at once (``prepare_signal`` and ``sig_ignored`` in
kernel/signal.c); else it is queued, and when a thread *takes* it ``get_signal`` looks at the action then.  The rules
below are asked in that order, and the first that has an answer wins.  A rule's name is stable: events carry it.

``sure`` is False where something that the kernel does not show takes part; ``why`` then says what would tell.  Sources
are functions of kernel/signal.c, Linux 6.x, and manual pages.

Longer than most files: the rules are read in their order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from app.events.parts import Fate, ForecastGroup, Origin
from app.signals import FORCED, Signal, by_number
from app.verdict.fatal_to_init import fatal_to_init, is_fatal
from app.verdict.forecast_type import Forecast as Forecast
from app.verdict.signal_state import SignalState, Thread, has

LAST = 64
_JOB_CONTROL = frozenset({"SIGTSTP", "SIGTTIN", "SIGTTOU"})
Rule = Callable[[SignalState, Signal, Origin], Forecast | None]


# When it is sent.


def dead(subject: SignalState, signal: Signal, origin: Origin) -> Forecast | None:  # noqa: ARG001
    """A zombie has no threads left to take anything; sending succeeds and does nothing.  wait(2), kill(2)."""
    if subject.state in "ZX" and not subject.threads:
        return Forecast("none", "dead", "It has ended already: a zombie, which its parent has not waited for.")
    return None


def unseen(subject: SignalState, signal: Signal, origin: Origin) -> Forecast | None:  # noqa: ARG001
    """Without /proc/PID/status there is nothing to say; SIGKILL and SIGSTOP are the kernel's alone.  proc(5)."""
    if subject.threads is None:
        return Forecast("unknown", "unseen", "This kernel does not show its masks; only sending it would tell.", False)
    return None


def kill_or_stop_from_inside(subject: SignalState, signal: Signal, origin: Origin) -> Forecast | None:
    """``sig_task_ignored``: an init has SIGNAL_UNKILLABLE; only who sends from an ancestor PID namespace has ``force``.

    pid_namespaces(7), "The namespace init process".
    """
    if signal.name in FORCED and subject.is_init and origin == "inside":
        why = "It is PID 1 of its namespace: from inside, not even this signal reaches it."
        return Forecast("dropped", "kill_or_stop_from_inside", why)
    return None


def frozen_v1(subject: SignalState, signal: Signal, origin: Origin) -> Forecast | None:
    """A task in the v1 freezer sleeps where no signal wakes it (``__refrigerator``), SIGKILL included.

    What is dropped when it is sent is dropped all the same.  A frozen task shows as D, also if it was stopped before.
    cgroups v1, freezer-subsystem.rst.
    """
    if subject.frozen != "v1":
        return None
    if signal.name == "SIGCONT":
        why = "It is frozen: if it was stopped before, it goes on when it is unpaused; else its action counts then."
        return Forecast("unknown", "frozen_and_perhaps_stopped", why, False)
    if _dropped_when_sent(subject, signal, origin):
        return None
    why = "It is frozen: the signal waits until it is unpaused."
    return Forecast("pending", "frozen_v1", why, _waits_as_it_should(subject, signal))


def kill(subject: SignalState, signal: Signal, origin: Origin) -> Forecast | None:  # noqa: ARG001
    """``complete_signal`` starts a group exit; ``sig_kernel_only`` signals have no handler and no mask.  signal(7)."""
    if signal.name != "SIGKILL":
        return None
    if subject.state == "D":
        why = "It ends, but not before the kernel call that it waits in returns."
        return Forecast("terminates", "kill_in_kernel_call", why, False)
    return Forecast("terminates", "kill", "Nothing can be done against it: the kernel ends the process.")


def traced(subject: SignalState, signal: Signal, origin: Origin) -> Forecast | None:  # noqa: ARG001
    """``sig_ignored`` lets a tracer see even ignored signals, and ``ptrace_signal`` lets it drop or change them.

    ptrace(2), "Signal injection and suppression".
    """
    if subject.traced:
        why = "A debugger is attached and gets it first: it may pass it on, change it or drop it."
        return Forecast("unknown", "traced", why, False)
    return None


def frozen_v2(subject: SignalState, signal: Signal, origin: Origin) -> Forecast | None:
    """A frozen task of cgroup v2 wakes for a fatal signal only (``do_freezer_trap``); all else waits.

    SIGCONT wakes a stopped one first.  cgroup-v2.rst, "cgroup.freeze".  PID 1: see ``fatal_to_init``.
    """
    if subject.frozen != "v2" or _dropped_when_sent(subject, signal, origin):
        return None
    fatal = is_fatal(subject, signal) and (not subject.is_init or has(subject.leader_blocked, signal.number))
    if (fatal and not has(subject.blocked, signal.number)) or (signal.name == "SIGCONT" and subject.state == "T"):
        return None
    why = "It is frozen: the signal waits until it is unpaused."
    return Forecast("pending", "frozen_v2", why, _waits_as_it_should(subject, signal))


def _waits_as_it_should(subject: SignalState, signal: Signal) -> bool:
    """False where it waits for a signal that it may not have blocked, and which would then be dropped when sent."""
    return has(subject.caught, signal.number) or not has(subject.leader_waited, signal.number)


def stop(subject: SignalState, signal: Signal, origin: Origin) -> Forecast | None:  # noqa: ARG001
    """``do_signal_stop``; SIGSTOP cannot be caught, blocked or ignored.  signal(7)."""
    if signal.name != "SIGSTOP":
        return None
    if subject.state == "T":
        return Forecast("stops", "stop_again", "It is stopped already, and stays so.")
    if subject.state == "D":
        why = "It stops, but not before the kernel call that it waits in returns."
        return Forecast("stops", "stop_in_kernel_call", why, False)
    return Forecast("stops", "stop", "Nothing can be done against it: the kernel stops the process.")


def cont(subject: SignalState, signal: Signal, origin: Origin) -> Forecast | None:  # noqa: ARG001
    """``prepare_signal``: SIGCONT wakes a stopped process when it is sent, whatever its masks say.  signal(7)."""
    if signal.name != "SIGCONT" or subject.state != "T":
        return None
    if has(subject.caught, signal.number) and not has(subject.blocked, signal.number):
        return Forecast(
            "continues", "cont_and_handler", "It is stopped: it goes on and takes what waits, then its handler."
        )
    return Forecast("continues", "cont", "It is stopped: it goes on, and takes what waits for it.")


def protected(subject: SignalState, signal: Signal, origin: Origin) -> Forecast | None:
    """``sig_task_ignored``: SIGNAL_UNKILLABLE and SIG_DFL, unless forced *and* SIGKILL or SIGSTOP.

    Blocked signals are never ignored when they are sent (``sig_ignored``), by the leader's mask.  pid_namespaces(7).
    """
    if _dropped_when_sent(subject, signal, origin) == "dropped":
        why = "It is PID 1 of its namespace and has no handler for it: the kernel drops it."
        return Forecast("dropped", "protected", why)
    return None


def ignored(subject: SignalState, signal: Signal, origin: Origin) -> Forecast | None:
    """``sig_handler_ignored``: SIG_IGN, and the leader does not block it (``sig_ignored``).  sigaction(2)."""
    if _dropped_when_sent(subject, signal, origin) == "ignored":
        return Forecast("ignored", "ignored", "It asked for this signal to be ignored.")
    return None


def ignored_by_default(subject: SignalState, signal: Signal, origin: Origin) -> Forecast | None:
    """``sig_handler_ignored``: SIG_DFL and one of ``SIG_KERNEL_IGNORE_MASK`` (CONT CHLD WINCH URG).  signal(7)."""
    if _dropped_when_sent(subject, signal, origin) == "ignored_default":
        return Forecast("ignored_default", "ignored_by_default", "It has no handler, and the default is to do nothing.")
    return None


def _dropped_when_sent(subject: SignalState, signal: Signal, origin: Origin) -> Fate | None:
    """``sig_ignored`` of the leader.  ``real_blocked`` holds what it waits for, if that was blocked as POSIX asks."""
    number = signal.number
    if signal.name in FORCED:
        return "dropped" if subject.is_init and origin == "inside" else None
    if has(subject.leader_blocked | subject.leader_waited, number) or subject.traced:
        return None
    if has(subject.ignored, number):
        return "ignored"
    if has(subject.caught, number):
        return None
    if subject.is_init:
        return "dropped"
    return "ignored_default" if signal.default == "ignore" or signal.name == "SIGCONT" else None


# When it is queued and somebody may take it.


def stopped(subject: SignalState, signal: Signal, origin: Origin) -> Forecast | None:  # noqa: ARG001
    """``wants_signal``: a stopped task takes nothing but SIGKILL; the rest waits for SIGCONT.  signal(7)."""
    if subject.state == "T":
        why = "It is stopped: the signal waits until it goes on."
        return Forecast("pending", "stopped", why, _waits_as_it_should(subject, signal))
    return None


def held_back(subject: SignalState, signal: Signal, origin: Origin) -> Forecast | None:  # noqa: ARG001
    """``wants_signal``: no thread takes what it blocks.  A blocked signal waits; signalfd(2) and sigwait(3) take it."""
    if not has(subject.blocked, signal.number):
        return None
    if has(subject.signalfd, signal.number):
        why = "It is blocked and read from a signalfd: the program takes it when it reads there."
        return Forecast("signalfd", "signalfd", why, False)
    if has(subject.caught, signal.number):
        why = "It is blocked and has a handler: that runs when it is unblocked, which some programs do once a turn."
        return Forecast("pending", "blocked_with_handler", why, False)
    why = "It is blocked: it waits until the program unblocks it or asks for it. Another look may tell."
    return Forecast("pending", "blocked", why, False)


def waited_for(subject: SignalState, signal: Signal, origin: Origin) -> Forecast | None:  # noqa: ARG001
    """rt_sigtimedwait(2) takes a signal without any action (``do_sigtimedwait``, ``dequeue_signal``).

    While it waits the kernel shows the set as not blocked, and keeps the real mask to itself (``real_blocked``).  A
    program that had *not* blocked it, against sigwait(3), gets the action instead: that is why this is not sure, unless
    the action is a handler's, which a waiter goes before.
    """
    takers = _takers(subject, signal.number)
    waiting = [thread for thread in takers if has(thread.waited, signal.number)]
    if not waiting:
        return None
    if len(waiting) < len(takers):
        why = "One thread waits for it and another one could take it too: either may be chosen."
        return Forecast("unknown", "waited_for_by_some", why, False)
    why = "A thread waits for it: the program takes it there, without a handler, if it had blocked it before."
    return Forecast("sigwait", "waited_for", why, has(subject.caught, signal.number))


def read_but_not_blocked(subject: SignalState, signal: Signal, origin: Origin) -> Forecast | None:  # noqa: ARG001
    """A thread asleep in a read of a signalfd takes a signal before ``get_signal`` looks, blocked or not.

    In poll(2) it does not, and then the action counts.  signalfd(2): "normally" the signals should be blocked.
    """
    if not has(subject.signalfd, signal.number) or is_fatal(subject, signal):
        return None
    why = "A signalfd reads it, but it is not blocked: who sleeps in that read takes it, else its action counts."
    return Forecast("unknown", "read_but_not_blocked", why, False)


# When a thread takes it.


def handler(subject: SignalState, signal: Signal, origin: Origin) -> Forecast | None:  # noqa: ARG001
    """``get_signal``: neither SIG_IGN nor SIG_DFL: the handler's frame is set up.  sigaction(2)."""
    if not has(subject.caught, signal.number):
        return None
    if subject.state == "D":
        why = "It has a handler, which runs when the kernel call that it waits in returns."
        return Forecast("handler", "handler_after_call", why, False)
    return Forecast("handler", "handler", "It has a handler for it. What that does is the program's own business.")


def dropped_at_delivery(subject: SignalState, signal: Signal, origin: Origin) -> Forecast | None:  # noqa: ARG001
    """``get_signal``: SIG_IGN, a default of nothing, or SIGNAL_UNKILLABLE without a handler: the next one, please.

    It comes to this where the leader blocks a signal, so that it is queued, and another thread takes it.
    """
    number, why = signal.number, "The first thread blocks it, so it is queued; another thread takes it, and "
    free = subject.state != "D"  # in a kernel call that must return first it waits, and nobody else is woken
    if has(subject.ignored, number):
        return Forecast("queued_dropped", "ignored_at_delivery", why + "it is ignored by choice.", free)
    if signal.default == "ignore" or signal.name == "SIGCONT":
        return Forecast("queued_dropped", "ignored_by_default_at_delivery", why + "the default is to do nothing.", free)
    if subject.is_init and signal.default == "terminate":
        return fatal_to_init(subject.tried, why, free)
    if subject.is_init:
        why += "PID 1 without a handler is protected."
        return Forecast("queued_dropped", "protected_at_delivery", why, free)
    return None


def stops_by_default(subject: SignalState, signal: Signal, origin: Origin) -> Forecast | None:  # noqa: ARG001
    """``get_signal``: TSTP, TTIN and TTOU do nothing in an orphaned process group.  setpgid(2), signal(7)."""
    if signal.default != "stop":
        return None
    if signal.name in _JOB_CONTROL and subject.orphaned:
        why = "Nobody could continue its process group (it is orphaned): the kernel lets the stop fall."
        return Forecast("queued_dropped", "orphaned", why, subject.state != "D")
    why = "It has no handler, and the default is to stop it."
    return Forecast("stops", "stops_by_default", why, subject.state != "D")


def ends_by_default(subject: SignalState, signal: Signal, origin: Origin) -> Forecast | None:  # noqa: ARG001
    """``complete_signal`` turns a fatal signal into SIGKILL for all threads at once; core(5) for those that dump."""
    after = " when the kernel call that it waits in returns" if subject.state == "D" else ""
    why = f"It has no handler, and the default is to end it{after}"
    if signal.default == "core":
        return Forecast("core", "dumps_core_by_default", why + ", with a core dump where limits allow.", not after)
    return Forecast("terminates", "ends_by_default", why + ".", not after)


RULES: tuple[Rule, ...] = (
    dead,
    unseen,
    kill_or_stop_from_inside,
    frozen_v1,
    kill,
    traced,
    frozen_v2,
    stop,
    cont,
    protected,
    ignored,
    ignored_by_default,
    stopped,
    held_back,
    waited_for,
    read_but_not_blocked,
    handler,
    dropped_at_delivery,
    stops_by_default,
    ends_by_default,
)


def _takers(subject: SignalState, number: int) -> list[Thread]:
    return [thread for thread in subject.threads or () if not has(thread.blocked, number)]


@lru_cache(maxsize=8192)  # of the newest some hundred processes: more would only fill memory
def forecast(subject: SignalState, number: int, origin: Origin = "outside") -> Forecast:
    """What signal ``number`` (1…64) would do to it now, sent from outside or inside of its PID namespace."""
    signal = by_number(number)
    found = next(found for rule in RULES if (found := rule(subject, signal, origin)))
    return found if subject.steady or signal.name in FORCED else replace(found, sure=False)


@lru_cache(maxsize=1024)
def forecasts(subject: SignalState, origin: Origin = "outside") -> tuple[ForecastGroup, ...]:
    """All signals, grouped by fate and reason, in order of the lowest number of each group."""
    groups: dict[Forecast, int] = {}
    for number in range(1, LAST + 1):
        found = forecast(subject, number, origin)
        groups[found] = groups.get(found, 0) | 1 << (number - 1)
    return tuple(
        ForecastGroup(fate=each.fate, rule=each.rule, why=each.why, sure=each.sure, signals=f"{mask:016x}")
        for each, mask in groups.items()
    )
