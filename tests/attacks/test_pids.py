"""Whose process is it?  Signals go to what a target started, whatever number or name is given."""

from __future__ import annotations

import os
import subprocess

import pytest

from tests.killable import Killable, killable
from tests.support import LabUnderTest, Person, is_alive, kind, prints

pytestmark = [pytest.mark.whole, pytest.mark.timeout(60)]
NOT_PIDS = (0, -1, -2, 2**31, 2**63, "1", "self", 1.5)


def test_no_number_stands_for_somebody_else(lab: LabUnderTest, driver: Person) -> None:
    run, target = driver.start("catch-all")
    with subprocess.Popen(["sleep", "671"]) as bystander, driver.events(run=run) as events:
        events.until(prints("ready"))
        for pid in (1, 2, os.getpid(), os.getppid(), bystander.pid):
            refused = driver.post(f"/targets/{target}/signals", {"signal": "KILL", "pid": pid})
            assert (refused.status_code, refused.json()["code"]) == (403, "not_ours"), pid
        for number in NOT_PIDS:
            refused = driver.post(f"/targets/{target}/signals", {"signal": "KILL", "pid": number})
            assert 400 <= refused.status_code < 500, number
        assert bystander.poll() is None
        bystander.terminate()
        assert not [each for each in events.seen if each["kind"] == "signal_requested"], "and nothing was recorded"


def test_a_process_that_has_ended_is_gone_whoever_has_its_number_now(lab: LabUnderTest, driver: Person) -> None:
    run, target = driver.command("bash", "-c", "sleep 672 & echo child $!; wait; sleep 673")
    with driver.events(run=run) as events:
        child = int(events.until(prints("child"))["text"].split()[1])
        events.until(kind("process_appeared", pid=child))
        assert driver.post(f"/targets/{target}/signals", {"signal": "KILL", "pid": child}).status_code == 202
        events.until(kind("process_gone", pid=child))
        assert not is_alive(child)
        again = driver.post(f"/targets/{target}/signals", {"signal": "KILL", "pid": child})
        assert (again.status_code, again.json()["code"]) == (409, "already_gone")


def test_a_process_of_one_target_is_not_the_others(lab: LabUnderTest, driver: Person) -> None:
    one, _ = driver.command("sleep", "674")
    _, other = driver.command("sleep", "675")
    with driver.events(run=one) as events:
        pid = events.until(kind("target_started"))["pid"]
    refused = driver.post(f"/targets/{other}/signals", {"signal": "KILL", "pid": pid})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_ours")
    assert is_alive(pid)


@pytest.mark.parametrize(
    "name", ["r1", "r1.", ".main", "..", "r1.main/../r2.main", "%2e%2e", "0", "-1", "self", "init"]
)
def test_a_target_is_named_exactly(lab: LabUnderTest, driver: Person, name: str) -> None:
    driver.command("sleep", "676")
    for what, body in (("signals", {"signal": "KILL"}), ("stop", {"timeout_s": 0}), ("kill", {})):
        assert driver.post(f"/targets/{name}/{what}", body).status_code in (404, 405, 422)


def test_the_server_does_not_end_itself(tmp_path_factory: pytest.TempPathFactory) -> None:
    with killable(tmp_path_factory.mktemp("data")) as server, server.person() as person:
        _ended_by(server, person)
        assert person.get("/health").json()["ok"] is True


def _ended_by(server: Killable, person: Person) -> None:
    run, target = person.command("bash", "-c", "echo ready; sleep 677")
    with person.events(run=run) as events:
        events.until(prints("ready"))
        for group in (False, True):
            body = {"signal": "KILL", "pid": server.pid, "group": group}
            refused = person.post(f"/targets/{target}/signals", body)
            assert (refused.status_code, refused.json()["code"]) == (403, "not_ours")
        assert person.post(f"/targets/{target}/signals", {"signal": "KILL", "group": True}).status_code == 202
        events.until(kind("run_finished"))
