"""A command or an image of one's own: what is wrong with it is said in one line, in the one shape, before it starts."""

from __future__ import annotations

from typing import Any

import pytest

from app.errors import BadRequest
from app.web.adhoc import StartRun
from tests.support import Person, kind, prints


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"memory": "lots"}, "memory: 'lots'"),
        ({"memory": "1m"}, "memory: '1m'"),
        ({"memory": "0"}, "memory: '0'"),
        ({"fence": "none"}, "fence: "),
        ({"fence": "docker", "pid_mode": "host"}, "fence: "),
        ({"stop_signal": "FOO"}, "stop_signal: there is no signal 'FOO'"),
        ({"stop_timeout_s": "soon"}, "stop_timeout_s: "),
        ({"stop_timeout_s": 99999}, "stop_timeout_s: "),
        ({"user": "a b"}, "user: 'a b'"),
        *(
            ({"pid_mode": "host", "user": each}, "user: beside")
            for each in ("0", "root", "00:1000", "1000:0", "daemon")
        ),
        ({"workdir": "srv"}, "workdir: 'srv'"),
        ({"entrypoint": []}, "entrypoint: "),
        ({"pid_mode": "container:x"}, "pid_mode: "),
        ({"env": {"A=B": "c"}}, "env: 'A=B'"),
        ({"env": {"A": "b\0"}}, "env: 'A'"),
        ({"ports": {"http": 80}}, "ports: 'http'"),
        ({"ports": {"70000/tcp": 80}}, "ports: '70000/tcp'"),
        ({"privileged": True}, "privileged: "),
        ({"binds": ["/:/host"]}, "for the catalogue only: binds"),
    ],
)
def test_an_option_that_makes_no_sense_is_named(options: dict[str, Any], says: str) -> None:
    with pytest.raises(BadRequest) as found:
        StartRun(host="container", image="base", options=options).spec()
    assert str(found.value).startswith(says) or says in str(found.value)
    assert "\n" not in str(found.value)


@pytest.mark.parametrize("image", ["Nginx", "a b", "-x", "x:", "../x", "x@sha256:12", "http://x/y", "x" * 9 + "//y"])
def test_what_is_no_image_is_refused(image: str) -> None:
    with pytest.raises(BadRequest, match="image: "):
        StartRun(host="container", image=image).spec()


@pytest.mark.parametrize(
    "image",
    ["nginx", "nginx:1.27", "library/nginx", "localhost:5000/my-own/x_y:2", "x@sha256:" + "0" * 64, "ghcr.io/a/b"],
)
def test_what_an_engine_takes_is_taken(image: str) -> None:
    assert StartRun(host="container", image=image).spec().image == image


@pytest.mark.parametrize("user", ["nobody", "1000:1000", "65534"])
def test_beside_the_machines_processes_it_is_an_ordinary_user(user: str) -> None:
    spec = StartRun(host="container", image="base", options={"pid_mode": "host", "user": user}).spec()
    assert spec.container is not None
    assert spec.container.user == user


def test_the_equivalent_line_is_told_without_starting_anything(driver: Person, viewer: Person) -> None:
    options = {
        **{"init": True, "pid_mode": "host", "stop_signal": "int", "stop_timeout_s": 3, "entrypoint": ["sh", "-c"]},
        **{"tty": True, "env": {"A": "1 2"}, "memory": "64m", "user": "1000"},
    }
    own = {"host": "container", "image": "nginx", "command": ["echo hi"], "options": options}
    reply = driver.post("/equivalent", own)
    assert reply.json() == {
        "equivalent": [
            "docker run -d --name main --init -t --cap-drop ALL --security-opt no-new-privileges --network none "
            "--pid host --stop-signal SIGINT --stop-timeout 3 --memory 64m --user 1000 -e A --entrypoint sh "
            "nginx -c 'echo hi'"
        ]
    }
    plain = {"host": "container", "image": "nginx", "options": {"fence": "docker"}}
    assert driver.post("/equivalent", plain).json() == {"equivalent": ["docker run -d --name main nginx"]}
    lesson = {"host": "container", "image": "base", "command": ["true"]}
    assert "--cap-drop" not in driver.post("/equivalent", lesson).json()["equivalent"][0], "the fence is the lab's own"
    assert driver.post("/equivalent", {"host": "process", "command": ["echo", "a b"]}).json() == {
        "equivalent": ["echo 'a b'"]
    }
    assert len(driver.post("/equivalent", {"experiment": "pid-1"}).json()["equivalent"]) == 1
    wrong = driver.post("/equivalent", {**own, "options": {"memory": "x"}})
    assert (wrong.status_code, set(wrong.json())) == (422, {"ok", "code", "error", "hint"})
    assert viewer.post("/equivalent", own).status_code == 403
    assert driver.get("/runs").json()["runs"] == []


def test_environment_and_folder_of_a_process(driver: Person) -> None:
    assert driver.post("/runs", {"host": "process", "command": ["pwd"], "options": {"cwd": "/none"}}).json()[
        "error"
    ] == ("cwd: there is no folder /none")
    run, _ = driver.command("sh", "-c", "echo $WORD in $PWD", env={"WORD": "one"}, cwd="/")
    with driver.events(run=run) as events:
        events.until(prints("one in /"))
        events.until(kind("run_finished"))
