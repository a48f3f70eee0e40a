"""Calls in any order, about runs and targets that are there, have ended or were removed: answers of ours, no defect.

What is sent comes from the API's own description, right and wrong; whom it is about is what the lab has at that moment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from app.web.once import HEADER
from tests.attacks.test_fuzz_api import BEARER, WITHIN_S, check
from tests.fuzzing import TIMES, fuzz
from tests.support import LabUnderTest, Person

pytestmark = [pytest.mark.whole, pytest.mark.timeout(240 * TIMES)]
COMMANDS = (
    ("sleep", "1000"),
    ("true",),
    ("bash", "-c", "trap 'echo heard' TERM USR1; echo ready; while :; do read -r -t 0.2 _; done"),
    ("bash", "-c", "trap '' TERM; sleep 1000 & wait"),
)
HOSTS = ("process", "sandbox")
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
MOSTLY_RIGHT = (GenerationMode.POSITIVE, *MODES)
ABOUT = ("run", "target")


def about_what_is_there(lab: LabUnderTest) -> dict[str, dict[GenerationMode, st.SearchStrategy[Any]]]:
    """Of each call about a run or a target what may be sent, right and wrong."""
    schema = schemathesis.openapi.from_url(f"{lab.url}/api/v1/openapi.json", headers=BEARER)
    found = [each.ok() for each in schema.get_all_operations() if isinstance(each, Ok)]
    return {
        each.label: {mode: each.as_strategy(generation_mode=mode) for mode in MODES}
        for each in found
        if any(f"{{{name}}}" in each.path for name in ABOUT)
    }


def machine(lab: LabUnderTest, driver: Person, tried: Counter[str]) -> type[RuleBasedStateMachine]:
    calls = about_what_is_there(lab)
    assert len(calls) > 15

    class Room(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.runs: list[str] = []
            self.targets: list[str] = []
            self.last = 0

        @initialize(command=st.sampled_from(COMMANDS), host=st.sampled_from(HOSTS))
        def begin(self, command: tuple[str, ...], host: str) -> None:
            self.started(command, host)

        @rule(command=st.sampled_from(COMMANDS), host=st.sampled_from(HOSTS))
        def start(self, command: tuple[str, ...], host: str) -> None:
            self.started(command, host)

        def started(self, command: tuple[str, ...], host: str) -> None:
            reply = driver.post("/runs", {"host": host, "command": command})
            check(reply, f"start {host} {command}")
            if reply.status_code == 201:
                self.runs.append(reply.json()["run"])
                self.targets += [each["id"] for each in reply.json()["targets"]]

        @rule(data=st.data(), label=st.sampled_from(sorted(calls)), mode=st.sampled_from(MOSTLY_RIGHT))
        def call(self, data: st.DataObject, label: str, mode: GenerationMode) -> None:
            case = data.draw(calls[label][mode])
            for name, known in (("run", self.runs), ("target", self.targets)):
                if name in case.path_parameters and known:
                    case.path_parameters[name] = data.draw(st.sampled_from(known))
            case.headers.pop(HEADER, None)  # a key that comes twice is refused before anything is looked at
            answer = case.call(base_url=lab.url, headers=BEARER, timeout=WITHIN_S)
            check(answer, f"{label} {case.path_parameters} {case.body!r:.200}")
            tried[f"{label} {answer.status_code // 100}xx"] += 1

        @invariant()
        def it_goes_on(self) -> None:
            health = driver.get("/health").json()
            assert health["ok"] is True
            assert health["last_event_id"] >= self.last
            self.last = health["last_event_id"]

        def teardown(self) -> None:
            for run in self.runs:
                check(driver.client.delete(f"/api/v1/runs/{run}"), f"remove {run}")

    return Room


def test_in_whatever_order_calls_come(
    lab: LabUnderTest, driver: Person, record_property: Callable[[str, object], None]
) -> None:
    tried: Counter[str] = Counter()
    run_state_machine_as_test(machine(lab, driver, tried), settings=fuzz(4, stateful_step_count=20))
    assert any(each.endswith("2xx") for each in tried), "some of it was done"
    assert any(each.endswith("4xx") for each in tried), "and some refused"
    ids = [event["id"] for event in driver.get("/events/past?limit=1000").json()["events"]]
    assert ids == sorted(set(ids))
    record_property(
        "calls in any order", f"{sum(tried.values())} requests to {len({each[:-4] for each in tried})} calls"
    )
