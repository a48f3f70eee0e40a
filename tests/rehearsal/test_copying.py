"""What a copy has of its original, what it has not, and what is changed of it."""

from __future__ import annotations

from typing import Any

import pytest

from app.errors import NotOurs, NotPossible
from app.events.parts import Change
from app.rehearsal.copying import Original, changed, of_container, of_image

IMAGE = {
    "Id": "sha256:" + "a" * 64,
    "Config": {
        "Entrypoint": ["/entry"], "Cmd": ["serve"], "Env": ["PATH=/bin", "MODE=plain"], "User": "app",
        "WorkingDir": "/srv", "StopSignal": "SIGQUIT",
    },
}  # fmt: skip


def facts(
    host: dict[str, Any] | None = None, mounts: list[dict[str, Any]] | None = None, **config: Any
) -> dict[str, Any]:
    """A container as the engine tells it, of ``IMAGE`` and with what is said."""
    return {
        "Id": "c" * 64,
        "Name": "/web",
        "Image": IMAGE["Id"],
        "State": {"Status": "running", "Running": True, "Pid": 77},
        "Config": {**IMAGE["Config"], "Image": "web:1", "Labels": {}, **config},  # type: ignore[dict-item]
        "HostConfig": {"NetworkMode": "default", **(host or {})},
        "Mounts": mounts or [],
    }


def test_of_the_labs_own_container_no_copy_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.doctor.setup.own_container", lambda: "c" * 64)
    with pytest.raises(NotOurs, match="the lab itself runs in web"):
        copy(facts())


def copy(told: dict[str, Any], **how: Any) -> Original:
    return of_container(told, how.get("image", IMAGE), how.get("tag"), how.get("fence", "fenced"))


def test_what_is_the_images_own_is_left_to_the_image() -> None:
    found = copy(facts())
    options = found.spec.container
    assert (found.name, found.image, found.spec.image) == ("web", IMAGE["Id"], IMAGE["Id"])
    assert (found.spec.command, options.entrypoint, options.env, options.user, options.workdir) == (
        (),
        None,
        {},
        None,
        None,
    )
    assert found.spec.own, "the values of its variables are on no screen"
    assert copy(facts(), tag="web:1").spec.image == "web:1"


def test_what_it_was_created_with_goes_with_it() -> None:
    host = {"Init": True, "Memory": 64 * 2**20, "Tmpfs": {"/run": "rw"}}
    own: dict[str, Any] = {
        "Entrypoint": ["sh", "-c"], "Cmd": ["exec app"], "Env": ["PATH=/bin", "MODE=loud", "TOKEN=a=b"], "User": "1:1",
        "WorkingDir": "/", "StopSignal": "SIGINT", "StopTimeout": 3, "Tty": True, "OpenStdin": True,
    }  # fmt: skip
    found = copy(facts(host, **own))
    options = found.spec.container
    assert (options.entrypoint, found.spec.command) == (("sh", "-c"), ("exec app",))
    assert options.env == {"MODE": "loud", "TOKEN": "a=b"}
    assert (options.user, options.workdir, options.tty, options.stdin_open) == ("1:1", "/", True, True)
    assert (options.stop_signal, options.stop_timeout_s, options.init) == ("SIGINT", 3, True)
    assert (options.memory, options.tmpfs) == (str(64 * 2**20), ("/run",))


@pytest.mark.parametrize(
    ("host", "mounts", "fence", "without"),
    [
        ({"NetworkMode": "none"}, [], "fenced", ("its capabilities",)),
        ({}, [], "fenced", ("a network", "its capabilities")),
        ({}, [], "docker", ()),
        ({"NetworkMode": "backend"}, [], "docker", ("its network backend",)),
        (
            {"PortBindings": {"80/tcp": [{}]}, "CapAdd": ["NET_ADMIN"]},
            [],
            "docker",
            ("its published ports", "its capabilities"),
        ),
        (
            {"Privileged": True, "PidMode": "host"},
            [],
            "docker",
            ("its privileges", "the processes around it (--pid host)"),
        ),
        ({}, [{"Type": "volume", "Name": "f" * 64, "Destination": "/data"}], "docker", ()),
        (
            {},
            [{"Type": "bind", "Destination": f"/m{n}"} for n in range(5)],
            "docker",
            ("its mounts (/m0, /m1, /m2 and 2 more)",),
        ),
    ],
)
def test_what_it_has_not_is_said(host: Any, mounts: Any, fence: Any, without: tuple[str, ...]) -> None:
    found = copy(facts(host, mounts), fence=fence)
    assert found.without == without
    assert (found.spec.container.binds, found.spec.container.ports, found.spec.container.pid_mode) == ((), {}, None)


def test_what_is_nobodys_to_copy_is_not_copied() -> None:
    with pytest.raises(NotOurs, match="protected"):
        copy(facts(Labels={"dev.signal-lab.protect": "true"}))
    with pytest.raises(NotPossible, match="image of web is gone"):
        copy(facts(), image=None)
    with pytest.raises(NotPossible, match="no copy can be made of web: env"):
        copy(facts(Env=["=x"]))


def test_only_what_would_help_is_changed() -> None:
    spec = copy(facts(Env=["A=1"], Cmd=["x"])).spec
    better = changed(spec, Change(init=True, stop_signal="SIGTERM", stop_timeout_s=9, env={"B": "2"}))
    options = better.container
    assert (options.init, options.stop_signal, options.stop_timeout_s) == (True, "SIGTERM", 9)
    assert (options.env, better.command, options.entrypoint) == ({"A": "1", "B": "2"}, ("x",), None)
    run = changed(spec, Change(command=("app", "-v")))
    assert (run.container.entrypoint, run.command, run.container.init) == (("app",), ("-v",), None)
    assert changed(spec, Change()) == spec


def test_an_image_is_started_as_it_is() -> None:
    found = of_image("web:1", "docker")
    assert (found.image, found.without, found.spec.image, found.spec.container.fence) == (None, (), "web:1", "docker")
