"""From a ``Spec`` to what the engine is asked for, and to the ``docker run`` that a person would type.

The two say the same but for the limits and labels that the lab adds on its own account, and for its fence around a
lesson: those belong to the lab, and a line to copy should show what matters.  Of an image of one's own the fence may
matter, so it is in the line.
"""

from __future__ import annotations

import secrets
import shlex
from typing import Any

from docker.utils import parse_bytes

from app.events.parts import Limit
from app.hosts.base import ContainerOptions, Spec, Ways
from app.hosts.container.images import is_ours
from app.hosts.container.ours import NAME
from app.targets import RUN, TARGET, Target

NOBODY = "65534:65534"
LOW = 1024  # ports below it are root's, where the engine does not say otherwise
CONTROLLERS: dict[Limit, str] = {"memory": "MemoryLimit", "pids": "PidsLimit", "cpu": "CpuCfsQuota"}


def lacking(info: dict[str, Any]) -> tuple[Limit, ...]:
    """Limits that this engine cannot set.  ``info``: its own words."""
    return tuple(limit for limit, name in CONTROLLERS.items() if not info.get(name))


def for_engine(spec: Spec, info: dict[str, Any]) -> Spec:
    """The spec with what depends on the engine settled.

    ``cgroupns = "auto"``: on cgroup v2 the host's.  With a namespace of its own and a bind of /sys/fs/cgroup, systemd
    writes into the machine's root group.  On v1 there is nothing to choose.
    """
    options = spec.container
    if options.cgroupns != "auto":
        return spec
    settled = "host" if str(info.get("CgroupVersion")) == "2" else None
    return spec.model_copy(update={"container": options.model_copy(update={"cgroupns": settled})})


def docker_run(spec: Spec, name: str, image: str) -> str:
    """``docker run -d --name server --init IMAGE COMMAND``."""
    options = spec.container
    words = ["docker", "run", "-d", "--name", name]
    words += ["--init"] if options.init else []
    words += ["-t"] if options.tty else []
    words += ["-i"] if options.stdin_open else []
    if options.fence == "fenced" and not is_ours(spec.image or "base"):
        words += ["--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
        words += [] if options.ports else ["--network", "none"]
    for flag, value in (
        ("--pid", options.pid_mode),
        ("--stop-signal", options.stop_signal),
        ("--stop-timeout", options.stop_timeout_s),
        # The lab's own limit is a fence; another one is what the lesson is about.
        ("--memory", options.memory if options.memory != ContainerOptions().memory else None),
        ("--user", options.user),
        ("--workdir", options.workdir),
        ("--cgroupns", options.cgroupns),
    ):
        words += [flag, str(value)] if value is not None else []
    for flag, values in (
        ("--tmpfs", options.tmpfs),
        ("-v", options.binds),
        ("--cap-add", options.cap_add),
        # Without the value docker takes it from the caller's environment: the line stays true and shows no secret.
        ("-e", [key if spec.own else f"{key}={value}" for key, value in options.env.items()]),
        ("-p", [f"127.0.0.1:{port or ''}:{inside}" for inside, port in options.ports.items()]),
    ):
        for each in values:
            words += [flag, each]
    words += ["--entrypoint", options.entrypoint[0]] if options.entrypoint else []
    rest = [*(options.entrypoint or ())[1:], *spec.command]
    return shlex.join([*words, image, *rest])


def creation(
    target: Target, spec: Spec, image: str, info: dict[str, Any], labels: dict[str, str], ways: Ways
) -> dict[str, Any]:
    """The body of the engine's ``create``, with ``name`` in it.

    Args:
        info: the engine's own; a limit whose controller it lacks is left out, since asking for it may fail.
        labels: those that say whose container it is.
        ways: where ports below 1024 need root, they are opened to whoever the fence has left no capability.
    """
    options = spec.container
    wanted: dict[str, Any] = {
        "name": f"{NAME}{target.run}-{target.name}-{secrets.token_hex(3)}",
        "Image": image,
        "Cmd": list(spec.command) or None,
        "Tty": options.tty,
        "OpenStdin": options.stdin_open,
        "StdinOnce": False,
        "AttachStdout": True,
        "AttachStderr": True,
        "Env": [f"{key}={value}" for key, value in options.env.items()],
        "Labels": {**labels, RUN: target.run, TARGET: target.id},
        "ExposedPorts": {port: {} for port in options.ports},
        "HostConfig": _host_config(options, info, ways),
    }
    optional = {
        "Entrypoint": list(options.entrypoint) if options.entrypoint else None,
        "StopSignal": options.stop_signal,
        "StopTimeout": options.stop_timeout_s,
        "WorkingDir": options.workdir,
        "User": options.user or (NOBODY if options.pid_mode == "host" else None),
    }
    return wanted | {key: value for key, value in optional.items() if value is not None}


def _host_config(options: ContainerOptions, info: dict[str, Any], ways: Ways) -> dict[str, Any]:
    fenced = options.fence == "fenced"
    config: dict[str, Any] = {
        "SecurityOpt": ["no-new-privileges"] if fenced else [],
        "CapDrop": ["ALL"] if fenced else [],
        "CapAdd": list(options.cap_add),
        "NetworkMode": "none" if fenced and not options.ports else "bridge",
        "PortBindings": {
            inside: [{"HostIp": "127.0.0.1", "HostPort": str(port or "")}] for inside, port in options.ports.items()
        },
        "Binds": list(options.binds),
        "Tmpfs": {path: "" for path in options.tmpfs},
        "LogConfig": {"Type": "json-file", "Config": {"max-size": "8m", "max-file": "1"}},
    }
    if options.init is not None:
        config["Init"] = options.init
    if options.pid_mode:
        config["PidMode"] = options.pid_mode
    if options.cgroupns:
        config["CgroupnsMode"] = options.cgroupns
    if not ways.low_ports and any(int(port.partition("/")[0]) < LOW for port in options.ports):
        config["Sysctls"] = {"net.ipv4.ip_unprivileged_port_start": "0"}
    limits: dict[Limit, tuple[str, float]] = {
        "memory": ("Memory", parse_bytes(options.memory)),
        "pids": ("PidsLimit", options.pids_limit),
        "cpu": ("NanoCpus", 10**9),
    }
    without = lacking(info)
    return config | dict(each for limit, each in limits.items() if limit not in without)
