"""Ends the containers of a server that is gone, also when it was killed.  Run as a process of its own:

    python -m app.hosts.engine.janitor LAB_ID DATA_FOLDER SERVER_PID

Its standard input is a pipe whose other end only the server holds.  When that closes, whatever the reason, it ends all
containers that have this lab's label and a name as it gives them, puts down how each ended (``app/hosts/ends.py``), and
removes them.  Where the engine is away it tries again for as long as that takes, or until a next server of the same
folder is there, which then does the same.  A server that has ended well has left none, and there is nothing to do.

There is one beside every server that has had a container, and all but always it only waits: so what it needs to clean
up is imported when it cleans up.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.folder.ownership import lock, owner

ENGINE_RETRY_S = 2.0
CALM = 2  # looks in a row that find nothing: a container may just have been in the making
LOOK_S = 0.2
ANSWER_S, HOLD_S = 2, 6.0  # a next server waits for the folder meanwhile


@contextmanager
def left_alone(data: Path, before: int) -> Iterator[bool]:
    """Hold the folder's lock, so that a server that starts now waits; False where a next one has come.

    ``before``: pid of the server that is gone.  It may still hold the lock: the kernel takes a while to close what it
    had, and that is waited for.
    """
    while True:
        with lock(data, f"janitor {os.getpid()}") as held:
            if held:
                yield True
                return
            if owner(data) != f"server {before}":
                yield False
                return
        time.sleep(LOOK_S)


def look(lab: str, data: Path) -> int | None:
    """End and remove what is there now; how many there were.  None: the engine is away, too."""
    from app.errors import LabError
    from app.hosts.engine.leftover import end_left, quick_client, within

    with suppress(LabError):
        client = quick_client(ANSWER_S)
        try:
            return end_left(client, lab, data, within(HOLD_S))
        finally:
            client.close()
    return None


def clean_up(lab: str, data: Path, before: int) -> None:
    calm = 0
    while calm < CALM:
        try:
            with left_alone(data, before) as alone:
                if not alone:
                    return
                found = look(lab, data)
        except FileNotFoundError:  # the folder is gone: there will be no next server
            found = look(lab, data)
        calm = calm + 1 if found == 0 else 0
        if calm < CALM:
            time.sleep(ENGINE_RETRY_S)


def main(lab: str, data: Path, before: int) -> None:
    # What the terminal or an init sends to the server is not for this one: it ends when the server has.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    clean_up(lab, data, before)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
