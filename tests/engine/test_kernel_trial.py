"""The trial of the engine's kernel in a container, and a lab that has no other way to know."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.hosts.engine.cleaning import any_engine
from app.hosts.engine.kernel_trial import is_ours, try_on
from app.hosts.local.kernel_trial import boot, try_now
from tests.hosts.test_sandbox_trial import within
from tests.killable import LAB, killable
from tests.support import Person, until

pytestmark = [pytest.mark.engine, pytest.mark.timeout(180)]


def test_a_container_says_what_a_namespace_here_says(
    base_image: None, record_property: Callable[[str, object], None]
) -> None:
    """Of an engine on this machine, whose kernel is this one; it leaves no container behind."""
    lab = "test-of-the-trial"
    client = any_engine()
    try:
        assert is_ours(client.info(), by_socket=True)
        found, cored = try_on(client, lab), try_on(client, lab, signal.SIGQUIT)
        left = client.containers(all=True, filters={"label": f"dev.signal-lab.lab={lab}"})
    finally:
        client.close()
    assert (found.release, found.boot_id) == boot()
    assert found.outcome == try_now().outcome
    assert cored.outcome == "drops"
    assert left == []
    record_property("the trial in a container, in ms", round(found.took_s * 1000))


@pytest.mark.parametrize(
    "other",
    [
        {"KernelVersion": "6.10.14-linuxkit"},
        {"MemTotal": 8 * 2**30},
        {"DefaultRuntime": "runsc"},
        {"DefaultRuntime": "kata"},
    ],
)
def test_an_engine_that_is_not_seen_to_share_our_kernel_is_tried_itself(engine: None, other: dict[str, object]) -> None:
    client = any_engine()
    try:
        info = client.info()
    finally:
        client.close()
    assert is_ours(info, by_socket=True)
    assert not is_ours({**info, **other}, by_socket=True)
    assert not is_ours(info, by_socket=False)


def test_where_no_namespace_may_be_made_a_container_tells_in_the_background(base_image: None, tmp_path: Path) -> None:
    forbids = within("echo 0 > /proc/sys/user/max_pid_namespaces")

    def said(person: Person) -> dict[str, object]:
        told: dict[str, object] = person.get("/health").json()["kernel_trial"]["here"]
        return told

    with killable(tmp_path / "data", lab=(*forbids, sys.executable, LAB)) as server, server.person() as person:
        until(lambda: said(person)["state"] == "tried", within_s=30, what="the container has answered")
        assert said(person)["outcome"] == try_now().outcome
        assert person.post("/runs", {"host": "sandbox", "command": ["true"]}).json()["code"] == "not_possible"
        (event,) = person.get("/events/past?kind=kernel_trial").json()["events"]
        assert (event["where"], event["boot_id"]) == ("container", boot()[1])
    words = [*forbids, sys.executable, LAB, "doctor", "--machine"]
    told = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout
    assert f"kernel trial       {boot()[0]}: " in told
