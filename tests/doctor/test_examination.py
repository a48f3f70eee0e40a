"""The examination where containers go, or the engine does: faults that a real one does not make when it is asked to."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import anyio
import pytest

from app.doctor.examination import Doctor, Report
from app.errors import AlreadyGone, EngineUnavailable, HostFailed, LabError
from tests.doctor.made_up import image, inspected


class Feed(list[Any]):
    """Events as docker-py gives them: a list that is to be closed, twice."""

    _response = SimpleNamespace(close=lambda: None)

    def close(self) -> None:
        pass


class Engine:
    """``containers``: name → what is answered when it is asked for, an error or facts."""

    def __init__(self, **containers: Any) -> None:
        self._of = containers

    def info(self) -> Any:
        return {"SystemTime": "2026-11-30T12:00:00Z"}

    def version(self) -> Any:
        return {"Version": "28.5.2", "ApiVersion": "1.51", "Components": [{"Name": "Engine"}]}

    def containers(self) -> Any:
        return [{"Id": name} for name in self._of]

    def inspect_container(self, name: str) -> Any:
        found = self._of.get(name, AlreadyGone(name))
        if isinstance(found, LabError):
            raise found
        return {**found, "Id": name, "Name": f"/{name}"}

    def inspect_image(self, _: str) -> Any:
        return image()

    def events(self, **_: Any) -> Any:
        return Feed()


def examined(engine: Engine, *wanted: str) -> Report:
    async def call(act: Callable[[Any], Any]) -> Any:
        return act(engine)

    return anyio.run(Doctor(call, "tcp://10.0.0.1:2375").examine, wanted)


WAITS = inspected(Status="restarting", Pid=0)


def test_no_container_is_no_fault() -> None:
    found = examined(Engine())
    assert (found.containers, found.holds) == ((), True)


def test_one_that_goes_meanwhile_is_left_out() -> None:
    found = examined(Engine(gone=AlreadyGone("gone"), here=WAITS))
    assert ([each["name"] for each in found.containers], found.unknown) == (["here"], ())


def test_one_that_the_engine_does_not_tell_of_hides_no_other_and_is_no_pass() -> None:
    found = examined(Engine(broken=HostFailed("broken"), here=WAITS))
    assert ([each["name"] for each in found.containers], found.unknown) == (["here"], ("broken",))
    assert found.holds is None


def test_one_that_was_named_and_does_not_run_is_told() -> None:
    ended = inspected(Status="exited", Running=False, Pid=0)
    found = examined(Engine(web=ended), "web", "other")
    assert [each["stop"]["say"] for each in found.containers] == ["It does not run"]
    assert (found.unknown, found.holds) == (("other",), None)


def test_an_engine_that_goes_is_one_plain_error() -> None:
    with pytest.raises(EngineUnavailable):
        examined(Engine(one=EngineUnavailable("gone"), two=EngineUnavailable("gone")))
