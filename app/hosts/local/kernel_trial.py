"""Tries this machine's kernel where kernels differ, in a PID namespace that lasts for some milliseconds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from anyio import to_thread

from app.errors import HostFailed
from app.events.trial import KernelTrial
from app.hosts.local.sandbox_trial import forbidden
from app.probe import init_trial

TRIAL_WITHIN_S = 10.0
WORDS = (sys.executable, "-S", "-I", "-B", str(Path(init_trial.__file__)), "outside")


async def try_here() -> KernelTrial:
    """What the kernel did.  Raises NotPossible with what forbids it, HostFailed with what else went wrong."""
    return await to_thread.run_sync(try_now)


def try_now(number: int = signal.SIGTERM) -> KernelTrial:
    """The same, for whoever can wait."""
    began = time.monotonic()
    words = (*WORDS, str(int(number)))
    try:
        ran = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=TRIAL_WITHIN_S, cwd="/"
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise HostFailed(f"the kernel cannot be tried here: {error}") from error
    return _read(ran.stdout, time.monotonic() - began)


def _read(said: bytes, took_s: float) -> KernelTrial:
    kernel, _, answer = said.decode("ascii", "replace").strip().partition("\n")
    release, _, boot_id = kernel.partition(" ")
    match answer.split():
        case ["ends" | "drops" as outcome]:
            return KernelTrial(
                outcome=outcome, release=release, boot_id=boot_id, where="sandbox", took_s=round(took_s, 3)
            )
        case ["failed", code] if int(code) < init_trial.DROPS:
            raise forbidden("unshare", int(code))
    raise HostFailed(f"the kernel cannot be tried here: {answer or 'no answer'}")


def boot() -> tuple[str, str]:
    """Release and boot id of the kernel of this machine, as a trial names them."""
    return os.uname().release, init_trial.boot_id()
