"""The ``docker run`` that a person would type for a container that is there, from what the engine tells of it.

It is rebuilt and not remembered: what is most often set is in it.  A variable has its name only: ``-e NAME`` takes the
value from the shell of whoever copies the line, and no secret is on the screen.
"""

from __future__ import annotations

import shlex
from typing import Any

from app.doctor.setup import words_of
from app.events.masking import masked_line, masked_words


def docker_run(facts: dict[str, Any], image: dict[str, Any] | None) -> str:
    """Masked as all command lines are."""
    config, host = facts["Config"], facts.get("HostConfig") or {}
    of_image = (image or {}).get("Config") or {}
    words = ["docker", "run", "-d", "--name", str(facts.get("Name") or "").lstrip("/") or "app"]
    words += ["--init"] if host.get("Init") else []
    words += ["-t"] if config.get("Tty") else []
    words += ["-i"] if config.get("OpenStdin") else []
    for flag, value in _single(config, host, of_image):
        words += [flag, value] if value else []
    known = {each.partition("=")[0] for each in of_image.get("Env") or ()}
    names = [each.partition("=")[0] for each in config.get("Env") or ()]
    for flag, values in (
        ("-v", list(host.get("Binds") or ())),
        ("-p", _ports(host)),
        ("-e", [name for name in names if name not in known]),
    ):
        for each in values:
            words += [flag, each]
    entrypoint, command = words_of(config.get("Entrypoint")), words_of(config.get("Cmd"))
    if entrypoint != words_of(of_image.get("Entrypoint")) and entrypoint:
        words += ["--entrypoint", entrypoint[0]]
        command = entrypoint[1:] + command
    elif command == words_of(of_image.get("Cmd")):
        command = ()
    line = shlex.join([*words, str(config.get("Image") or "IMAGE"), *masked_words(command)])
    return masked_line(line)


def _single(config: dict[str, Any], host: dict[str, Any], of_image: dict[str, Any]) -> list[tuple[str, str]]:
    """Flags with one value; "" where it is as by default."""
    restart = host.get("RestartPolicy") or {}
    policy = str(restart.get("Name") or "no")
    most = f":{restart['MaximumRetryCount']}" if restart.get("MaximumRetryCount") else ""
    network = str(host.get("NetworkMode") or "")
    timeout = config.get("StopTimeout")

    def own(name: str) -> str:
        return "" if config.get(name) == of_image.get(name) else str(config.get(name) or "")

    return [
        ("--restart", "" if policy in ("", "no") else f"{policy}{most}"),
        ("--stop-signal", own("StopSignal")),
        ("--stop-timeout", "" if timeout is None else str(timeout)),
        ("--pid", str(host.get("PidMode") or "")),
        ("--network", "" if network in ("", "default", "bridge") else network),
        ("--user", own("User")),
        ("--workdir", own("WorkingDir")),
    ]


def _ports(host: dict[str, Any]) -> list[str]:
    found = []
    for inside, places in (host.get("PortBindings") or {}).items():
        for place in places or ():
            address = f"{place['HostIp']}:" if place.get("HostIp") else ""
            found.append(f"{address}{place.get('HostPort') or ''}:{inside.removesuffix('/tcp')}")
    return found
