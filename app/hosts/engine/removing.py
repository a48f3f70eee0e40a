"""How a container is removed, running or not, without waiting for it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import docker.errors

Client = Any


def remove_now(client: Client, container: str) -> None:
    """In docker-py's own errors.  Podman's forced removal is a stop of 10 s first, so it is killed before."""
    if getattr(client, "is_podman", True):  # a client that has not asked may have met one
        with suppress(docker.errors.APIError):  # it does not run, or is gone: the removal says which
            client.kill(container, "SIGKILL")
    client.remove_container(container, force=True, v=True)
