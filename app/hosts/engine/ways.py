"""What engines do otherwise though they answer the same API: by name and version, as it was measured.

Podman 5.8 takes the signal of a stop and ignores it, tells of a signal without its number or not at all, and refuses to
stop a container that is paused.  What it says of limits is not so: the kernel's controllers decide, and only its own
API tells those.
"""

from __future__ import annotations

from typing import Any

from app.hosts.base import Ways
from app.hosts.engine.finding import Client, Status, is_podman

SIGNAL_IN_STOP = (1, 42)  # the first API of Docker whose stop takes a signal; older ones ignore it in silence
OWN_API = "/v4.0.0/libpod/info"  # of Podman
FLAGS = {"memory": "MemoryLimit", "pids": "PidsLimit", "cpu": "CpuCfsQuota"}  # by the kernel's name of a controller


def ways_of(status: Status) -> Ways:
    """``status``: of an engine that is there; its numbers are empty where there is none."""
    if status.name == "Podman":
        return Ways(
            engine="Podman",
            stop_takes_signal=False,
            tells_signals=False,
            stops_paused=False,
            signal_at_zero=False,
            low_ports=False,
        )
    api = tuple(int(part) for part in status.api.split(".")[:2] if part.isdecimal())
    return Ways(stop_takes_signal=not api or api >= SIGNAL_IN_STOP)


def told_by(client: Client, version: dict[str, Any]) -> dict[str, Any]:
    """``GET /info``, with limits that are true.  ``version``: what it says in ``GET /version``."""
    info: dict[str, Any] = client.info()
    if not is_podman(version):
        return info
    reply = client.get(f"{client.base_url}{OWN_API}")
    client._raise_for_status(reply)
    return info | limits(reply.json())


def limits(own: dict[str, Any]) -> dict[str, bool]:
    """From what Podman's own API tells: which controllers its groups have."""
    controllers = (own.get("host") or {}).get("cgroupControllers") or ()
    return {flag: controller in controllers for controller, flag in FLAGS.items()}
