"""A copy of somebody's container: the same program and stop settings, and nothing that reaches beyond it.

Pure: from what the engine tells to a ``Spec``.  The original is not touched.  Its variables are given to the copy,
which may not run without them; they are on no screen, as with everything of one's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from app.doctor.setup import setup_of, words_of
from app.errors import NotOurs, NotPossible
from app.events.parts import Change, Fence
from app.hosts.base import LEAST_MEMORY, ContainerOptions, Spec

Facts = dict[str, Any]
MEMORY, PIDS = 2**30, 1024  # of one copy: of somebody's program less is known than of a lesson's
LONGEST_S = 3600
SHOWN = 3  # mounts that are named
_ANONYMOUS = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Original:
    """``image``: its id; None where it is not known yet.  ``without``: what a copy has not, in words."""

    name: str
    spec: Spec
    image: str | None = None
    without: tuple[str, ...] = ()


def of_image(image: str, fence: Fence) -> Original:
    """A copy of what the image itself says."""
    options = ContainerOptions(fence=fence, memory=str(MEMORY), pids_limit=PIDS)
    return Original(image, Spec(host="container", image=image, own=True, container=options))


def of_container(facts: Facts, image: Facts | None, tag: str | None, fence: Fence) -> Original:
    """From ``GET /containers/ID/json`` and ``GET /images/ID/json``.

    ``image``: None where it is gone.  ``tag``: a name under which the engine still has this very image.

    Raises NotOurs, NotPossible.
    """
    setup = setup_of(facts, image)
    if setup.is_own:
        raise NotOurs(f"the lab itself runs in {setup.name}")
    if setup.protected:
        raise NotOurs(f"{setup.name} is protected by its label dev.signal-lab.protect")
    if image is None:
        raise NotPossible(f"the image of {setup.name} is gone", hint="Pull or build it again, then rehearse.")
    config, host = facts["Config"], facts.get("HostConfig") or {}
    of_image_, entrypoint, command = image.get("Config") or {}, *_started(config, image.get("Config") or {})
    memory = int(host.get("Memory") or 0)
    try:
        options = ContainerOptions(
            init=host.get("Init"),
            stop_signal=config.get("StopSignal") or None,
            stop_timeout_s=_timeout_s(config.get("StopTimeout")),
            entrypoint=entrypoint,
            tty=bool(config.get("Tty")),
            stdin_open=bool(config.get("OpenStdin")),
            env=_own_env(config, of_image_),
            user=_own(config, of_image_, "User"),
            workdir=_own(config, of_image_, "WorkingDir"),
            fence=fence,
            memory=str(min(MEMORY, max(memory, LEAST_MEMORY)) if memory else MEMORY),
            pids_limit=PIDS,
            tmpfs=tuple(host.get("Tmpfs") or ()),
        )
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"])
        raise NotPossible(f"no copy can be made of {setup.name}: {where}: {problem['msg']}") from error
    spec = Spec(host="container", image=tag or facts["Image"], own=True, command=command, container=options)
    return Original(setup.name, spec, facts["Image"], _without(facts, fence))


def changed(spec: Spec, change: Change) -> Spec:
    """The same, created with what would help."""
    options = spec.container
    update: dict[str, Any] = {
        name: value
        for name in ("init", "stop_signal", "stop_timeout_s")
        if (value := getattr(change, name)) is not None
    }
    if change.env:
        update["env"] = {**options.env, **change.env}
    if change.command:
        update["entrypoint"] = change.command[:1]
    command = change.command[1:] if change.command else spec.command
    return spec.model_copy(update={"command": command, "container": options.model_copy(update=update)})


def _started(config: Facts, of_image_: Facts) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """Entrypoint and command, as far as they are not the image's own."""
    entrypoint, command = words_of(config.get("Entrypoint")), words_of(config.get("Cmd"))
    if entrypoint != words_of(of_image_.get("Entrypoint")):
        return entrypoint or None, command
    return None, () if command == words_of(of_image_.get("Cmd")) else command


def _own(config: Facts, of_image_: Facts, name: str) -> str | None:
    value = config.get(name) or None
    return None if value == (of_image_.get(name) or None) else value


def _own_env(config: Facts, of_image_: Facts) -> dict[str, str]:
    given = [each for each in config.get("Env") or () if each not in (of_image_.get("Env") or ())]
    return {name: value for name, _, value in (each.partition("=") for each in given)}


def _timeout_s(own: int | None) -> int | None:
    return None if own is None else min(max(own, -1), LONGEST_S)


def _without(facts: Facts, fence: Fence) -> tuple[str, ...]:
    host, fenced = facts.get("HostConfig") or {}, fence == "fenced"
    mounts = [
        str(each.get("Destination"))
        for each in facts.get("Mounts") or ()
        if not (each.get("Type") == "volume" and _ANONYMOUS.fullmatch(str(each.get("Name"))))
    ]
    network = str(host.get("NetworkMode") or "")
    found = {
        _mounted(mounts): mounts,
        "its published ports": host.get("PortBindings"),
        "a network": fenced and network != "none",
        f"its network {network}": not fenced and network not in ("", "default", "bridge", "none"),
        "its privileges": host.get("Privileged"),
        "its capabilities": not host.get("Privileged") and (fenced or host.get("CapAdd")),
        "its devices": host.get("Devices") or host.get("DeviceRequests"),
        f"the processes around it (--pid {host.get('PidMode')})": host.get("PidMode"),
    }
    return tuple(words for words, has in found.items() if has)


def _mounted(mounts: list[str]) -> str:
    more = f" and {len(mounts) - SHOWN} more" if len(mounts) > SHOWN else ""
    return f"its mounts ({', '.join(mounts[:SHOWN])}{more})"
