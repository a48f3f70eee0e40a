"""Flags of `signal-lab run` become what the API takes, or one line that says what is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from app.commands.asking import AskFlags, body_of
from app.commands.common import Failed
from app.web.adhoc import StartRun

NONE = AskFlags(
    *(None, False, False, None, None, None, None, False, False, (), None, None, None, ()),
)


def flags(**given: Any) -> AskFlags:
    return AskFlags(**{name: given.get(name, getattr(NONE, name)) for name in AskFlags.__dataclass_fields__})


def test_every_flag_of_a_container_is_what_docker_run_means(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HERE", "h")
    monkeypatch.delenv("NOWHERE", raising=False)
    asked = flags(
        image="base", init=True, pid="host", stop_signal="INT", stop_timeout=3, entrypoint="tini", tty=True,
        interactive=True, env=("A=1", "B=x=y", "HERE", "NOWHERE", "EMPTY="), memory="64m", user="1:1",
        workdir="/srv", publish=("8080:80", "127.0.0.1:53:53/udp", "90"),
    )  # fmt: skip
    body = body_of(None, ("--", "sleep", "9"), asked)
    spec = StartRun(**body).spec()
    assert (spec.host, spec.image, spec.command) == ("container", "base", ("--", "sleep", "9"))
    options = spec.container
    assert (options.init, options.pid_mode, options.stop_signal, options.stop_timeout_s) == (True, "host", "SIGINT", 3)
    assert (options.entrypoint, options.tty, options.stdin_open) == (("tini",), True, True)
    assert (options.memory, options.user, options.workdir) == ("64m", "1:1", "/srv")
    assert options.env == {"A": "1", "B": "x=y", "HERE": "h", "EMPTY": ""}
    assert options.ports == {"80/tcp": 8080, "53/udp": 53, "90/tcp": 0}


def test_an_image_alone_and_a_command_alone() -> None:
    assert body_of(None, None, flags(image="nginx")) == {
        **{"host": "container", "image": "nginx", "command": [], "options": {}}
    }
    body = body_of(None, ("env",), flags(env=("A=1",), workdir="/tmp", sandbox=True))
    spec = StartRun(**body).spec()
    assert (spec.host, spec.process.env, spec.process.cwd) == ("sandbox", {"A": "1"}, "/tmp")
    assert body_of("pid-1", None, NONE) == {"experiment": "pid-1"}


@pytest.mark.parametrize(
    ("experiment", "command", "given", "says"),
    [
        (None, None, {}, "nothing to run"),
        (None, (), {}, "a command is missing"),
        ("pid-1", ("sleep",), {}, "is an experiment"),
        ("pid-1", None, {"init": True}, "--init"),
        ("pid-1", None, {"env": ("A=1",)}, "--env"),
        (None, ("sleep",), {"memory": "1m"}, "only a container"),
        (None, None, {"image": "x", "sandbox": True}, "not in a sandbox"),
        (None, None, {"image": "x", "pid": "container:y"}, "only host"),
        (None, None, {"image": "x", "publish": ("0.0.0.0:80:80",)}, "expected PORT"),
    ],
)
def test_what_makes_no_sense_is_said(
    experiment: str | None, command: tuple[str, ...] | None, given: dict[str, Any], says: str
) -> None:
    with pytest.raises(Failed, match=says) as found:
        body_of(experiment, command, flags(**given))
    assert found.value.leave == 2
