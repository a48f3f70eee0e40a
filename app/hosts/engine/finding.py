"""Where an engine may be, whether one answers there, and what its errors mean.

Where to look: DOCKER_HOST, the current docker context, then the usual sockets of Docker and Podman.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import docker.context
import docker.errors
import docker.utils
import requests
import urllib3

import docker
from app.errors import AlreadyGone, EngineUnavailable, HostFailed

log = logging.getLogger("signal_lab.engine")

Client = Any  # docker.APIClient: what the stubs know of it is not half of what it has
CALL_TIMEOUT_S = 30
CONNECT_WITHIN_S = 5
LEAST_API = (1, 41)  # Docker 20.10, Podman 4: the first with a choice of the cgroup namespace


@dataclass(frozen=True, slots=True)
class Status:
    """``absent``: never seen; ``lost``: it was there.  Strings are empty where unknown."""

    state: Literal["ready", "absent", "lost"]
    name: str = ""
    version: str = ""
    api: str = ""
    cgroup: str = ""
    reason: str = ""
    hint: str = ""


def candidates() -> list[str]:
    """Base URLs to try, most wanted first.  What a person has set is the only one tried."""
    env = os.environ
    if chosen := env.get("DOCKER_HOST"):
        return [chosen]
    context = docker.context.ContextAPI.get_current_context()
    if context is not None and context.name != "default" and context.Host:
        return [str(context.Host)]
    runtime = env.get("XDG_RUNTIME_DIR", "/nonexistent")
    paths = [
        "/var/run/docker.sock",
        f"{runtime}/docker.sock",
        str(Path.home() / ".docker/run/docker.sock"),
        "/run/podman/podman.sock",
        f"{runtime}/podman/podman.sock",
    ]
    podman = [env["CONTAINER_HOST"]] if env.get("CONTAINER_HOST") else []
    return [*podman, *(f"unix://{path}" for path in paths)]


def why_not(url: str) -> str | None:
    """Why a socket cannot be used, in words, without asking anybody; None when it is worth a try."""
    if not url.startswith("unix://"):
        return None
    path = Path(url.removeprefix("unix://"))
    try:
        if not path.exists():
            return f"no socket at {path}"
    except OSError:
        return f"no socket at {path}"
    if not os.access(path, os.R_OK | os.W_OK):
        return f"permission denied on {path}: is this user in the docker group?"
    return None


@contextmanager
def translated(what: str = "the engine") -> Iterator[None]:
    """docker-py's errors as ours, most specific first, with the engine's own words."""
    try:
        yield
    except docker.errors.NotFound as error:
        if "No such container" in str(error.explanation or ""):
            raise AlreadyGone(f"{what}: {error.explanation}") from error
        raise HostFailed(f"{what}: {error.explanation or error}") from error
    except docker.errors.APIError as error:
        words = str(error.explanation or error)
        if "is not running" in words:
            raise AlreadyGone(f"{what}: {words}") from error
        raise HostFailed(f"{what}: {words}") from error
    except (requests.RequestException, urllib3.exceptions.HTTPError, ConnectionError) as error:
        raise EngineUnavailable(f"the engine did not answer: {type(error).__name__}") from error
    except docker.errors.DockerException as error:
        raise EngineUnavailable(f"the engine cannot be used: {error}") from error


def connect(url: str) -> tuple[Client, dict[str, Any]]:
    """A client of the engine there, and its version.  Raises EngineUnavailable, also when it takes its time."""
    with translated(url):
        # kwargs_from_env adds what DOCKER_TLS_VERIFY and DOCKER_CERT_PATH ask for.
        settings: dict[str, Any] = {**docker.utils.kwargs_from_env(), "base_url": url}
        client: Client = docker.APIClient(version="auto", timeout=CONNECT_WITHIN_S, **settings)
        client.hooks["response"].append(_say_answered)
        try:
            version = client.version()
            if old := too_old(version):
                raise EngineUnavailable(old)
        except BaseException:
            client.close()
            raise
        client.timeout = CALL_TIMEOUT_S
        client.is_podman = is_podman(version)  # which is asked in another way now and then
        return client, version


def _say_answered(response: requests.Response, *_: Any, **__: Any) -> None:
    """Each call with its path and answer; what is asked in it may hold a secret, and is not told."""
    asked, took_ms = response.request, response.elapsed.total_seconds() * 1000
    path = asked.path_url.partition("?")[0]
    if not path.endswith("/_ping"):  # every second
        log.debug("engine: %s %s: %d, %.0f ms", asked.method, path, response.status_code, took_ms)


def too_old(version: dict[str, Any]) -> str | None:
    """Why an engine cannot be used, from what it says in ``GET /version``; None where it can, or does not say."""
    said = str(version.get("ApiVersion") or "")
    api = tuple(int(part) for part in said.split(".")[:2] if part.isdecimal())
    if not api or api >= LEAST_API:
        return None
    least = ".".join(map(str, LEAST_API))
    return f"it speaks API {said}, and the lab needs {least} or later: Docker 20.10, Podman 4"


def is_podman(version: dict[str, Any]) -> bool:
    names = " ".join(part.get("Name", "") for part in version.get("Components") or [])
    return "podman" in names.lower()


def describe(version: dict[str, Any], info: dict[str, Any]) -> Status:
    """From what an engine tells of itself: ``GET /version`` and ``GET /info``."""
    return Status(
        "ready",
        name="Podman" if is_podman(version) else "Docker",
        version=str(version.get("Version", "")).partition("+")[0],
        api=str(version.get("ApiVersion", "")),
        cgroup=str(info.get("CgroupVersion", "")),
    )
