"""The probe as a program: reads /proc and the kernel's trace where the kernel is, and says it on standard output.

Run in a container on the engine (``pid: host``) where the lab itself may not look.  It ends with its input, so that
nothing is left when the lab is gone, and it takes its trace instances with it.
"""

from __future__ import annotations

import json
import os
import platform
import select
import signal
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.probe.filter_writer import TraceFilterWriter
from app.probe.procfs import Proc
from app.probe.senders import Senders
from app.probe.target_matcher import TargetMatcher
from app.probe.trace import Trace
from app.probe.tracefs import TraceUnavailable
from app.probe.wire import line, observation_line


class Probe:
    def __init__(self, read_fd: int, write_fd: int) -> None:
        self._in, self._out = read_fd, write_fd
        self._proc = Proc(cgroup_root=Path(os.environ.get("SIGNAL_LAB_CGROUP", "/sys/fs/cgroup")))
        self._rest = b""
        self._says = threading.Lock()  # one line at a time
        why: TraceUnavailable | None = None
        try:
            self._trace: Trace | None = Trace.open()
        except TraceUnavailable as error:
            self._trace, why = None, error
        self._writer = TraceFilterWriter(self._trace) if self._trace else None
        self._matcher = TargetMatcher(self._proc, Senders(self._proc, self._trace.root if self._trace else None))
        self._say(
            line(
                "hello",
                kernel=platform.release(),
                trace=self._trace is not None,
                reason=why.reason if why else "",
                hint=why.hint if why else "",
            )
        )

    def _say(self, data: bytes) -> None:
        with self._says:
            while data:
                data = data[os.write(self._out, data) :]

    def run(self) -> None:
        """Until the input ends."""
        fds = [self._in, *([self._trace.fileno()] if self._trace else [])]
        try:
            while True:
                waits = None if not (self._trace and self._trace.waiting) else 0
                ready = select.select(fds, [], [], waits)[0]
                if self._in in ready and not self._on_input():
                    return
                if self._trace:
                    self._tell(self._trace)
        finally:
            if self._writer:
                self._writer.close()
            if self._trace:
                self._trace.close()

    def _tell(self, trace: Trace) -> None:
        clock_ns = time.time_ns() - time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        said = b"".join(observation_line(observed, clock_ns) for observed in self._matcher.tell(trace.read()))
        self._say(said)

    def _on_input(self) -> bool:
        """Do what the lines of the input ask; False: it has ended."""
        data = os.read(self._in, 65536)
        *lines, self._rest = (self._rest + data).split(b"\n")
        for each in lines:
            if each.strip():
                self._do(json.loads(each))
        return bool(data)

    def _do(self, asked: dict[str, Any]) -> None:
        match asked:
            case {"expect": str(target), "parent": int(parent)}:
                self._matcher.expect_children_of(target, parent)
                self._follow([parent])
            case {"know": str(target), "pids": list(pids)}:
                self._follow(self._matcher.add_processes(target, self._proc.facts(pids)))
            case {"forget": str(target)}:
                self._matcher.forget(target)
            case {"settle": int(number)}:
                self._settle(number)
            case {"catch_up": int(number)}:
                asked_ns = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
                while self._trace:
                    self._tell(self._trace)
                    if self._trace.has_read_until(asked_ns):
                        break
                self._say(line("done", number=number))
            case {"rest": True}:
                if self._writer:
                    self._writer.pause()
            case {"look": int(number), "init": int(init), "container": str(container)}:
                seen = self._proc.busy(self._proc.facts(self._proc.container_processes(init, container)))
                self._say(line("seen", look=number, seen=[asdict(facts) for facts in seen]))

    def _follow(self, pids: list[int]) -> None:
        if self._writer:
            self._writer.follow(pids)

    def _settle(self, number: int) -> None:
        done = line("done", number=number)
        if self._writer:
            self._writer.then(lambda: self._say(done))
        else:
            self._say(done)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    Probe(0, 1).run()
