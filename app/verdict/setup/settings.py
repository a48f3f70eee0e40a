"""Stop signal, timeout, init and restart policy of a container, each with where it comes from and what follows."""

from __future__ import annotations

from app.signals import UnknownSignal, named_so
from app.verdict.advice import INITS
from app.verdict.programs.identity import called, program_of
from app.verdict.setup.said import Fact
from app.verdict.tree import ProcessView

DEFAULT_SIGNAL, DEFAULT_S = "SIGTERM", 10


def stop_signal_of(written: str | None) -> str:
    """What the engine sends: it takes what is no signal for none."""
    try:
        return named_so(written).name if written else DEFAULT_SIGNAL
    except UnknownSignal:
        return DEFAULT_SIGNAL


def stop_signal_fact(written: str | None, of_image: str | None, *, image_known: bool) -> Fact:
    """``written``: of the container, which has its image's unless it was given one."""
    name = stop_signal_of(written)
    if not written:
        return Fact("stop signal", name, "the engine's default: neither container nor image sets one")
    if not image_known:
        return Fact("stop signal", name, "the container or its image sets it; the image could not be read")
    if written == of_image:
        return Fact("stop signal", name, "STOPSIGNAL of the image")
    instead = f", instead of {stop_signal_of(of_image)} of the image" if of_image else ""
    return Fact("stop signal", name, f"--stop-signal of this container{instead}")


def timeout_fact(stop_timeout_s: int | None) -> Fact:
    if stop_timeout_s is None:
        return Fact("stop timeout", f"{DEFAULT_S} s", "the engine's default: the container sets none")
    if stop_timeout_s < 0:
        return Fact("stop timeout", "none", "--stop-timeout of this container", "No SIGKILL follows.")
    return Fact("stop timeout", f"{stop_timeout_s} s", "--stop-timeout of this container")


def init_fact(asked: bool | None, root: ProcessView | None) -> Fact:
    """``asked``: as the container says; None: it leaves that to the engine."""
    name = program_of(root).name if root else ""
    if root is None:
        value = "unknown" if asked is None else "yes" if asked else "no"
        return Fact("init", value, "--init of this container" if asked else "nobody saw PID 1")
    if name in ("docker-init", "podman-init") or (asked and name in INITS):
        source = "--init of this container" if asked else "the engine's own setting"
        return Fact("init", "yes", source, f"PID 1 is {called(root)}: it passes signals on and collects zombies.")
    if name in INITS:
        return Fact("init", "of the image", f"PID 1 is {called(root)}", "It passes signals on and collects zombies.")
    return Fact("init", "no", f"PID 1 is {called(root)}")


def restart_fact(policy: str, most: int, count: int, *, off: str) -> Fact:
    """``off``: what switched it off; "" nothing that the engine still knows of."""
    source = "--restart of this container"
    if policy in ("", "no"):
        return Fact("restart", "no", "the engine's default, or --restart no")
    limit = f", at most {most} times" if policy == "on-failure" and most else ""
    times = f"It was started again {count} times." if count > 1 else "It was started again once." if count else ""
    if off:
        return Fact("restart", f"{policy}{limit}, switched off", source, f"{off} {times}".strip())
    return Fact("restart", f"{policy}{limit}", source, times)


def switched_off(policy: str, signal: str, at: str) -> str:
    """For a signal that was sent by way of the engine.  ``at``: the time, as people read it."""
    return (
        f"{signal} was sent by way of the engine at {at}: the engine takes that for the wish to stop it, "
        f"and --restart {policy} does nothing when it next ends."
    )


def switches_off(written: str | None, signal: str) -> bool:
    """Whether this signal, sent by the engine, switches the restart policy off.

    daemon/kill.go of Moby: any signal where the container has no stop signal of its own; else that one, and SIGKILL.
    """
    return signal == "SIGKILL" or not written or stop_signal_of(written) == signal


def zombie_words(names: tuple[str, ...], parent: str) -> str:
    """For dead processes that nobody waits for.  ``parent``: whose children they are."""
    count = len(names)
    listed = ", ".join(dict.fromkeys(names[:3]))
    several = f"1 dead process ({listed}) is" if count == 1 else f"{count} dead processes ({listed}) are"
    return f"{several} not collected: {parent} does not wait for its children."


def for_ever_words() -> str:
    return "Its stop timeout is −1: a stop that its signal does not end waits for ever."


def zombies_fact(count: int | None) -> Fact:
    """None: nobody saw them."""
    if count is None:
        return Fact("zombies", "unknown", "nobody saw them")
    return Fact("zombies", str(count), "seen now")
