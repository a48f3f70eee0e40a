"""What a lab's server left on the engine when it was killed: how it ended is put down, and it is removed.

In plain blocking calls, for the janitor, which has no event loop, and for a next server that comes before it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from app.errors import DataFolder, LabError
from app.hosts.container.ours import is_made_by_us, is_protected
from app.hosts.ends import End, put_down
from app.hosts.engine.finding import Client, translated
from app.hosts.engine.removing import remove_now
from app.targets import LAB, TARGET

WAIT_S = 5  # for the end of one that was killed


def end_left(client: Client, lab: str, data: Path, go_on: Callable[[], bool]) -> int:
    """End and remove all containers of the lab; gives how many there were, also those that could not be ended now.

    ``go_on`` is asked before each: containers that come later may be a next server's.  Raises EngineUnavailable,
    HostFailed.
    """
    with translated("containers that were left"):
        found = client.containers(all=True, filters={"label": f"{LAB}={lab}"})
    mine = [each for each in found if is_made_by_us(each["Names"], each["Labels"])]
    mine = [each for each in mine if not is_protected(each["Id"], each["Labels"])]
    for each in mine:
        if not go_on():
            break
        with suppress(LabError), translated(each["Id"]):  # somebody else may have removed it; else it is tried again
            end = _ended(client, each["Id"], each["Labels"].get(TARGET))
            with suppress(OSError, DataFolder):  # no folder, or a full disk: it must go all the same
                if end:
                    put_down(data, end)
            remove_now(client, each["Id"])
    return len(mine)


def _ended(client: Client, container: str, target: str | None) -> End | None:
    """End it, and say how it ended.  None: it is no target, or was never started, or does not end."""
    state = client.inspect_container(container)["State"]
    runs = bool(state["Running"])
    if runs:
        with suppress(LabError), translated(container):  # it ended just now, or will not: it is removed all the same
            client.kill(container, "SIGKILL")
            client.wait(container, timeout=WAIT_S)
        state = client.inspect_container(container)["State"]
    if target is None or state["Running"] or state["Status"] == "created":
        return None
    by_us = runs and state["ExitCode"] == 137
    return End(
        who="janitor",
        target=target,
        container=container,
        exit_code=state["ExitCode"] & 0xFF,
        at_ns=nanoseconds(state["FinishedAt"]),
        by="janitor" if by_us else "itself",
    )


def nanoseconds(text: str) -> int:
    """RFC 3339, as the engine writes it, to the microsecond."""
    return max(0, int(datetime.fromisoformat(text).timestamp() * 1e6) * 1000)


def within(seconds: float) -> Callable[[], bool]:
    """For ``go_on``."""
    until = time.monotonic() + seconds
    return lambda: time.monotonic() < until


def quick_client(answer_s: int) -> Any:
    """Of the engine in DOCKER_HOST.  Raises EngineUnavailable where it does not answer so soon."""
    from docker.utils import kwargs_from_env

    import docker

    with translated():
        client = docker.APIClient(version="auto", timeout=answer_s, **kwargs_from_env())
    client.timeout = WAIT_S
    return client
