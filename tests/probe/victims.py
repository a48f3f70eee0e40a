"""Processes that are what a test needs, say so, and are gone afterwards with all they started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.probe.procfs import Masks, Proc, ProcessFacts

PROC = Proc()
READY = "print('ready', flush=True); sys.stdin.read()"
UNSHARE = ("unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc", "--kill-child")


@contextmanager
def victim(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process with a group of its own that says `ready` when it is what it should be; at the end all are killed."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, start_new_session=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-S", "-E", "-c", f"import ctypes, os, signal, sys, threading\n{code}")


def facts_of(pid: int) -> ProcessFacts:
    facts = PROC.read_process(pid)
    assert facts is not None
    return facts


def masks_of(pid: int) -> Masks:
    masks = facts_of(pid).masks
    assert masks is not None
    return masks


def mirror(root: Path, pid: int, **own: str) -> None:
    """The folder of a real process under another root, with files of our own in the place of some."""
    folder = root / str(pid)
    folder.mkdir(parents=True)
    for name in ("stat", "status", "cmdline", "task", "ns", "cgroup"):
        if name in own:
            (folder / name).write_text(own[name])
        else:
            (folder / name).symlink_to(f"/proc/{pid}/{name}")
