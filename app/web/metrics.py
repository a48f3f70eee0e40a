"""What is counted for Prometheus, where ``--metrics`` asks for it: every stop on the engine, and how many were forced.

A container has its own series by name, up to so many; the others share one, for names come and go without end.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from app import __version__
from app.verdict.forced import Stop

NAMES = 500
OTHERS = "(others)"
LABELS = ("container", "image")
BUCKETS_S = (0.1, 0.5, 1, 2, 5, 10, 15, 30, 60, 120)


class Metrics:
    """One registry of its own: the library's shared one would count the labs of one process together."""

    def __init__(self) -> None:
        self.registry = known = CollectorRegistry()
        self._stops = Counter(
            "signal_lab_container_stops", "Stops of containers of the engine that are over.", LABELS, registry=known
        )
        self._forced = Counter(
            "signal_lab_container_stops_forced", "Those that had to be ended with SIGKILL.", LABELS, registry=known
        )
        self._seconds = Histogram(
            "signal_lab_container_stop_seconds",
            "From the stop signal to the end.",
            ("forced",),
            buckets=BUCKETS_S,
            registry=known,
        )
        self._running = Gauge("signal_lab_runs_running", "Runs of this lab that go on.", registry=known)
        info = Gauge("signal_lab_build_info", "Which release this is.", ("version",), registry=known)
        info.labels(__version__).set(1)
        self._names: set[tuple[str, str]] = set()

    async def tell(self, stop: Stop) -> None:
        which = (stop.name, stop.image)
        if which in self._names or len(self._names) < NAMES:
            self._names.add(which)
        else:
            which = (OTHERS, OTHERS)
        self._stops.labels(*which).inc()
        forced = self._forced.labels(*which)  # there with 0, so that a rate has something to begin with
        if stop.forced:
            forced.inc()
        if stop.took_s is not None:
            self._seconds.labels(str(stop.forced).lower()).observe(stop.took_s)

    def text(self, running: int) -> bytes:
        self._running.set(running)
        return generate_latest(self.registry)
