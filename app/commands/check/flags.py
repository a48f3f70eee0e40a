"""The flags of ``signal-lab check`` as what is to be checked.  What makes no sense is said before anything is begun."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from app.commands.asking import wrong
from app.commands.check.dockerfile import command_line
from app.commands.check.durations import bounded
from app.commands.check.ready import LinePattern, Ready
from app.commands.check.subject import Place, Subject, with_port
from app.commands.common import Failed
from app.errors import BadRequest
from app.hosts.base import Spec
from app.signals import UnknownSignal, parse_signal
from app.verdict.gate import FailOn, Terms
from app.web.adhoc import Own

T = TypeVar("T")
DEFAULT_WITHIN_S = 10.0  # docker stop's own
SETTLE_S = 2.0
MOST_RUNS = 100
# What Docker gives a container that asks for nothing; the lab's fence gives none of it.
CAPABILITIES = (
    *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW"),
    *("SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"),
)
_HERE = ("", "localhost", "127.0.0.1", "::1")
_CODES = re.compile(r"\d{1,3}(?:\s*,\s*\d{1,3})*")


@dataclass(frozen=True, slots=True)
class CheckFlags:
    """As they were given; None and empty: not at all."""

    within: str | None = None
    expect_exit: str | None = None
    signal: str | None = None
    ready_log: str | None = None
    ready_http: str | None = None
    ready_port: int | None = None
    settle: str | None = None
    ready_within: str = "60s"
    init: bool = False
    runs: int = 1
    fail_on: FailOn = "held"
    env: dict[str, str] = field(default_factory=dict)
    entrypoint: str | None = None
    memory: str | None = None
    user: str | None = None
    workdir: str | None = None
    cap_add: tuple[str, ...] = ()
    dockerfile: Path | None = None

    def ready(self) -> Ready:
        """Raises Failed."""
        asked = {"--ready-log": self.ready_log, "--ready-http": self.ready_http, "--ready-port": self.ready_port}
        given = [name for name, value in asked.items() if value is not None]
        if len(given) > 1:
            raise wrong(f"{' and '.join(given)}: one sign of readiness is enough", "Leave out all but one.")
        if self.ready_log is not None:
            checked("--ready-log", LinePattern, self.ready_log)
        if self.ready_port is not None and not 0 < self.ready_port < 65536:
            raise wrong(f"--ready-port {self.ready_port}: no port", "From 1 to 65535.")
        settle = checked("--settle", bounded, self.settle) if self.settle is not None else 0.0 if given else SETTLE_S
        return Ready(
            log=self.ready_log,
            http=None if self.ready_http is None else checked("--ready-http", http_place, self.ready_http),
            port=self.ready_port,
            settle_s=settle,
            within_s=checked("--ready-within", lambda text: bounded(text, least_s=0.1), self.ready_within) + settle,
        )

    def terms(self, grace_s: float | None = None) -> Terms:
        """``grace_s``: of a compose file.  Raises Failed."""
        own_s = DEFAULT_WITHIN_S if grace_s is None else grace_s
        within_s = own_s
        if self.within is not None:
            within_s = checked("--within", lambda text: bounded(text, least_s=0.001), self.within)
        codes: frozenset[int] = frozenset()
        if self.expect_exit is not None:
            if not _CODES.fullmatch(self.expect_exit.strip()):
                raise wrong(f"--expect-exit {self.expect_exit!r}: no list of exit codes", "Such as 0,143.")
            codes = frozenset(int(each) for each in self.expect_exit.split(","))
            if max(codes) > 255:
                raise wrong(f"--expect-exit {self.expect_exit}: an exit code is at most 255", "Such as 0,143.")
        own = grace_s if grace_s is not None and grace_s < within_s else None
        return Terms(within_s, codes, self.fail_on, own, asked=self.within is not None)

    def stop_signal(self) -> str | None:
        """Raises Failed."""
        if self.signal is None:
            return None
        try:
            name = parse_signal(self.signal).name
        except UnknownSignal as error:
            raise wrong(f"--signal: {error}", "Such as TERM, SIGINT, 15 or SIGRTMIN+3.") from error
        if name in ("SIGKILL", "SIGSTOP"):
            raise wrong(f"--signal {name} asks nobody", "Every process ends by SIGKILL: there is nothing to check.")
        return name

    def container(self, own: dict[str, Any]) -> dict[str, Any]:
        """Options of a container: ``own``, of a compose file, with what the flags say instead."""
        given = {
            "init": self.init or None,
            "entrypoint": None if self.entrypoint is None else [self.entrypoint],
            "memory": self.memory,
            "user": self.user,
            "workdir": self.workdir,
        }
        found = own | {name: value for name, value in given.items() if value is not None}
        env = {**own.get("env", {}), **self.env}
        return found | ({"env": env} if env else {})

    def capabilities(self) -> tuple[str, ...]:
        """Raises Failed."""
        found: list[str] = []
        for each in self.cap_add:
            name = each.upper().removeprefix("CAP_")
            if name not in ("DEFAULT", *CAPABILITIES):
                raise wrong(
                    f"--cap-add {each}: the check gives only what Docker gives by itself",
                    f"default for all of these, or: {', '.join(CAPABILITIES)}.",
                )
            found += CAPABILITIES if name == "DEFAULT" else [name]
        return tuple(dict.fromkeys(found))

    def spec(self, image: str, command: tuple[str, ...], own: dict[str, Any] | None = None) -> Spec:
        """Raises Failed."""
        asked = Own(host="container", image=image, command=command, options=self.container(own or {}))
        try:
            spec = asked.spec()
        except BadRequest as error:
            raise wrong(str(error), error.hint) from error
        added = {"cap_add": self.capabilities()}
        return spec.model_copy(update={"container": spec.container.model_copy(update=added)})

    def images(self, names: list[str], command: tuple[str, ...]) -> list[Subject]:
        """Of images that are named one by one.  Raises Failed."""
        if not names:
            raise wrong("there is nothing to check", "signal-lab check IMAGE, or --compose FILE; see --help")
        if command and len(names) > 1:
            raise wrong("a command is for one image", "Check the images one by one.")
        ready, terms, signal = self.ready(), self.terms(), self.stop_signal()
        place = self.place()
        return [
            Subject(
                name, name, with_port(self.spec(name, command), ready.published or None), ready, terms, place, signal
            )
            for name in names
        ]

    def place(self) -> Place:
        """Raises Failed."""
        if self.dockerfile is None:
            return Place("Dockerfile")
        try:
            text = self.dockerfile.read_text(errors="replace")
        except OSError as error:
            raise wrong(f"--dockerfile {self.dockerfile}: {error.strerror}", "Give the file that made it.") from error
        return Place(str(self.dockerfile), command_line(text))

    def checked(self) -> CheckFlags:
        """Raises Failed for what is wrong whatever is checked."""
        if not 1 <= self.runs <= MOST_RUNS:
            raise wrong(f"--runs {self.runs}", f"From 1 to {MOST_RUNS}.")
        return replace(self, runs=self.runs)


def checked(flag: str, parse: Callable[[str], T], text: str) -> T:
    """Raises Failed with the flag's name."""
    try:
        return parse(text)
    except ValueError as error:
        raise Failed(f"{flag}: {error}", "See signal-lab check --help.", leave=2, code="usage") from error


def http_place(text: str) -> tuple[int, str]:
    """``http://localhost:8080/health``, ``:8080/health``, ``8080/health``; of ``/health`` the port is 0.

    Raises ValueError.
    """
    rest = text
    if "://" not in text:
        rest = f"http://localhost{text if text.startswith(('/', ':')) else f':{text}'}"
    parts = urlsplit(rest)
    port = parts.port  # raises ValueError
    if parts.scheme != "http":
        raise ValueError(f"{text!r}: only http, from this machine's loopback")
    if (parts.hostname or "") not in _HERE or parts.username is not None:
        raise ValueError(f"{text!r}: it is asked on loopback, so the host is localhost, or left out")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not path.isascii() or not path.isprintable() or " " in path:
        raise ValueError(f"{text!r}: write what is not ASCII in the path with %")
    return port or (80 if "://" in text else 0), path
