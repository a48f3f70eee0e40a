"""Every action is one of a closed set: each has a class of its own, and an event that shows that it was begun."""

from __future__ import annotations

from typing import get_args

import pytest
from pydantic import ValidationError

from app.events import AnyEvent
from app.experiments.actions import AnyAction, Do
from app.experiments.lesson import ASKED

KINDS = {str(cls.model_fields["kind"].default) for cls in get_args(get_args(AnyEvent)[0])}
ONE_OF_EACH: tuple[tuple[dict[str, object], dict[str, object] | None], ...] = (
    ({"start": {}}, {"kind": "target_starting"}),
    ({"signal": {"signal": "USR1"}}, {"kind": "kernel_signal", "signal": "SIGUSR1", "delivered": None}),
    ({"stop": {}}, {"kind": "engine_event", "action": "kill"}),
    ({"type": {"data": "x"}}, None),
    ({"resize": {"cols": 80, "rows": 24}}, None),
    ({"pause": {}}, {"kind": "pause_requested", "paused": True}),
    ({"unpause": {}}, {"kind": "pause_requested", "paused": False}),
    ({"write": {"file": "a", "text": ""}}, {"kind": "file_written"}),
    ({"get": {"port": "80/tcp"}}, {"kind": "http_requested"}),
    ({"exec": {"command": ["ls"]}}, {"kind": "exec_requested"}),
)


def test_every_action_has_a_class_of_its_own() -> None:
    fields = [get_args(field.annotation)[0] for field in Do.model_fields.values()]
    assert fields == list(get_args(AnyAction))
    assert len(set(fields)) == len(fields)


def test_what_a_person_asks_for_are_kinds_of_events() -> None:
    assert {kind for kind in KINDS if kind.endswith("_requested")} | {"file_written"} == ASKED


@pytest.mark.parametrize(("action", "event"), ONE_OF_EACH, ids=lambda each: next(iter(each or {"": 0})))
def test_each_is_begun_by_its_own_event_and_by_no_other(
    action: dict[str, object], event: dict[str, object] | None
) -> None:
    do = Do.model_validate(action)
    assert isinstance(do.what, get_args(AnyAction))
    assert do.shown().keys() == action.keys()
    begins = [other for _, other in ONE_OF_EACH if other and do.begun_by(other)]
    assert begins == ([event] if event else [])


def test_there_is_one_of_each() -> None:
    assert [next(iter(action)) for action, _ in ONE_OF_EACH] == list(Do.model_fields)


@pytest.mark.parametrize("get", [{"port": "80/tcp", "path": "slow"}, {"port": "the 80/tcp"}, {"port": "80/tcp or so"}])
def test_a_port_and_a_path_are_that_and_nothing_around_it(get: dict[str, str]) -> None:
    """What is no path could lead the request to another port of this machine."""
    with pytest.raises(ValidationError):
        Do.model_validate({"get": get})
