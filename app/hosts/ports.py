"""Ports on this machine's loopback for local targets: the wanted one, or a free one where that is taken."""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping

PLACE = re.compile(r"\{port:(\d+/tcp)\}")


def free_port(wanted: int) -> int:
    """A port on which nobody listens now.  Somebody else may take it a moment later; then the target says so itself."""
    for port in (wanted, 0):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            # As servers do: a port whose last connections are still closing is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no port is free")


def with_ports(wanted: Mapping[str, int], command: tuple[str, ...]) -> tuple[dict[str, int], tuple[str, ...]]:
    """The real ports by their names, and the command with each ``{port:8080/tcp}`` replaced."""
    ports = {name: free_port(port) for name, port in wanted.items()}

    def put(word: str) -> str:
        return PLACE.sub(lambda place: str(ports.get(place[1], place[1].partition("/")[0])), word)

    return ports, tuple(put(word) for word in command)
