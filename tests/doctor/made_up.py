"""Containers as an engine tells them, made up: ``GET /containers/ID/json`` with what a test changes in it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from app.doctor.docker_run import docker_run
from app.doctor.looking import Seen, Zombie
from app.doctor.patient import Kill, Patient
from app.doctor.setup import setup_of
from tests.verdict.stop_scenarios import processes

ID = "c0ffee" + "0" * 58
DEAF = "1 0 1 | python3 | /usr/bin/python3.11 | python3 -m http.server 8080 | ign=1001000 cgt=2"
INIT = "1 0 1 | docker-init | /usr/bin/docker-init | /sbin/docker-init -- app | ign=300000 wait=fffffffe3fcffb07"
MINDS = "app | /app | app --port 80 | cgt=4000"
AT = datetime(2026, 11, 30, 12, 0, 1, tzinfo=UTC)


def inspected(*, config: dict[str, Any] | None = None, host: dict[str, Any] | None = None, **state: Any) -> Any:
    return {
        "Id": ID,
        "Name": "/web",
        "Image": "sha256:1",
        "State": {"Status": "running", "Running": True, "Pid": 1, "StartedAt": "2026-11-30T12:00:00Z", **state},
        "RestartCount": 0,
        "HostConfig": {"RestartPolicy": {"Name": "no", "MaximumRetryCount": 0}, **(host or {})},
        "Config": {
            **{"Image": "shop:7", "Env": ["PATH=/bin", "DB_PASSWORD=hunter2"], "Labels": {}},
            **{"Entrypoint": None, "Cmd": ["python3", "-m", "http.server", "8080"], **(config or {})},
        },
    }


def image(**config: Any) -> Any:
    return {
        "Id": "sha256:1",
        "Config": {"Env": ["PATH=/bin"], "Cmd": ["python3", "-m", "http.server", "8080"], **config},
    }


def patient(
    tree: str = DEAF,
    *,
    facts: Any = None,
    of_image: Any = None,
    zombies: tuple[Zombie, ...] | None = (),
    kills: tuple[str, ...] = (),
    missing: str = "",
) -> Patient:
    facts, of_image = facts or inspected(), image() if of_image is None else of_image
    setup = setup_of(facts, of_image, docker_run(facts, of_image))
    seen = Seen("proc" if tree else "nobody", processes(tree) if tree else (), zombies, missing)
    return Patient(setup, seen, tuple(Kill(each, AT) for each in kills))
