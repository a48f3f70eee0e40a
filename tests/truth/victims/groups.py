"""A process of which one or another could continue its process group; it says its pid, and all end with their input.

The first process leads a session.  "child": it is in a group of its own, and its parent leads the session.  "orphan":
its parent has ended.  "cousin": so has its parent, but the group has another member whose parent leads the session.
"""

import os
import sys
from collections.abc import Callable


def child(live: Callable[[], None]) -> int:
    pid = os.fork()
    if not pid:
        live()
        os._exit(0)
    return pid


def wait() -> None:
    while os.read(0, 1):
        pass


def say_and_wait() -> None:
    os.write(1, f"pid {os.getpid()}\nready\n".encode())
    wait()


def leave_behind(live: Callable[[], None]) -> None:
    """Let it live when its parent has ended."""
    read, write = os.pipe()

    def orphan() -> None:
        os.close(write)
        os.read(read, 1)  # until the parent's end of it is closed
        live()

    parent = child(lambda: (child(orphan), None)[1])
    os.close(write)
    os.waitpid(parent, 0)


def in_a_group_of_its_own() -> None:
    os.setpgid(0, 0)
    say_and_wait()


kind = sys.argv[1]
if kind == "child":
    child(in_a_group_of_its_own)
elif kind == "orphan":
    leave_behind(in_a_group_of_its_own)
elif kind == "cousin":
    member = child(wait)
    os.setpgid(member, member)

    def join() -> None:
        os.setpgid(0, member)
        say_and_wait()

    leave_behind(join)
wait()
