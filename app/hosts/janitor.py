"""Ends the containers of a server that is gone, also when it was killed.  Run as a process of its own:

    python -m app.hosts.janitor LAB_ID

Its standard input is a pipe whose other end only the server holds.  When that closes, whatever the reason, it removes
all containers with this lab's label.  A server that has ended well has left none, and then there is nothing to do.
"""

from __future__ import annotations

import signal
import sys
import time
from typing import Any

from docker.errors import APIError, DockerException
from docker.utils import kwargs_from_env

import docker
from app.sources.docker_events import LAB

AGAIN_S = 2.0  # a container may just have been in the making
LOOKS = 3


def remove_all(lab: str) -> int:
    """Remove them; how many.  Does not mind what somebody else removes meanwhile."""
    client: Any = docker.APIClient(version="auto", **_where())
    try:
        found = client.containers(all=True, quiet=True, filters={"label": f"{LAB}={lab}"})
        for each in found:
            try:
                client.remove_container(each["Id"], force=True, v=True)
            except APIError:
                continue
        return len(found)
    finally:
        client.close()


def _where() -> dict[str, Any]:
    """The engine that the server had found is given in DOCKER_HOST."""
    return dict(kwargs_from_env())


def main(lab: str) -> None:
    # What the terminal or an init sends to the server is not for this one: it ends when the server has.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    for look in range(LOOKS):
        try:
            if remove_all(lab) == 0 and look:
                return
        except DockerException:
            pass  # the engine is away, too
        time.sleep(AGAIN_S)


if __name__ == "__main__":
    main(sys.argv[1])
