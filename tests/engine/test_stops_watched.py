"""Every stop on the engine is counted, and a forced one told to a webhook: of containers that are not the lab's."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.hosts.container.images import tag_of
from tests.engine.test_recovery import docker
from tests.support import LabUnderTest, running_lab, until

pytestmark = [pytest.mark.engine, pytest.mark.timeout(120)]
DEAF = "trap '' TERM; echo ready; while :; do sleep 600; done"
POLITE = "trap 'exit 3' TERM; echo ready; sleep 600 & wait"


class Hook:
    """Refuses each container's first time; remembers what it got."""

    def __init__(self) -> None:
        self._got: list[dict[str, Any]] = []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                told = json.loads(self.rfile.read(int(self.headers["content-length"])))
                before = hook.told_of(told["container"]["name"])
                hook._got.append(told)
                self.send_response(204 if before else 500)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/told?by=lab"

    def told_of(self, name: str) -> list[dict[str, Any]]:
        return [each for each in self._got if each["container"]["name"] == name]


@contextmanager
def hooked() -> Iterator[Hook]:
    hook = Hook()
    serving = threading.Thread(target=hook.server.serve_forever)
    serving.start()
    try:
        yield hook
    finally:
        hook.server.shutdown()
        serving.join()
        hook.server.server_close()


@contextmanager
def foreign(name: str, script: str) -> Iterator[str]:
    full = f"signal-lab-test-{name}-{os.getpid()}"
    docker("run", "--detach", "--name", full, "--network", "none", tag_of("base"), "bash", "-c", script)
    try:
        until(lambda: "ready" in docker("logs", full), what=f"{name} is ready")
        yield full
    finally:
        docker("rm", "--force", full)


def counted(lab: LabUnderTest) -> dict[tuple[str, str], float]:
    with lab.person() as person:
        reply = person.client.get("/metrics")
        assert reply.status_code == 200, reply.text
        assert reply.headers["content-type"].startswith("text/plain; version=")
    families = text_string_to_metric_families(reply.text)
    return {
        (sample.name, sample.labels.get("container", "")): sample.value for each in families for sample in each.samples
    }


def test_a_forced_stop_is_counted_and_told(base_image: None, tmp_path: Path) -> None:
    with (
        hooked() as hook,
        running_lab(tmp_path / "data", metrics=True, webhook=hook.url) as lab,
        foreign("deaf", DEAF) as deaf,
        foreign("polite", POLITE) as polite,
    ):
        assert counted(lab)[("signal_lab_runs_running", "")] == 0
        docker("stop", "--time", "1", deaf)
        docker("stop", "--time", "30", polite)
        stops, forced = "signal_lab_container_stops_total", "signal_lab_container_stops_forced_total"
        until(lambda: (stops, polite) in counted(lab), what="the second stop is counted")
        seen = counted(lab)
        assert (seen[(stops, deaf)], seen[(forced, deaf)]) == (1, 1)
        assert (seen[(stops, polite)], seen[(forced, polite)]) == (1, 0)
        # Others stop containers on this engine, too: what the webhook is told of them is no matter here.
        until(lambda: len(hook.told_of(deaf)) == 2, what="it is told again after an error")
        told, again = hook.told_of(deaf)
        assert told == again
        assert hook.told_of(polite) == []
        assert (told["event"], told["signal"], told["exit_code"]) == ("stop_forced", "SIGTERM", 137)
        assert 1 <= told["took_s"] < 20
        assert told["text"].startswith(f"{deaf} did not end on SIGTERM: the engine ended it with SIGKILL after ")


def test_where_nobody_asked_there_is_nothing_to_scrape(lab: LabUnderTest) -> None:
    with lab.person() as person, lab.person(token=None) as stranger:
        refused = person.client.get("/metrics")
        assert (refused.status_code, refused.json()["hint"]) == (404, "Start it with --metrics.")
        assert stranger.client.get("/metrics").status_code == 401
