"""How a container was set up, in words, each with its source; and that no secret is in any of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.doctor.docker_run import docker_run
from app.doctor.looking import of_row
from app.doctor.patient import Patient
from app.doctor.report import facts as facts_of
from app.doctor.report import shape
from app.doctor.setup import setup_of
from app.verdict.setup.form import form_of
from app.verdict.setup.grace import Grace, Timing, graces
from tests.doctor.made_up import DEAF, INIT, MINDS, image, inspected, patient


def told(of: Patient) -> dict[str, tuple[str, str]]:
    return {each.name: (each.value, each.source) for each in facts_of(of)}


@pytest.mark.parametrize(
    ("argv", "form"),
    [
        (("python3", "app.py"), "exec form"),
        (("/bin/sh", "-c", "python3 app.py"), "shell form"),
        (("/bin/bash", "-o", "pipefail", "-c", "app | tee log"), "shell form"),
        (("bash", "-lc", "app"), "shell form"),
        (("bash",), "exec form"),
        (("/bin/sh", "/start.sh", "app"), "script"),
        (("/docker-entrypoint.sh", "nginx"), "script"),
        (("tini", "--", "app"), "exec form"),
        ((), "unknown"),
    ],
)
def test_the_form_of_the_command(argv: tuple[str, ...], form: str) -> None:
    assert form_of(argv) == form


def test_each_setting_has_its_source() -> None:
    assert told(patient()) == {
        "entrypoint": ("exec form", "ENTRYPOINT and CMD of the image"),
        "stop signal": ("SIGTERM", "the engine's default: neither container nor image sets one"),
        "stop timeout": ("10 s", "the engine's default: the container sets none"),
        "init": ("no", "PID 1 is python3"),
        "restart": ("no", "the engine's default, or --restart no"),
        "zombies": ("0", "seen now"),
    }
    facts = inspected(
        config={"StopSignal": "SIGQUIT", "StopTimeout": 30, "Cmd": ["app"]},
        host={"Init": True, "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3}},
    )
    other = told(patient(f"{INIT}\n3 1 3 | {MINDS}", facts=facts, of_image=image(StopSignal="SIGQUIT"), zombies=None))
    assert other == {
        "entrypoint": ("exec form", "given when it was created"),
        "stop signal": ("SIGQUIT", "STOPSIGNAL of the image"),
        "stop timeout": ("30 s", "--stop-timeout of this container"),
        "init": ("yes", "--init of this container"),
        "restart": ("on-failure, at most 3 times", "--restart of this container"),
        "zombies": ("unknown", "nobody saw them"),
    }


def test_a_stop_signal_of_ones_own_stands_before_that_of_the_image() -> None:
    facts = inspected(config={"StopSignal": "3"})
    assert told(patient(facts=facts, of_image=image(StopSignal="SIGINT")))["stop signal"] == (
        "SIGQUIT",
        "--stop-signal of this container, instead of SIGINT of the image",
    )
    setup = setup_of(facts, None)
    assert setup.image is None
    assert told(Patient(setup, patient().seen))["stop signal"][1].endswith("the image could not be read")


def test_an_init_by_the_engines_own_setting_is_seen() -> None:
    assert told(patient(f"{INIT}\n3 1 3 | {MINDS}"))["init"] == ("yes", "the engine's own setting")
    tini = INIT.replace("docker-init", "tini")
    assert told(patient(f"{tini}\n3 1 3 | {MINDS}"))["init"][0] == "of the image"


@pytest.mark.parametrize(
    ("state", "tree", "say", "why"),
    [
        ({"Status": "restarting", "Pid": 0}, "", "Nobody can tell", "between two starts"),
        ({"Status": "exited", "Running": False, "Pid": 0}, "", "It does not run", "nothing to stop"),
        ({}, "", "Nobody can tell", "It is being started"),
    ],
)
def test_where_there_is_nobody_to_stop_that_is_said(state: dict[str, Any], tree: str, say: str, why: str) -> None:
    found = patient(tree, facts=inspected(**state))
    assert (found.holds, found.said.say) == (None, say)
    assert why in found.said.why


def test_what_nobody_sees_is_said_to_be_missing() -> None:
    found = patient("", missing="its processes: the engine is not on this machine")
    assert found.said.why == "What cannot be seen from here: its processes: the engine is not on this machine."


def secret(**config: Any) -> Any:
    words = ["app", "--password", "hunter2", "--db", "postgres://me:hunter2@db/x", "API_TOKEN=hunter2"]
    return inspected(config={"Cmd": words, "Env": ["PATH=/bin", "DB_PASSWORD=hunter2", "MODE=x"], **config})


def test_no_secret_is_in_what_is_told() -> None:
    tree = "1 0 1 | app | /app | app --password ••• --db x | ign=1001000"
    given = secret()
    shaped = json.dumps(shape(patient(tree, facts=given), {}, ()), ensure_ascii=False)
    assert "hunter2" not in shaped
    assert "MODE" in docker_run(given, image())
    shell = secret(Cmd=["sh", "-c", "app --password hunter2; true"])
    assert "hunter2" not in docker_run(shell, image())
    assert "hunter2" not in " ".join(setup_of(shell, None).argv)
    row = ["1", "0", "1", "0", "Ss", "0", "0", "1001000", "2", "app", "--password", "hunter2"]
    member = of_row([*row[:9], " ".join(row[9:])], setup_of(given, None))
    assert member
    assert "hunter2" not in " ".join(member.argv)


def test_a_line_of_ps_is_a_process_with_its_masks() -> None:
    setup = setup_of(inspected(Pid=4711), None)
    row = ["4711", "1", "4711", "0", "Ss", "0000000000000000", "0000000000000000", "0000000001001000",
           "0000000000000002", "python3 -m http.server"]  # fmt: skip
    member = of_row(row, setup)
    assert member
    assert (member.ns_pid, member.comm, member.subject.caught, member.subject.is_init) == (1, "python3", 2, True)
    assert member.wait_call is None, "so a forecast by it is never sure"
    assert of_row(["PID", "PPID"], setup) is None


def by_path(**fields: Any) -> dict[str, Grace]:
    return {each.path: each for each in graces(Timing(**{"stop_timeout_s": None, **fields}))}


def test_the_grace_of_each_way_with_its_source() -> None:
    found = by_path(shutdown_s=15, shutdown_source="dockerd's default")
    assert {path: each.seconds for path, each in found.items()} == {
        "docker stop": 10,
        "docker compose down": None,
        "engine restart": 10,
        "host shutdown": 10,
        "Swarm update": None,
        "Kubernetes": 30,
    }
    assert [path for path, each in found.items() if each.applies] == ["docker stop", "engine restart", "host shutdown"]
    assert (
        "the engine ends after 15 s in all (dockerd's default: --shutdown-timeout 15 s"
        in found["engine restart"].source
    )
    assert found["Kubernetes"].lines[1].startswith("  terminationGracePeriodSeconds: 30")


def test_the_engine_waits_for_its_slowest_container() -> None:
    assert "ends after 65 s in all" in by_path(stop_timeout_s=60, longest_s=60)["engine restart"].source
    assert "waits for ever" in by_path(stop_timeout_s=5, longest_s=-1)["engine restart"].source
    assert "default, not readable here" in by_path()["engine restart"].source
    for own, whole in ((30, 30), (600, 90), (-1, 90)):
        assert by_path(stop_timeout_s=own, longest_s=own)["host shutdown"].seconds == whole, "systemd's for the engine"
    assert "the container has no limit of its own" in by_path(stop_timeout_s=-1)["host shutdown"].source
    kept = by_path(live_restore=True)
    assert not kept["engine restart"].applies
    assert (kept["host shutdown"].seconds, "not readable" in kept["host shutdown"].source) == (None, True)


def test_compose_swarm_and_pods() -> None:
    assert by_path(compose="2.20.0", stop_timeout_s=60)["docker compose down"].seconds == 60
    assert by_path(compose="2.20.0")["docker compose down"].seconds == 10
    assert by_path(compose="1.29.2", stop_timeout_s=60)["docker compose down"].seconds is None
    assert by_path(service="shop", service_grace_s=45.0)["Swarm update"].seconds == 45
    short = by_path(service="shop", service_grace_s=0.5)["Swarm update"]
    assert (short.seconds, "is 0.5 s, and Swarm counts whole seconds only" in short.source) == (0, True)
    assert by_path(service="shop", service_why="only a manager can tell")["Swarm update"].seconds is None
    assert by_path(service="shop")["Swarm update"].seconds == 10
    pod = by_path(pod="shop-1", pod_s="45")["Kubernetes"]
    assert (pod.seconds, pod.applies) == (45, True)
    assert by_path(pod="shop-1")["Kubernetes"].seconds is None
    assert "There is no --init" in by_path(init=True)["Kubernetes"].source


def test_a_container_that_was_given_its_own_command_is_rebuilt_without_its_values() -> None:
    facts = inspected(
        config={"Entrypoint": ["/entry"], "Cmd": ["serve"], "StopSignal": "SIGQUIT", "Tty": True},
        host={
            **{"Binds": ["/data:/data:ro"], "Init": True, "NetworkMode": "shop"},
            "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3},
            "PortBindings": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8080"}]},
        },
    )
    assert docker_run(facts, image()) == (
        "docker run -d --name web --init -t --restart on-failure:3 --stop-signal SIGQUIT --network shop "
        "-v /data:/data:ro -p 127.0.0.1:8080:80 -e DB_PASSWORD --entrypoint /entry shop:7 serve"
    )


def test_made_up_trees_are_as_the_lab_sees_them() -> None:
    """The words above rest on these."""
    assert (patient(DEAF).holds, patient(f"{INIT}\n3 1 3 | {DEAF.partition('| ')[2]}").holds) == (False, True)
