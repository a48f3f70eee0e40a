"""Containers of somebody else: started with the docker client and without a label of the lab."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from app.hosts.container.images import tag_of
from tests.support import until

HTTP = ("python3", "-m", "http.server", "8080", "--bind", "127.0.0.1")
CATCHES = (
    "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); print('Serving', flush=True); "
    "[time.sleep(0.2) for _ in range(3000)]"
)


def docker(*words: str) -> str:
    return subprocess.run(
        ["docker", *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
    ).stdout.strip()


@contextmanager
def foreign(**wanted: tuple[tuple[str, ...], tuple[str, ...]]) -> Iterator[dict[str, str]]:
    """Name → (flags, command), started side by side; gives the ids by name when each has said that it serves."""
    begun = {
        name: subprocess.Popen(
            ["docker", "run", "--detach", "-e", "PYTHONUNBUFFERED=1", *flags, tag_of("base"), *command],
            stdout=subprocess.PIPE,
            text=True,
        )
        for name, (flags, command) in wanted.items()
    }
    ids = {name: process.communicate()[0].strip() for name, process in begun.items()}
    try:
        assert all(ids.values()), ids
        for container in ids.values():
            until(lambda: "Serving" in docker("logs", container), what="its first line")  # noqa: B023 (asked at once)
        yield ids
    finally:
        made = [each for each in ids.values() if each]
        subprocess.run(["docker", "rm", "--force", "--volumes", *made], capture_output=True, check=False)
