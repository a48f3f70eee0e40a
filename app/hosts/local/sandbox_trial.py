"""Whether this machine allows a sandbox: it is tried, and what forbids it is looked up."""

from __future__ import annotations

import errno
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from anyio import to_thread

from app.errors import HostFailed, LabError, NotPossible
from app.hosts.local.keeper_client import START, keeper_argv

KERNEL = Path("/proc/sys")
TRIAL_WITHIN_S = 10.0
FORBIDDEN = {errno.EPERM, errno.EACCES, errno.ENOSPC, errno.EUSERS, errno.EINVAL, errno.ENOSYS}
AGAIN = "then start the lab again"


@dataclass(frozen=True, slots=True)
class Switch:
    """A setting under /proc/sys that forbids sandboxes when it is ``bad``, and what allows them."""

    name: str
    bad: str
    why: str
    good: str
    root_too: bool = True

    @property
    def is_off(self) -> bool:
        try:
            found = (KERNEL / self.name).read_text().strip()
        except OSError:
            return False  # this kernel has no such switch
        return found == self.bad and (self.root_too or os.getuid() != 0)

    @property
    def hint(self) -> str:
        return f"As root: sysctl {self.name.replace('/', '.')}={self.good}; {AGAIN}."


SWITCHES = (
    Switch("user/max_user_namespaces", "0", "user namespaces are turned off", "10000"),
    Switch("user/max_pid_namespaces", "0", "PID namespaces are turned off", "10000"),
    Switch("user/max_mnt_namespaces", "0", "mount namespaces are turned off", "10000"),
    Switch("kernel/unprivileged_userns_clone", "0", "only root may make user namespaces", "1", root_too=False),
    Switch(
        *("kernel/apparmor_restrict_unprivileged_userns", "1", "AppArmor forbids user namespaces", "0"), root_too=False
    ),
)


async def try_one() -> LabError | None:
    """The keeper makes a sandbox that ends at once.  Gives why it could not."""
    return await to_thread.run_sync(try_now)


def try_now() -> LabError | None:
    """The same, for whoever can wait."""
    control, held = os.pipe()
    os.write(held, START)
    report, report_write = os.pipe()
    words = keeper_argv(control, report_write, "sandbox", ("true",))
    try:
        subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            pass_fds=(control, report_write),
            check=False,
            timeout=TRIAL_WITHIN_S,
            cwd="/",
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return NotPossible(f"a sandbox cannot be tried here: {error}")
    finally:
        for fd in (control, held, report_write):
            os.close(fd)
        with os.fdopen(report) as file:
            said = [json.loads(line) for line in file]
    failed = next((each for each in said if each["event"] == "failed"), None)
    return forbidden(failed["what"], failed["errno"]) if failed else None


def forbidden(what: str, number: int) -> LabError:
    """What forbids a sandbox on this machine, as far as it says, and what would allow it.

    ``what`` was refused with the errno ``number``.  HostFailed where that is no matter of permission.
    """
    refused = f"{'namespaces of its own' if what == 'unshare' else what}: {os.strerror(number)}"
    if number not in FORBIDDEN:
        return HostFailed(f"a sandbox could not be made: {refused}")
    begin = "a sandbox cannot be made here"
    if what == "mount /proc":
        return NotPossible(
            f"{begin}: the kernel refuses {refused}. Parts of /proc are hidden, as in a container",
            hint="Run the lab outside of a container, or with --security-opt systempaths=unconfined.",
        )
    for switch in SWITCHES:
        if switch.is_off:
            why = f"{switch.why} (/proc/sys/{switch.name} is {switch.bad})"
            return NotPossible(f"{begin}: {why}; {refused}", hint=switch.hint)
    if number in (errno.ENOSPC, errno.EUSERS):
        return NotPossible(
            f"{begin}: there are as many namespaces as are allowed, here or in a namespace around this one; {refused}",
            hint=f"Raise user.max_user_namespaces outside, as root; {AGAIN}.",
        )
    if _has_seccomp_filter():
        return NotPossible(
            f"{begin}: a seccomp filter forbids it, as in a container; {refused}",
            hint="Run the lab outside of a container, or with --security-opt seccomp=unconfined.",
        )
    return NotPossible(
        f"{begin}: the kernel refuses {refused}",
        hint="In a chroot, or under a security module such as SELinux, it is forbidden: run the lab outside.",
    )


def _has_seccomp_filter() -> bool:
    try:
        return "Seccomp:\t2" in Path("/proc/self/status").read_text()
    except OSError:
        return False
