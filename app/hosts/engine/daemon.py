"""What the engine's own process was told about its end: ``--shutdown-timeout``, which ``GET /info`` does not tell.

Read from the command line and the configuration file of the dockerd behind the socket, where it is a process of this
machine that we may read.  What cannot be read is None, and never the default in disguise.
"""

from __future__ import annotations

import json
import socket
import struct
from pathlib import Path

from app.probe.procfs import Proc

FLAG, CONFIG = "shutdown-timeout", "/etc/docker/daemon.json"
DEFAULT_S = 15
UNREADABLE = "default, not readable here"


def shutdown_timeout(url: str, proc: Proc | None = None) -> tuple[int | None, str]:
    """Seconds and their source; None where nobody here can tell."""
    proc = proc or Proc()
    pid = _listener(url, proc)
    facts = proc.read_process(pid) if pid else None
    if facts is None or facts.comm != "dockerd" or not facts.argv:
        return None, UNREADABLE
    if (given := _flag(facts.argv, FLAG)) is not None:
        return _whole(given), "dockerd's command line"
    path = _flag(facts.argv, "config-file") or (CONFIG if facts.uid == 0 else "")
    config = _config(f"{proc.root}/{facts.pid}/root", path) if path else None
    if config is None:
        return None, UNREADABLE
    if FLAG in config:
        return _whole(str(config[FLAG])), path
    return DEFAULT_S, "dockerd's default"


def _listener(url: str, proc: Proc) -> int | None:
    """Who listens on the socket; where an init does that for it, the only dockerd that there is."""
    if not url.startswith("unix://"):
        return None
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as ours:
        try:
            ours.connect(url.removeprefix("unix://"))
            pid = struct.unpack("3i", ours.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
        except OSError:
            return None
    if _is_engine(proc, pid):
        return int(pid)
    found = [each for each in proc.pids() if _is_engine(proc, each)] if pid == 1 else []
    return found[0] if len(found) == 1 else None


def _is_engine(proc: Proc, pid: int) -> bool:
    stat = proc.stat(pid) if pid else None
    return stat is not None and stat.comm == b"dockerd"


def _flag(argv: tuple[str, ...], name: str) -> str | None:
    for at, word in enumerate(argv):
        flag, equals, value = word.partition("=")
        if flag.lstrip("-") == name and flag.startswith("-"):
            return value if equals else next(iter(argv[at + 1 :]), None)
    return None


def _config(root: str, path: str) -> dict[str, object] | None:
    """{}: there is no such file, so nothing in it.  None: it cannot be read."""
    for where in (Path(f"{root}{path}"), Path(path)):
        try:
            found = json.loads(where.read_text())
        except FileNotFoundError:
            return {}
        except PermissionError:
            continue
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None
    return None


def _whole(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None
