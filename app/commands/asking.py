"""What a person asks for on the command line, as the body of ``POST /api/v1/runs``.  Flags are docker run's."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Any

from app.commands.common import USAGE, Failed

_PORT = re.compile(r"(?:(?:127\.0\.0\.1|localhost):)?(?:(\d{0,5}):)?(\d{1,5})(/(?:tcp|udp))?")


@dataclass(frozen=True, slots=True)
class AskFlags:
    image: str | None
    sandbox: bool
    init: bool
    pid: str | None
    stop_signal: str | None
    stop_timeout: int | None
    entrypoint: str | None
    tty: bool
    interactive: bool
    env: tuple[str, ...]
    memory: str | None
    user: str | None
    workdir: str | None
    publish: tuple[str, ...]
    fence: str | None = None

    def only_of_containers(self) -> list[str]:
        given = {
            "--init": self.init,
            "--pid": self.pid,
            "--stop-signal": self.stop_signal,
            "--stop-timeout": self.stop_timeout is not None,
            "--entrypoint": self.entrypoint,
            "--tty": self.tty,
            "--interactive": self.interactive,
            "--memory": self.memory,
            "--user": self.user,
            "--publish": self.publish,
            "--fence": self.fence,
        }
        return [name for name, value in given.items() if value]


def wrong(error: str, hint: str) -> Failed:
    return Failed(error, hint, leave=USAGE, code="usage")


def body_of(experiment: str | None, command: tuple[str, ...] | None, flags: AskFlags) -> dict[str, Any]:
    """Raises Failed where it makes no sense."""
    own = flags.image is not None or flags.sandbox or command is not None
    if experiment is not None:
        if own:
            raise wrong(
                f"{experiment!r} is an experiment, and there is a command or an image as well",
                "Write a command behind --, as in: signal-lab run --image base -- sleep 600",
            )
        if given := [*flags.only_of_containers(), *(["--env"] if flags.env else [])]:
            raise wrong(f"{', '.join(given)}: an experiment has options of its own", "Leave them out.")
        return {"experiment": experiment}
    if not own:
        raise wrong("there is nothing to run", "signal-lab run pid-1, or signal-lab run -- COMMAND; see --help")
    if flags.image is not None and flags.sandbox:
        raise wrong("an image runs in a container, not in a sandbox", "Leave out one of --image and --sandbox.")
    words = list(command or ())
    if flags.image is not None:
        return {"host": "container", "image": flags.image, "command": words, "options": _container(flags)}
    if not words:
        raise wrong("a command is missing", "Write it behind --, as in: signal-lab run -- sleep 600")
    if given := flags.only_of_containers():
        raise wrong(f"{', '.join(given)}: only a container has that", "Give an image with --image.")
    options: dict[str, Any] = {"env": env_of(flags.env)} if flags.env else {}
    options |= {"cwd": flags.workdir} if flags.workdir else {}
    return {"host": "sandbox" if flags.sandbox else "process", "command": words, "options": options}


def _container(flags: AskFlags) -> dict[str, Any]:
    if flags.pid not in (None, "host"):
        raise wrong(f"--pid {flags.pid}: only host is possible", "Leave it out for a namespace of its own.")
    given = {
        "init": flags.init or None,
        "pid_mode": flags.pid,
        "stop_signal": flags.stop_signal,
        "stop_timeout_s": flags.stop_timeout,
        "entrypoint": None if flags.entrypoint is None else [flags.entrypoint],
        "tty": flags.tty or None,
        "stdin_open": flags.interactive or None,
        "env": env_of(flags.env) or None,
        "memory": flags.memory,
        "user": flags.user,
        "workdir": flags.workdir,
        "ports": _ports(flags.publish) or None,
        "fence": flags.fence,
    }
    return {name: value for name, value in given.items() if value is not None}


def env_of(given: tuple[str, ...]) -> dict[str, str]:
    """``A=1``; of a name alone the value that it has here, and nothing where it has none, as docker run does it."""
    pairs = (each.partition("=") for each in given)
    return {name: value if sign else os.environ[name] for name, sign, value in pairs if sign or os.environ.get(name)}


def _ports(given: tuple[str, ...]) -> dict[str, int]:
    found = {}
    for each in given:
        match = _PORT.fullmatch(each)
        if match is None:
            raise wrong(f"-p {each}: expected PORT or PORT:PORT", "Ports are published on 127.0.0.1 only.")
        outside, inside, kind = match.groups()
        found[f"{inside}{kind or '/tcp'}"] = int(outside or 0)
    return found
