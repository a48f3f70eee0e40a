"""What the doctor could not see of a container, and what would allow it."""

from __future__ import annotations

CALLS = "in which call each process waits"
CALLS_AND_MORE = f"{CALLS}, threads and zombies"
ALLOW_CALLS = "Run it as root, or give it CAP_SYS_PTRACE: then calls can be seen."
ELSEWHERE = "its processes: the engine is not on this machine, or its pids are not shown here"
ALLOW_PROC = "Run it on the engine's machine (in a container: with --pid host), or serve with --kernel-trace probe."
NOT_A_MANAGER = "only a manager of the swarm can tell"


def argv_source(*, image_known: bool, of_image: bool) -> str:
    """Where entrypoint and command come from."""
    if not image_known:
        return "entrypoint and command of the container; the image could not be read"
    return "ENTRYPOINT and CMD of the image" if of_image else "given when it was created"
