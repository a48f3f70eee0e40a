"""Who can testify on this machine, what each lets the lab show, and what would allow one that is missing."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from app.errors import EngineUnavailable, LabError
from app.events.trial import SAID, KernelTrial
from app.hosts.engine.cleaning import any_engine
from app.hosts.engine.engine import HINT
from app.hosts.engine.finding import describe
from app.hosts.engine.kernel_trial import is_ours, try_on
from app.hosts.local import kernel_trial as local_trial
from app.hosts.local.sandbox_trial import try_now
from app.probe.trace import Trace
from app.probe.tracefs import TraceUnavailable

CAP_KILL, CAP_SYS_PTRACE = 5, 19
BY_SOCKET = "http+docker://localhost"  # docker-py's name for any unix socket
DOCKER_GROUP = "As root: usermod -aG docker USER, then sign in again."


@dataclass(frozen=True, slots=True)
class Witness:
    """``found``: what there is, or why there is none.  ``allow``: what would bring it; "" where it is there."""

    name: str
    there: bool
    found: str
    shows: str
    allow: str = ""


def all_witnesses() -> list[Witness]:
    """Each is really tried.  Takes about half a second."""
    return [engine(), kernel_trace(), sandbox(), kernel_trial(), others_calls(), others_signals(), init_program(), ps()]


def engine() -> Witness:
    shows = "containers: docker stop, PID 1, --init, images of the lessons"
    try:
        client = any_engine()
    except EngineUnavailable as error:
        denied = "permission denied" in str(error)
        reasons = str(error).removeprefix("no engine: ").split("; ")
        worth = [each for each in reasons if not each.startswith("no socket at")] or reasons
        return Witness("engine", False, "; ".join(worth), shows, DOCKER_GROUP if denied else HINT)
    try:
        status = describe(client.version(), client.info())
    finally:
        client.close()
    return Witness("engine", True, f"{status.name} {status.version}, API {status.api}, cgroup {status.cgroup}", shows)


def kernel_trace() -> Witness:
    shows = "what the kernel did with each signal: delivered, ignored, dropped"
    try:
        Trace.open().close()
    except TraceUnavailable as error:
        return Witness("kernel trace", False, error.reason, shows, error.hint)
    return Witness("kernel trace", True, "tracefs, an instance of our own", shows)


def sandbox() -> Witness:
    shows = "PID 1 of a namespace, without Docker"
    if error := try_now():
        return Witness("sandbox", False, str(error), shows, error.hint)
    return Witness("sandbox", True, "user, PID and mount namespaces", shows)


def kernel_trial() -> Witness:
    """Tried here; where that is forbidden, and on an engine with a kernel of its own, in a container."""
    shows = "what a kernel does where kernels differ; without it some forecasts of a stop of PID 1 say “unknown”"
    found: list[KernelTrial] = []
    missing: LabError | None = None
    try:
        found.append(local_trial.try_now())
    except LabError as error:
        missing = error
    try:
        client = any_engine()
    except EngineUnavailable:
        client = None
    if client is not None:
        try:
            if missing or not is_ours(client.info(), by_socket=client.base_url == BY_SOCKET):
                found.append(try_on(client, "doctor"))
                missing = None
        except LabError as error:
            missing = error
        finally:
            client.close()
    said = "; ".join(f"{each.release}: {SAID[each.outcome]}" for each in found)
    if missing:
        return Witness("kernel trial", False, "; ".join(filter(None, (said, str(missing)))), shows, missing.hint)
    return Witness("kernel trial", True, said, shows)


def _has(capability: int) -> bool:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapEff:"):
            return bool(int(line.split()[1], 16) >> capability & 1)
    return False


def others_calls() -> Witness:
    shows = "in which call a container's process waits; without it some forecasts say “likely”"
    if _has(CAP_SYS_PTRACE):
        return Witness("calls of others", True, "CAP_SYS_PTRACE", shows)
    allow = "Run the lab as root, or give its container --cap-add SYS_PTRACE."
    return Witness("calls of others", False, "processes of other users are closed to this one", shows, allow)


def others_signals() -> Witness:
    shows = "signals to a container's process itself, by pidfd; without it the engine sends them to PID 1 only"
    if _has(CAP_KILL):
        return Witness("signals to others", True, "CAP_KILL", shows)
    allow = "Run the lab as root."
    return Witness("signals to others", False, f"user {os.getuid()} may signal its own processes only", shows, allow)


def init_program() -> Witness:
    return _program("tini", "lessons with an init in a sandbox", "apt-get install tini")


def ps() -> Witness:
    return _program("ps", "lessons that list processes", "apt-get install procps")


def _program(name: str, shows: str, allow: str) -> Witness:
    found = shutil.which(name)
    return Witness(name, bool(found), found or "not in PATH", shows, "" if found else f"On Debian: {allow}")
