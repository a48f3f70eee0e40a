"""The published ports of a container: on loopback only, and a free one where the wanted one is taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.hosts.base import Spec
from app.hosts.local.ports import free_port

TAKEN = ("port is already allocated", "address already in use")


def published(facts: dict[str, Any]) -> dict[str, int]:
    """From the engine's ``inspect``: "80/tcp" → the port on loopback."""
    found: Mapping[str, list[dict[str, str]] | None] = facts["NetworkSettings"].get("Ports") or {}
    return {inside: int(bound[0]["HostPort"]) for inside, bound in found.items() if bound}


def with_free_ports(spec: Spec) -> Spec:
    """The spec with each wanted port that is taken on this machine replaced by a free one."""
    ports = {inside: free_port(port) for inside, port in spec.container.ports.items()}
    return spec.model_copy(update={"container": spec.container.model_copy(update={"ports": ports})})


def is_taken(words: str) -> bool:
    """Whether that is what the engine complains of."""
    return any(each in words for each in TAKEN)
