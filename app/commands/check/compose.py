"""Services of a compose file, as what is checked: each alone, under the lab's fence, with its own stop settings.

What a service says of volumes, networks and others is not done, and that is said; so is a build whose image is
missing.
"""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from app.commands.asking import wrong
from app.commands.check.durations import bounded
from app.commands.check.flags import CheckFlags
from app.commands.check.interpolate import interpolated
from app.commands.check.own_words import OWN, own_flags
from app.commands.check.subject import Place, Subject, with_port
from app.commands.common import Failed
from app.signals import UnknownSignal, named_so
from app.verdict import checking

MAX_BYTES = 1 << 20
NOT_DONE = (
    *("volumes", "networks", "network_mode", "depends_on", "secrets", "configs", "env_file", "privileged", "devices"),
    *("extends", "tmpfs", "read_only", "sysctls", "pid", "ipc", "extra_hosts", "links", "cgroup", "security_opt"),
)
_NAME = re.compile(r"[a-zA-Z0-9._-]+")  # as the compose specification has it
_UNITS = {"k": "k", "kb": "k", "m": "m", "mb": "m", "g": "g", "gb": "g", "b": "b"}


def services_of(path: Path, names: list[str], flags: CheckFlags) -> list[Subject]:
    """All services, or those that are named, in the order of the file.  Raises Failed."""
    data, lines = _read(path)
    services = data.get("services")
    if not isinstance(services, dict) or not services:
        raise wrong(f"{path}: there are no services in it", "A compose file has a mapping `services:`.")
    if unknown := [name for name in names if name not in services]:
        raise wrong(f"{path} has no service {', '.join(unknown)}", f"There are: {', '.join(map(str, services))}.")
    project = str(data.get("name") or re.sub(r"[^a-z0-9_-]", "", path.resolve().parent.name.lower()))
    known = {**_env_file(path.parent / ".env"), **os.environ}
    found = []
    for name, service in services.items():
        if names and name not in names:
            continue
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise wrong(f"{path}: {str(name)[:60]!r} is no name of a service", "See the compose specification.")
        where = f"{path}: service {name}"
        if not isinstance(service, dict):
            raise wrong(f"{where}: it is no mapping", "See the compose specification.")
        try:
            found.append(
                _subject(name, interpolated(service, known), project, Place(str(path), lines.get(name, 1)), flags)
            )
        except (ValueError, TypeError) as error:
            raise wrong(f"{where}: {error}", "See the compose specification.") from error
    return found


def _read(path: Path) -> tuple[dict[str, Any], dict[str, int]]:
    """The file, and the line of each service; one that was merged in has none."""
    try:
        text = path.read_bytes()
        if len(text) > MAX_BYTES:
            raise wrong(f"{path}: it is larger than {MAX_BYTES} bytes", "Is it a compose file?")
        data = yaml.safe_load(text)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except OSError as error:
        raise wrong(f"{path}: {error.strerror}", "Name a compose file with --compose.") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise wrong(
            f"{path}: not YAML: {' '.join(str(error).split())}", "Name a compose file with --compose."
        ) from error
    if not isinstance(data, dict) or not isinstance(root, yaml.MappingNode):
        raise wrong(f"{path}: it is no mapping", "A compose file has a mapping `services:`.")
    nodes = [value for key, value in root.value if key.value == "services" and isinstance(value, yaml.MappingNode)]
    return data, {key.value: key.start_mark.line + 1 for node in nodes for key, _ in node.value}


def _env_file(path: Path) -> dict[str, str]:
    from dotenv import dotenv_values

    return (
        {name: value or "" for name, value in dotenv_values(path, interpolate=False).items()} if path.is_file() else {}
    )


def _subject(name: str, service: dict[str, Any], project: str, place: Place, flags: CheckFlags) -> Subject:
    """Raises ValueError, Failed."""
    image, missing = service.get("image"), ""
    if "build" in service:
        image = image or f"{project}-{name}"
        missing = checking.to_be_built(image)
    elif not image:
        missing = checking.NEITHER
    grace = service.get("stop_grace_period")
    grace_s = 10.0 if grace is None else bounded(str(grace))
    flags = own_flags(service.get(OWN), flags)
    ready, terms = flags.ready(), flags.terms(grace_s)
    signal = flags.stop_signal()
    notes = [checking.not_used(key) for key in NOT_DONE if service.get(key)]
    hooks, without = _hooks(service.get("pre_stop"))
    if without:
        notes.append(checking.hook_without(without))
    if grace_s == 0:
        notes.append(checking.AT_ONCE)
        terms = replace(terms, within_s=max(terms.within_s, 0.001))
    words, options = _words(service.get("command")), _options(service)
    spec = None
    if image:
        try:
            spec = with_port(flags.spec(str(image), words, options), ready.published or None)
        except Failed as failed:
            raise ValueError(failed.shape["error"]) from failed
    return Subject(name, str(image or ""), spec, ready, terms, place, signal, True, missing, tuple(notes), hooks)


def _hooks(value: Any) -> tuple[tuple[tuple[str, ...], ...], list[str]]:
    """The commands, and what else is said of them.  Raises ValueError."""
    each = value or []
    if not isinstance(each, list) or not all(isinstance(hook, dict) and hook.get("command") for hook in each):
        raise ValueError("pre_stop: it is a list of hooks, each with a command")
    others = {str(key) for hook in each for key in hook if key != "command"}
    return tuple(_words(hook["command"]) for hook in each), sorted(others)


def _words(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, list):
        return tuple(str(each) for each in value)
    return tuple(shlex.split(str(value)))


def _options(service: dict[str, Any]) -> dict[str, Any]:
    """As the API names them.  Raises ValueError."""
    found: dict[str, Any] = {}
    if (own := service.get("stop_signal")) is not None:
        try:
            found["stop_signal"] = named_so(str(own)).name
        except UnknownSignal as error:
            raise ValueError(f"stop_signal: {error}") from error
    if isinstance(service.get("init"), bool):
        found["init"] = service["init"]
    if service.get("entrypoint") is not None:
        found["entrypoint"] = _words(service["entrypoint"]) or None
    for theirs, ours in (("user", "user"), ("working_dir", "workdir")):
        if service.get(theirs) is not None:
            found[ours] = str(service[theirs])
    for key, ours in (("tty", "tty"), ("stdin_open", "stdin_open")):
        if service.get(key) is True:
            found[ours] = True
    if (memory := service.get("mem_limit")) is not None:
        match = re.fullmatch(r"(\d+)([a-z]*)", str(memory).lower())
        if not match or (match[2] and match[2] not in _UNITS):
            raise ValueError(f"mem_limit: {memory!r} is no amount of memory")
        found["memory"] = f"{match[1]}{_UNITS.get(match[2], '')}"
    if env := _environment(service.get("environment")):
        found["env"] = env
    return {name: value for name, value in found.items() if value is not None}


def _environment(value: Any) -> dict[str, str]:
    """A mapping or a list; a name without a value has the one that it has here."""
    if isinstance(value, dict):
        pairs = [(str(name), None if each is None else _plain(each)) for name, each in value.items()]
    else:
        split = (str(each).partition("=") for each in value or [])
        pairs = [(name, text if sign else None) for name, sign, text in split]
    return {
        name: os.environ[name] if text is None else text
        for name, text in pairs
        if text is not None or name in os.environ
    }


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
