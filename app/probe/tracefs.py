"""A trace instance of our own in tracefs: made, set up, and taken away again.

Never the machine's main trace, which may be somebody else's.  The instance is named after the process that made it
(pid and start time), so one that ``kill -9`` left behind is known as such, and removed, at the next start.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from app.probe.files import ProcFiles

PLACES = ("/sys/kernel/tracing", "/run/tracing", "/sys/kernel/debug/tracing")
PREFIX = "signal-lab-"
_numbers = itertools.count()  # two labs may live in one process
HOST_PID_NAMESPACE = "pid:[4026531836]"  # PROC_PID_INIT_INO, include/linux/proc_ns.h
ELSE = "Or start it with --kernel-trace probe: then a container on the engine reads it."
BUFFER_KB = 2048  # for each processor: some 40,000 events


class TraceUnavailable(Exception):
    """There is no kernel trace for us; ``hint`` says what would allow it."""

    def __init__(self, reason: str, hint: str) -> None:
        super().__init__(reason)
        self.reason, self.hint = reason, hint


def find_tracefs() -> Path:
    """Where it is mounted and may be used.  Raises TraceUnavailable."""
    if (place := os.environ.get("SIGNAL_LAB_TRACEFS")) is not None:
        places: tuple[str, ...] = (place,)
    else:
        places = PLACES
    found = [Path(place) for place in places if _is_tracefs(Path(place))]
    if not found:
        raise TraceUnavailable(
            "the kernel's trace (tracefs) cannot be reached",
            f"As root: mount -t tracefs nodev /sys/kernel/tracing, and start the lab as root. {ELSE}",
        )
    usable = [root for root in found if os.access(root / "instances", os.W_OK)]
    if not usable:
        raise TraceUnavailable(
            f"{found[0]} may not be written by this user",
            f"Start the lab as root. {ELSE}",
        )
    with suppress(OSError):
        if os.readlink("/proc/self/ns/pid") != HOST_PID_NAMESPACE:
            raise TraceUnavailable(
                "the lab is in a PID namespace of its own, and the trace names processes by their pid on the machine",
                "Start its container with --pid host.",
            )
    return usable[0]


def _is_tracefs(root: Path) -> bool:
    try:
        return (root / "events" / "signal" / "signal_generate").is_dir()
    except OSError:
        return False


def clear_stale(root: Path, files: ProcFiles | None = None) -> list[str]:
    """Remove instances whose makers are gone; their names."""
    removed = []
    for path in stale(root, files):
        with suppress(OSError):
            path.rmdir()
            removed.append(path.name)
    return removed


def stale(root: Path, files: ProcFiles | None = None) -> list[Path]:
    """Instances whose makers are gone."""
    files, found = files or ProcFiles(), []
    for path in sorted((root / "instances").glob(f"{PREFIX}*")):
        pid, start = (*path.name.removeprefix(PREFIX).split("-"), "", "")[:2]
        if pid.isdecimal() and start.isdecimal() and files.identity(int(pid)) != (int(pid), int(start)):
            found.append(path)
    return found


class Instance:
    """One instance.  Use ``close`` to take it away; a second call does nothing."""

    def __init__(self, root: Path, name: str, buffer_kb: int = BUFFER_KB) -> None:
        me = ProcFiles().identity(os.getpid())
        assert me is not None
        self.path = root / "instances" / f"{PREFIX}{me[0]}-{me[1]}-{name}-{next(_numbers)}"
        self.fds: list[int] = []
        try:
            self.path.mkdir()
        except OSError as error:
            raise TraceUnavailable(f"the kernel refused a trace of our own: {error}", "Is tracefs writable?") from error
        try:
            self.write("trace_clock", "mono")
            self.write("buffer_size_kb", str(buffer_kb))
            with suppress(OSError):
                self.write("buffer_percent", "0")  # wake a reader at the first event, not at a half-full buffer
        except OSError as error:
            self.close()
            raise TraceUnavailable(f"the kernel refused a trace of our own: {error}", "Is tracefs writable?") from error

    def write(self, name: str, text: str, *, append: bool = False) -> None:
        fd = os.open(self.path / name, os.O_WRONLY | os.O_CLOEXEC | (os.O_APPEND if append else os.O_TRUNC))
        try:
            os.write(fd, text.encode())
        finally:
            os.close(fd)

    def read(self, name: str) -> str:
        return (self.path / name).read_text()

    def has(self, event: str) -> bool:
        """Whether this kernel knows such an event."""
        return (self.path / "events" / event).is_dir()

    def enable(self, events: Iterable[str], *, filters: dict[str, str] | None = None) -> None:
        """``events``: "signal/signal_generate" and the like; filters first, so that nothing slips through."""
        for event, text in (filters or {}).items():
            self.write(f"events/{event}/filter", text)
        for event in events:
            self.write(f"events/{event}/enable", "1")

    def turn(self, *, on: bool) -> None:
        """Start or stop recording.  Off costs nothing but the events' own switches."""
        self.write("tracing_on", "1" if on else "0")

    def open(self) -> list[int]:
        """Descriptors of ``trace_pipe_raw``, one for each processor."""
        for cpu in sorted((self.path / "per_cpu").iterdir()):
            self.fds.append(os.open(cpu / "trace_pipe_raw", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC))
        return self.fds

    def close(self) -> None:
        for fd in self.fds:
            os.close(fd)
        self.fds = []
        with suppress(OSError):
            self.write("tracing_on", "0")
        with suppress(OSError):
            self.write("events/enable", "0")
        with suppress(OSError):
            self.path.rmdir()
