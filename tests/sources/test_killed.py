"""Whether the kernel saw SIGKILL come from outside: what proves an end where the engine tells of no signals."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.probe.observations import SignalGenerated
from app.probe.senders import Sender
from app.signals import SIGKILL, SIGTERM
from app.sources.followed import SIGNALS_AT_ONCE, Followed

BY_ENGINE = SignalGenerated(
    target="r1.main",
    at_ns=1,
    signal=SIGKILL.number,
    code=0,
    pid=7,
    thread=None,
    comm="python3",
    ns_pid=1,
    result=0,
    sender=Sender(99, "crun"),
    teardown=False,
)


def followed() -> Followed:
    return Followed("r1", "r1.main", lambda: None, lambda _pid, _how: None, lab={5})


@pytest.mark.parametrize(
    ("observed", "killed"),
    [
        (BY_ENGINE, {7}),
        (replace(BY_ENGINE, sender=Sender(98, None)), {7}),  # it was gone before its name was asked
        (replace(BY_ENGINE, sender=Sender(5, "signal-lab")), {7}),
        (replace(BY_ENGINE, signal=SIGTERM.number), set()),
        (replace(BY_ENGINE, sender=Sender(8, "bash", member=True)), set()),
        (replace(BY_ENGINE, code=0x80), set()),  # the kernel's own, as when memory has run out
        (replace(BY_ENGINE, teardown=True), set()),
    ],
    ids=("engine", "nameless", "lab", "another signal", "a process of it", "kernel", "with PID 1"),
)
def test_it_is_noted_of_whom(observed: SignalGenerated, killed: set[int]) -> None:
    seen = followed()
    seen.on_observation(observed, 0)
    assert seen.killed == killed


def test_a_storm_of_signals_does_not_hide_it() -> None:
    seen = followed()
    for _ in range(SIGNALS_AT_ONCE + 5):
        seen.on_observation(replace(BY_ENGINE, signal=SIGTERM.number), 0)
    assert seen.on_observation(BY_ENGINE, 0) == []
    assert seen.killed == {7}
