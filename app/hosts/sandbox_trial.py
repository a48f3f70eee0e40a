"""Whether this machine allows a sandbox: it is tried, and what forbids it is looked up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from anyio import to_thread

from app.errors import LabError, NotPossible
from app.resources import PACKAGE

KERNEL = Path("/proc/sys")
KEEPER = PACKAGE / "keeper.py"
WITHIN_S = 10.0


async def try_one() -> LabError | None:
    """The keeper makes a sandbox that ends at once.  Gives why it could not."""
    return await to_thread.run_sync(_try)


def _try() -> LabError | None:
    control, held = os.pipe()
    report, told = os.pipe()
    words = [sys.executable, "-S", "-I", str(KEEPER), str(control), str(told), "sandbox", "--", "true"]
    try:
        subprocess.run(
            words, stdin=subprocess.DEVNULL, pass_fds=(control, told), check=False, timeout=WITHIN_S, cwd="/"
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return NotPossible(f"a sandbox cannot be tried here: {error}")
    finally:
        for fd in (control, held, told):
            os.close(fd)
        with os.fdopen(report) as file:
            said = [json.loads(line) for line in file]
    failed = next((each for each in said if each["event"] == "failed"), None)
    return forbidden(failed["what"], failed["error"]) if failed else None


def forbidden(what: str, error: str) -> NotPossible:
    """What forbids a sandbox on this machine, as far as it says, and what would allow it."""
    said = f"{'namespaces of its own' if what == 'unshare' else 'a /proc of its own'}: {error}"
    for name, bad, why, hint in (
        ("user/max_user_namespaces", "0", "user namespaces are turned off", "sysctl user.max_user_namespaces=10000"),
        (
            *("kernel/unprivileged_userns_clone", "0", "only root may make user namespaces"),
            "sysctl kernel.unprivileged_userns_clone=1",
        ),
        (
            *(
                "kernel/apparmor_restrict_unprivileged_userns",
                "1",
                "AppArmor forbids user namespaces",
            ),
            "sysctl kernel.apparmor_restrict_unprivileged_userns=0",
        ),
    ):
        try:
            found = (KERNEL / name).read_text().strip()
        except OSError:
            continue
        if found == bad and (os.getuid() or name.startswith("user/")):
            return NotPossible(
                f"a sandbox cannot be made here: {why} (/proc/sys/{name} is {bad}); {said}", hint=f"As root: {hint}"
            )
    if what != "unshare":
        return NotPossible(
            f"a sandbox cannot be made here: the kernel refuses {said}. Parts of /proc are hidden, as in a container",
            hint="Run the lab outside of a container, or with --security-opt systempaths=unconfined.",
        )
    return NotPossible(
        f"a sandbox cannot be made here: the kernel refuses {said}",
        hint="In a container, seccomp forbids it: run the lab outside, or with --security-opt seccomp=unconfined.",
    )
