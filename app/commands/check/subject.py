"""What is checked: an image with its options, or a service of a compose file."""

from __future__ import annotations

from dataclasses import dataclass

from app.commands.check.ready import Ready
from app.hosts.base import Spec
from app.verdict.gate import Terms


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the sources a finding is shown.  ``line`` from 1."""

    path: str
    line: int = 1


@dataclass(frozen=True, slots=True)
class Subject:
    """``name``: the image, or the service.  ``signal``: None, its own.

    ``missing``: why it cannot be started at all.  ``notes``: what of it the check does not do as its file says.
    ``hooks``: commands that are run in it before it is stopped.
    """

    name: str
    image: str
    spec: Spec | None
    ready: Ready
    terms: Terms
    place: Place
    signal: str | None = None
    service: bool = False
    missing: str = ""
    notes: tuple[str, ...] = ()
    hooks: tuple[tuple[str, ...], ...] = ()

    @property
    def repository(self) -> str:
        """The image without tag and digest, which change with each build."""
        name = self.image.partition("@")[0]
        head, _, tail = name.rpartition("/")
        return f"{head}/{tail.partition(':')[0]}".lstrip("/")


def with_port(spec: Spec, port: int | None) -> Spec:
    """The same with a port that can be reached on this machine's loopback; a free one."""
    if port is None:
        return spec
    container = spec.container.model_copy(update={"ports": {f"{port}/tcp": 0}})
    return spec.model_copy(update={"container": container})
