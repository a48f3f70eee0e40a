"""Tries the kernel that an engine's containers run on, in a small container of its own, without a network.

For where this machine allows no namespaces, and for an engine on another machine or in a virtual one.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

from app.errors import HostFailed, NotPossible
from app.events.trial import KernelTrial, TrialOutcome
from app.hosts.container.images import has_image, tag_of
from app.hosts.engine.engine import Engine
from app.hosts.engine.finding import Client, translated
from app.hosts.engine.removing import remove_now
from app.probe import init_trial
from app.probe.files import read_file
from app.targets import LAB

TRIAL_WITHIN_S = 20
NO_IMAGE = "the lab's base image is not on this engine yet"
SHARE_OUR_KERNEL = frozenset({"runc", "crun", "youki", "io.containerd.runc.v2"})  # others may bring one of their own
SOURCE = Path(init_trial.__file__).read_text()


class EngineKernel:
    """The kernel of an engine's containers."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._compared: tuple[dict[str, Any], bool] = ({}, False)

    @property
    def there(self) -> bool:
        return bool(self._engine.status()["state"] == "ready")

    @property
    def is_ours(self) -> bool:
        """Whether it is the kernel that the lab runs on."""
        info = self._engine.info
        if self._compared[0] is not info:  # asked for each process at each look
            self._compared = info, is_ours(info, by_socket=self._engine.url.startswith("unix:"))
        return self.there and self._compared[1]

    async def try_it(self) -> KernelTrial:
        """Raises NotPossible while the base image is missing; EngineUnavailable, HostFailed."""
        return await self._engine.call(
            lambda client: try_on(client, self._engine.lab), what="trying the engine's kernel"
        )


def is_ours(info: dict[str, Any], *, by_socket: bool) -> bool:
    """Whether an engine's containers run on the kernel that this process runs on; in doubt: no.

    ``info``: as the engine tells it; ``by_socket``: it was reached by a unix socket.  What runs elsewhere has another
    release, or at least not the same memory to the kilobyte; a runtime that brings its own kernel has another name.
    """
    return bool(
        by_socket
        and info.get("KernelVersion") == os.uname().release
        and info.get("MemTotal") == _memory()
        and info.get("DefaultRuntime") in SHARE_OUR_KERNEL
    )


def _memory() -> int | None:
    """All memory of this machine in bytes, as engines count it."""
    for line in (read_file("/proc/meminfo") or b"").splitlines():
        if line.startswith(b"MemTotal:"):
            return int(line.split()[1]) * 1024
    return None


def _creation(lab: str, number: int) -> dict[str, Any]:
    return {
        "Image": tag_of("base"),
        "Cmd": ["python3", "-S", "-I", "-B", "-c", SOURCE, "inside", str(number)],
        "Labels": {LAB: lab},
        "HostConfig": {
            "Init": False,
            "NetworkMode": "none",
            "CapDrop": ["ALL"],
            "SecurityOpt": ["no-new-privileges"],
            "LogConfig": {"Type": "json-file", "Config": {}},
        },
    }


def try_on(client: Client, lab: str, number: int = signal.SIGTERM) -> KernelTrial:
    """Starts the container until it has answered, and removes it.

    ``lab``: whose it is, should it be left behind.  Raises NotPossible without the base image; EngineUnavailable,
    HostFailed.
    """
    began = time.monotonic()
    with translated("trying the engine's kernel"):
        if not has_image(client, tag_of("base")):
            raise NotPossible(NO_IMAGE, hint="Run `signal-lab images build base`, or a lesson that needs a container.")
        made = client.create_container_from_config(_creation(lab, number))["Id"]
        try:
            code = init_trial.DROPS
            for _ in range(init_trial.TRIES):
                client.start(made)
                code = int(client.wait(made, timeout=TRIAL_WITHIN_S)["StatusCode"])
                if code != init_trial.DROPS:
                    break
            said = client.logs(made, stdout=True, stderr=True).decode("utf-8", "replace")
        finally:
            remove_now(client, made)
    outcomes: dict[int, TrialOutcome] = {128 + number: "ends", init_trial.DROPS: "drops"}
    if code not in outcomes:
        raise HostFailed(f"the trial of the engine's kernel ended with {code}: {said.strip()}")
    release, _, boot_id = said.partition("\n")[0].partition(" ")
    took_s = round(time.monotonic() - began, 3)
    return KernelTrial(outcome=outcomes[code], release=release, boot_id=boot_id, where="container", took_s=took_s)
