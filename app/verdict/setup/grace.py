"""How long a container really has between its stop signal and SIGKILL, by each way it can be stopped.

Each number has its source, and None is a number that nobody here can read.  By Moby's sources (daemon/stop.go,
``ShutdownTimeout`` in daemon/daemon.go, the executor of Swarm), Compose 1.29 (compose/service.py) and 2
(pkg/compose/create.go), and the Kubernetes documentation of pod termination.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.verdict.setup.settings import DEFAULT_S

SHUTDOWN_S, SPARE_S = 15, 5  # dockerd's own, and what it adds to the longest timeout of its containers
SYSTEMD_S = 90  # DefaultTimeoutStopSec, systemd-system.conf(5): then systemd kills what is left of a unit
POD_S = 30


@dataclass(frozen=True, slots=True)
class Grace:
    """``seconds``: -1 for ever.  ``applies``: this container can be stopped in this way.  ``lines``: to copy."""

    path: str
    seconds: int | None
    source: str
    applies: bool = True
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Timing:
    """What there is to read.  None is unknown.

    ``compose``: version of the Compose that made it; "" none did.  ``shutdown_s`` with ``shutdown_source``: dockerd's
    --shutdown-timeout.  ``longest_s``: the longest timeout of all containers that run, -1 for ever.  ``service``: the
    Swarm service that it is a task of; "" none.  ``pod_s``: of the pod that it is in; "" it is in none.
    """

    stop_timeout_s: int | None
    compose: str = ""
    live_restore: bool | None = None
    shutdown_s: int | None = None
    shutdown_source: str = "default, not readable here"
    longest_s: int = DEFAULT_S
    service: str = ""
    service_grace_s: float | None = None
    service_why: str = ""
    pod: str = ""
    pod_s: str = ""
    init: bool = False


def graces(timing: Timing) -> tuple[Grace, ...]:
    """One for each way."""
    return (_docker_stop(timing), _compose(timing), *_engine(timing), _swarm(timing), _kubernetes(timing))


def _own(timing: Timing) -> tuple[int, str]:
    if timing.stop_timeout_s is None:
        return DEFAULT_S, "the engine's default, as the container sets no --stop-timeout"
    return timing.stop_timeout_s, "--stop-timeout of this container"


def _docker_stop(timing: Timing) -> Grace:
    seconds, source = _own(timing)
    return Grace("docker stop", seconds, f"{source}; docker stop -t goes before it")


def _compose(timing: Timing) -> Grace:
    path = "docker compose down"
    if not timing.compose:
        return Grace(path, None, "no Compose made it", applies=False)
    if timing.compose.startswith("1."):
        source = f"Compose {timing.compose} reads stop_grace_period from its file when it stops, else takes 10 s"
        return Grace(path, None, source)
    seconds, _ = _own(timing)
    if timing.stop_timeout_s is None:
        return Grace(path, seconds, "the engine's default: no stop_grace_period when it was created")
    return Grace(path, seconds, "stop_grace_period when it was created; a change counts from the next up on")


def _engine(timing: Timing) -> tuple[Grace, Grace]:
    """The engine stops each container with that one's own timeout, and waits for all no longer than its own."""
    seconds, source = _own(timing)
    base = SHUTDOWN_S if timing.shutdown_s is None else timing.shutdown_s
    for_ever = base < 0 or timing.longest_s < 0
    whole = -1 if for_ever else max(base, timing.longest_s + SPARE_S)
    limit = f"{timing.shutdown_source}: --shutdown-timeout {base} s"
    waits = "the engine then waits for ever" if whole < 0 else f"the engine ends after {whole} s in all"
    why = f"{source}; {waits} ({limit}, or {SPARE_S} s more than its slowest container has)"
    if timing.live_restore:
        kept = "live-restore: the engine ends without stopping it"
        left = f"{kept}; what the machine's init gives it is not readable here"
        return Grace("engine restart", None, kept, applies=False), Grace("host shutdown", None, left)
    less = seconds < 0 or seconds > SYSTEMD_S
    host = f"systemd gives the engine itself {SYSTEMD_S} s, unless its unit or system.conf says otherwise"
    host = f"{host}; the container has {_told(seconds)} of its own" if less else f"as with a restart: {host}"
    at_shutdown = Grace("host shutdown", SYSTEMD_S if less else seconds, host)
    return Grace("engine restart", seconds, why), at_shutdown


def _swarm(timing: Timing) -> Grace:
    path = "Swarm update"
    if not timing.service:
        return Grace(path, None, "not a task of a service", applies=False)
    if timing.service_grace_s is not None:
        source = f"--stop-grace-period of service {timing.service}"
        whole = int(timing.service_grace_s)  # as daemon/cluster/executor/container/adapter.go does
        if whole != timing.service_grace_s:
            source += f" is {timing.service_grace_s:g} s, and Swarm counts whole seconds only"
        return Grace(path, whole, source)
    if timing.service_why:
        return Grace(path, None, f"service {timing.service}: {timing.service_why}")
    return Grace(path, DEFAULT_S, f"the default, as service {timing.service} sets no --stop-grace-period")


def _kubernetes(timing: Timing) -> Grace:
    """The kubelet knows nothing of StopTimeout, and sends the STOPSIGNAL of the image."""
    path = "Kubernetes"
    if timing.pod:
        seconds = int(timing.pod_s) if timing.pod_s.isdecimal() else None
        source = f"terminationGracePeriodSeconds of pod {timing.pod}; a preStop hook uses it up first"
        return Grace(path, seconds, source if seconds is not None else f"{source}; its labels do not tell it")
    own, _ = _own(timing)
    wanted = max(own, POD_S) if own >= 0 else POD_S
    source = "the default; the manifest says otherwise. --stop-timeout is not looked at, and a preStop hook counts"
    if timing.init:
        source += ". There is no --init: put an init into the image"
    lines = ("spec:", f"  terminationGracePeriodSeconds: {wanted}  # and what a preStop hook takes")
    return Grace(path, POD_S, source, applies=False, lines=lines)


def _told(seconds: int) -> str:
    return "no limit" if seconds < 0 else f"{seconds} s"
