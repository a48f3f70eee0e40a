"""Sends a signal from inside a container: by a short-lived container in the same PID namespace.

So images without ``kill`` work too.  There the kernel protects PID 1 even from SIGKILL.
"""

from __future__ import annotations

import secrets

from app.errors import HostFailed
from app.hosts.container.images import tag_of
from app.hosts.container.ours import NAME
from app.hosts.engine.engine import Engine
from app.hosts.engine.finding import Client
from app.hosts.engine.removing import remove_now
from app.signals import Signal


async def send_from_inside(engine: Engine, container: str, signal: Signal, pid: int | None) -> None:
    """Never a group: ``kill -- -1`` means everybody.

    ``pid``: inside; None is PID 1.  Raises HostFailed with the words of ``kill``.
    """
    wanted = {
        "Image": tag_of("base"),
        "Cmd": ["kill", "-s", str(signal.number), "--", str(pid or 1)],
        "Labels": engine.labels,
        "HostConfig": {
            "PidMode": f"container:{container}",
            "NetworkMode": "none",
            "SecurityOpt": ["no-new-privileges"],
        },
    }

    def run(client: Client) -> tuple[int, str]:
        made = client.create_container_from_config(wanted, f"{NAME}inside-{secrets.token_hex(6)}")["Id"]
        try:
            client.start(made)
            code = int(client.wait(made)["StatusCode"])
            return code, client.logs(made).decode("utf-8", "replace").strip()
        finally:
            remove_now(client, made)

    code, said = await engine.call(run, what="sending from inside")
    if code:
        raise HostFailed(f"kill said: {said or code}")
