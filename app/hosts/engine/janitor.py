"""Ends the containers of a server that is gone, also when it was killed.  Run as a process of its own:

    python -m app.hosts.engine.janitor LAB_ID DATA_FOLDER GRACE_S SERVER_PID

Its standard input is a pipe whose other end only the server holds.  When that closes, whatever the reason, it waits
some time for a next server of the same data folder, which would go on with the containers, and else removes all that
have this lab's label and a name as it gives them.  A server that has ended well has left none, and then there is
nothing to do.

There is one beside every server that has had a container, and all but always it only waits: so what it needs to clean
up is imported when it cleans up.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.ownership import lock, owner

SWEEP_AGAIN_S = 2.0  # a container may just have been in the making
LOOKS = 3
LOOK_S = 0.2


def remove_all(lab: str) -> int:
    """Remove them; how many.  Does not mind what somebody else removes meanwhile."""
    from docker.errors import APIError
    from docker.utils import kwargs_from_env

    import docker
    from app.hosts.container.ours import is_made_by_us, is_protected
    from app.targets import LAB

    # The engine that the server had found is given in DOCKER_HOST.
    client: Any = docker.APIClient(version="auto", **kwargs_from_env())
    try:
        labelled = client.containers(all=True, filters={"label": f"{LAB}={lab}"})
        found = [
            each
            for each in labelled
            if is_made_by_us(each["Names"], each["Labels"]) and not is_protected(each["Id"], each["Labels"])
        ]
        for each in found:
            try:
                client.remove_container(each["Id"], force=True, v=True)
            except APIError:
                continue
        return len(found)
    finally:
        client.close()


@contextmanager
def left_alone(data: Path, grace_s: float, before: int) -> Iterator[bool]:
    """Hold the folder's lock, so that a server that starts now waits; False where a next one has come in time.

    ``before``: pid of the server that is gone.  It may still hold the lock: the kernel takes a while to close what it
    had, and that is waited for however short the grace.
    """
    deadline = time.monotonic() + grace_s
    while True:
        with lock(data, f"janitor {os.getpid()}") as held:
            if held and time.monotonic() >= deadline:
                yield True
                return
            if not held and owner(data) != f"server {before}":
                yield False
                return
        time.sleep(LOOK_S)


def clean_up(lab: str) -> None:
    from docker.errors import DockerException

    for look in range(LOOKS):
        try:
            if remove_all(lab) == 0 and look:
                return
        except DockerException:
            pass  # the engine is away, too
        time.sleep(SWEEP_AGAIN_S)


def main(lab: str, data: Path, grace_s: float, before: int) -> None:
    # What the terminal or an init sends to the server is not for this one: it ends when the server has.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    try:
        with left_alone(data, grace_s, before) as alone:
            if alone:
                clean_up(lab)
    except FileNotFoundError:  # the folder is gone: there will be no next server
        clean_up(lab)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))
