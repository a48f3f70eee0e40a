"""Ports on this machine's loopback for local targets: the wanted one, or a free one where that is taken.

A server takes its port only some time after its start.  So what was given to a target is given to no other one while
that lives: two runs that start at the same moment would both be told 8080.  The ports are the machine's: there is one
list of them for all hosts.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable, Mapping

PLACE = re.compile(r"\{port:(\d+/tcp)\}")
_given: set[int] = set()


def free_port(wanted: int) -> int:
    """A port on which nobody listens now, and that no local target was given.

    Somebody else may take it a moment later; then the target says so itself.
    """
    held: list[socket.socket] = []
    try:
        # For 0 the kernel gives any, and another one each time while those that were given already are held.
        for port in (wanted, *[0] * (len(_given) + 1)):
            probe = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            held.append(probe)
            if port:  # as servers do: a port whose last connections are still closing is free
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            found = int(probe.getsockname()[1])
            if found not in _given:
                return found
    finally:
        for probe in held:
            probe.close()
    raise OSError("no port is free")


def with_ports(wanted: Mapping[str, int], command: tuple[str, ...]) -> tuple[dict[str, int], tuple[str, ...]]:
    """The real ports by their names, and the command with each ``{port:8080/tcp}`` replaced.

    They are kept for this target until ``give_back``.
    """
    ports: dict[str, int] = {}
    try:
        for name, port in wanted.items():
            ports[name] = free_port(port)
            _given.add(ports[name])
    except OSError:
        give_back(ports.values())
        raise

    def put(word: str) -> str:
        return PLACE.sub(lambda place: str(ports.get(place[1], place[1].partition("/")[0])), word)

    return ports, tuple(put(word) for word in command)


def give_back(ports: Iterable[int]) -> None:
    """The target that had them has ended."""
    _given.difference_update(ports)
