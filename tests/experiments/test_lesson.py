"""How a lesson is ticked: by what was seen, whoever did it, and in its time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import events as e
from app.events import lesson as acts
from app.events.parts import Dispositions
from app.experiments.expect import Expect, equals, processes_fit
from app.experiments.lesson import Lesson
from app.experiments.model import Experiment
from app.experiments.wording import in_words
from app.hosts.base import Ways

AT = datetime(2025, 11, 23, 13, 0, 0, tzinfo=UTC)
ONE, TWO = {"run": "r1", "target": "r1.one"}, {"run": "r1", "target": "r1.two"}
OUTPUT = {"kind": "output", "fields": {"text": "hello"}, "say": "hello"}


def experiment(*steps: dict[str, Any]) -> Experiment:
    targets = [{"name": name, "host": "process", "command": ["true"]} for name in ("one", "two")]
    told = [{"say": "Do it.", **step} for step in steps]
    data = {"id": "x", "title": "X", "group": "G", "order": 1, "question": "?", "target": targets, "step": told}
    return Experiment.model_validate(data)


class Told:
    """A lesson, the clock, and what it said."""

    def __init__(self, *steps: dict[str, Any], trace: bool = True, ways: Ways | None = None) -> None:
        self.lesson = Lesson("r1", experiment(*steps), trace, ways or Ways())
        self.number, self.now_s = 0, 100.0
        self.start()

    def start(self) -> None:
        for where in (ONE, TWO):
            self.see(
                e.TargetStarted(
                    **where, pid=1, start=1, command=("true",), equivalent="", tty=False, stdin=False,
                    stop_signal="SIGTERM", stop_timeout_s=10,
                )
            )  # fmt: skip

    def see(self, event: Any, after_s: float = 0.0) -> list[tuple[str, int, int]]:
        self.now_s += after_s
        self.number += 1
        moved = event.model_copy(update={"at": AT + timedelta(seconds=self.now_s)})
        return self.plain(self.lesson.see(self.number, moved, self.now_s))

    def wait(self, seconds: float) -> list[tuple[str, int, int]]:
        self.now_s += seconds
        return self.plain(self.lesson.pass_time(self.now_s))

    @staticmethod
    def plain(told: list[Any]) -> list[tuple[str, int, int]]:
        return [(each.kind, each.step, each.expect) for each in told]


def prints(text: str, **where: str) -> e.Output:
    return e.Output(**(where or ONE), text=text, stream="pty")


def asks(signal: str, **where: str) -> e.SignalRequested:
    return e.SignalRequested(**(where or ONE), signal=signal, pid=None, by="driver")


def process(pid: int, comm: str, ppid: int = 1, **more: Any) -> e.ProcessAppeared:
    facts: dict[str, Any] = {
        "start": pid, "ns_pid": pid, "ppid": ppid, "argv": (comm,), "state": "S", "threads": 1, "dispositions": None,
    }  # fmt: skip
    return e.ProcessAppeared(**ONE, pid=pid, comm=comm, **{**facts, **more})


DONE = ("step_done", 0, 0)
FAILED = ("step_failed", 0, 0)
USR1 = {"signal": {"signal": "USR1"}}


def test_output_that_comes_in_two_pieces_is_seen() -> None:
    told = Told({"do": USR1, "expect": [OUTPUT]})
    told.see(asks("SIGUSR1"))
    assert told.see(prints("hel")) == []
    assert told.see(prints("lo\r\n")) == [DONE]
    assert told.lesson.over


def test_only_the_first_step_that_is_not_done_is_looked_at() -> None:
    told = Told({"do": USR1, "expect": [OUTPUT]}, {"do": USR1, "expect": [OUTPUT]})
    assert told.see(prints("hello")) == [DONE]
    assert told.see(prints(" again")) == [], "what was printed before the step does not count for it"
    assert told.see(prints("hello")) == [("step_done", 1, 0)]


def test_what_is_there_now_may_hold_at_once() -> None:
    here = {"kind": "process", "fields": {"comm": "sleep"}, "say": "it sleeps"}
    told = Told({"do": USR1, "expect": [OUTPUT]}, {"expect": [here]})
    told.see(process(7, "sleep"))
    assert told.see(prints("hello")) == [DONE, ("step_done", 1, 0)]


def test_a_step_that_nobody_has_begun_is_never_late() -> None:
    told = Told({"do": USR1, "within_s": 5, "expect": [OUTPUT]})
    assert told.lesson.due_s is None
    assert told.wait(1000) == []


def test_an_expectation_that_does_not_come_in_time_has_failed_and_may_be_tried_again() -> None:
    told = Told({"do": USR1, "within_s": 5, "expect": [OUTPUT]})
    told.see(asks("SIGUSR1"))
    assert told.lesson.due_s == pytest.approx(told.now_s + 5)
    told.see(prints("good bye"))
    assert told.wait(4.9) == []
    assert told.wait(0.2) == [FAILED]
    assert told.wait(100) == [], "it is said once"
    told.see(asks("SIGUSR1"))
    assert told.see(prints("hello"), after_s=1) == [DONE]


def test_what_comes_late_repairs_what_has_failed() -> None:
    told = Told({"do": USR1, "within_s": 5, "expect": [OUTPUT]})
    told.see(asks("SIGUSR1"))
    assert told.wait(6) == [FAILED]
    assert told.see(prints("hello")) == [DONE]


def test_the_reason_says_what_came_instead() -> None:
    stop = {"kind": "stop_finished", "fields": {"exit_code": 137}, "say": "killed"}
    told = Told({"do": {"stop": {}}, "within_s": 5, "expect": [OUTPUT, stop]})
    told.see(e.StopRequested(**ONE, signal="SIGTERM", timeout_s=3, deadline=None, by="kill"))
    told.see(prints("good\nbye"))
    told.see(e.StopFinished(**ONE, stop=1, took_s=0.1, exit_code=143, killed=False, meaning=""))
    said = told.lesson.pass_time(told.now_s + 9)
    assert [each.why for each in said if isinstance(each, acts.StepFailed)] == [
        "printed: good bye",
        "exit code 143",
    ]


def test_the_reason_is_said_in_words_and_what_nobody_knew_as_that() -> None:
    killed = {"took_s": [0, 3], "killed": False, "exit_code": 0}
    told = Told(
        {"do": {"stop": {}}, "within_s": 5, "expect": [{"kind": "stop_finished", "fields": killed, "say": "so"}]}
    )
    told.see(e.StopRequested(**ONE, signal="SIGTERM", timeout_s=10, deadline=None, by="kill"))
    told.see(e.StopFinished(**ONE, stop=1, took_s=10.081929, exit_code=137, killed=True, meaning=""))
    (failed,) = (each for each in told.lesson.pass_time(told.now_s + 9) if isinstance(each, acts.StepFailed))
    assert failed.why == "it took 10.1 s, SIGKILL ended it, exit code 137"
    assert in_words("killed", None) == "nobody knows whether SIGKILL ended it"
    assert in_words("complete", False) == "not complete"


def test_a_step_is_begun_by_whoever_does_it() -> None:
    """With ``kill`` in a terminal of their own, too: then only the kernel says so."""
    told = Told({"do": USR1, "within_s": 5, "expect": [OUTPUT]})
    told.see(e.KernelSignal(**ONE, signal="SIGUSR1", pid=1, comm="true", generated="queued"))
    assert told.lesson.due_s is not None
    other = Told({"do": USR1, "within_s": 5, "expect": [OUTPUT]})
    other.see(asks("SIGUSR1", **TWO))
    other.see(asks("SIGUSR2"))
    assert other.lesson.due_s is None, "another target, another signal"


def test_a_stop_by_docker_stop_in_somebodys_own_terminal_counts_as_well() -> None:
    ended = {"kind": "stop_finished", "fields": {"killed": True, "exit_code": 137, "took_s": [2.5, 4.0]}, "say": "so"}
    told = Told({"do": {"stop": {"timeout_s": 3}}, "expect": [ended]})
    told.see(e.EngineEvent(**ONE, action="kill", signal="SIGTERM"))
    assert told.lesson.due_s is not None, "that has begun it"
    told.see(e.EngineEvent(**ONE, action="kill", signal="SIGKILL"), after_s=3)
    assert told.see(e.TargetExited(**ONE, exit_code=137, cause="killed", meaning="")) == [DONE]


def test_a_stop_by_the_lab_is_told_by_the_lab_alone() -> None:
    ended = {"kind": "stop_finished", "fields": {}, "say": "it stops"}
    told = Told({"do": {"stop": {}}, "expect": [ended]})
    told.see(e.StopRequested(**ONE, signal="SIGTERM", timeout_s=3, deadline=None, by="driver"))
    told.see(e.KernelSignal(**ONE, signal="SIGTERM", pid=1, comm="true", generated="queued"))
    assert told.see(e.TargetExited(**ONE, exit_code=143, cause="killed", meaning="")) == []
    stopped = e.StopFinished(**ONE, stop=1, took_s=0.1, exit_code=143, killed=False, meaning="")
    assert told.see(stopped) == [DONE]


def test_who_goes_ahead_is_followed() -> None:
    ended = {"kind": "stop_finished", "fields": {}, "say": "it stops"}
    told = Told({"do": {"exec": {"command": ["ps"]}}, "expect": [OUTPUT]}, {"do": {"stop": {}}, "expect": [ended]})
    told.see(e.KernelSignal(**ONE, signal="SIGTERM", pid=1, comm="true", generated="queued"))
    assert told.lesson.step == 0, "a program may send signals by itself"
    told.see(e.StopRequested(**ONE, signal="SIGTERM", timeout_s=3, deadline=None, by="driver"))
    assert told.lesson.step == 1
    stopped = e.StopFinished(**ONE, stop=1, took_s=0.1, exit_code=143, killed=False, meaning="")
    assert told.see(stopped) == [("step_done", 1, 0)]


def test_a_tick_says_how_long_it_took() -> None:
    told = Told({"do": USR1, "expect": [{**OUTPUT, "took_s": [1.0, 3.0]}]})
    told.see(asks("SIGUSR1"))
    event = prints("hello").model_copy(update={"at": AT + timedelta(seconds=told.now_s + 2)})
    (tick,) = told.lesson.see(9, event, told.now_s + 2)
    assert isinstance(tick, acts.StepDone)
    assert (tick.took_s, tick.evidence) == (2.0, 9)


def test_what_comes_too_soon_does_not_count() -> None:
    told = Told({"do": USR1, "within_s": 5, "expect": [{**OUTPUT, "took_s": [1.0, 3.0]}]})
    told.see(asks("SIGUSR1"))
    assert told.see(prints("hello"), after_s=0.1) == []
    (failed,) = told.lesson.pass_time(told.now_s + 9)
    assert isinstance(failed, acts.StepFailed)
    assert failed.why == "it came after 0.100 s"


def test_what_must_not_come_is_ticked_by_its_absence() -> None:
    quiet = {**OUTPUT, "absent_for_s": 3}
    told = Told({"do": USR1, "expect": [quiet]}, {"do": USR1, "expect": [OUTPUT]})
    told.see(asks("SIGUSR1"))
    assert told.wait(2.9) == []
    assert told.wait(0.2) == [DONE]
    assert told.lesson.step == 1


def test_what_must_not_come_and_comes_has_failed() -> None:
    told = Told({"do": USR1, "expect": [{**OUTPUT, "absent_for_s": 3}]})
    told.see(asks("SIGUSR1"))
    assert told.see(prints("hello"), after_s=1) == [FAILED]
    assert told.wait(5) == []


def test_without_the_trace_the_kernels_word_is_said_to_be_unseen_and_blocks_nothing() -> None:
    kernel = {"kind": "kernel_signal", "fields": {"signal": "USR1"}, "say": "queued"}
    told = Told({"do": USR1, "expect": [kernel, OUTPUT]}, {"do": USR1, "expect": [kernel]}, trace=False)
    assert told.lesson.settled == {0}
    assert told.see(prints("hello")) == [("step_done", 0, 1), ("step_unseen", 1, 0)]
    assert told.lesson.over


def test_a_signal_that_the_engine_does_not_tell_is_unseen_there_and_what_it_tells_is_waited_for() -> None:
    kill, oom = ({"kind": "engine_event", "fields": {"action": action}, "say": action} for action in ("kill", "oom"))
    told = Told({"do": USR1, "expect": [kill, oom]}, ways=Ways(engine="Podman", tells_signals=False))
    assert told.lesson.settled == {0}
    assert Told({"do": USR1, "expect": [kill, oom]}).lesson.settled == set()


def test_a_program_that_waits_for_a_signal_does_it_in_one_of_two_ways() -> None:
    term = f"{1 << 14:016x}"
    none = dict.fromkeys(("caught", "ignored", "blocked", "pending", "waited", "signalfd"), "0")
    for way, fits in (("waited", True), ("signalfd", True), ("blocked", False)):
        process = {"comm": "init", "dispositions": none | {way: term}}
        assert processes_fit({"waits_for": ["SIGTERM"]}, {1: process}) is fits


def test_processes_that_cannot_be_seen_are_said_to_be_unseen() -> None:
    told = Told({"within_s": 5, "expect": [{"kind": "process", "fields": {"comm": "sleep"}, "say": "it sleeps"}]})
    assert told.wait(6) == [("step_unseen", 0, 0)]


def test_an_expectation_of_one_target_is_not_met_by_another() -> None:
    told = Told({"do": USR1, "expect": [{**OUTPUT, "target": "two"}]})
    assert told.see(prints("hello", **ONE)) == []
    assert told.see(prints("hello", **TWO)) == [DONE]


def test_processes_are_found_by_parent_words_masks_and_number() -> None:
    masks = Dispositions(blocked="0" * 16, ignored="0" * 15 + "6", caught="0000000000004000", pending="0" * 16)

    def wanted(**fields: Any) -> dict[str, Any]:
        return {"kind": "process", "fields": fields, "say": "so"}

    told = Told(
        {
            "expect": [
                wanted(comm="sleep", parent="bash"),
                wanted(argv="counter.sh"),
                wanted(caught=["TERM"], ignored=["INT", "SIGQUIT"], not_caught=["HUP"]),
                wanted(comm="sleep", count=2),
            ],
            "within_s": 5,
        }
    )
    told.see(process(5, "bash", argv=("bash", "scripts/counter.sh"), dispositions=masks))
    assert told.see(process(6, "sleep", ppid=5)) == [DONE]
    assert told.see(process(7, "sleep", ppid=5)) == [("step_done", 0, 3)]
    assert told.lesson.over


def test_a_process_that_has_gone_is_not_there() -> None:
    gone = {"kind": "no_process", "fields": {"comm": "sleep"}, "say": "none left"}
    told = Told({"do": USR1, "expect": [gone]})
    told.see(process(6, "sleep"))
    assert told.see(asks("SIGUSR1")) == []
    assert told.see(e.ProcessGone(**ONE, pid=6, start=6)) == [DONE]


def test_a_run_that_is_over_fails_what_was_begun() -> None:
    told = Told({"do": USR1, "expect": [OUTPUT]})
    assert told.lesson.give_up("the run is over") == [], "nobody has begun it"
    told.see(asks("SIGUSR1"))
    (failed,) = told.lesson.give_up("the run is over")
    assert isinstance(failed, acts.StepFailed)
    assert failed.why == "the run is over; nothing was printed"


@pytest.mark.parametrize(
    ("wanted", "found", "fits"),
    [
        (137, 137, True),
        (137, None, False),
        ([2.9, 5.0], 3.05, True),
        ([2.9, 5.0], None, False),
        ([2.9, 5.0], float("nan"), False),
        ({"contains": "runc"}, "the engine (runc)", True),
        ({"contains": "runc"}, None, False),
        ({"matches": "^a.c$"}, "x\nabc", True),
        ({"not": "SIGTERM"}, "SIGHUP", True),
        ({"not": {"contains": "x"}}, "axb", False),
        ({"any": ["queued", "already_pending"]}, "already_pending", True),
        (True, True, True),
        (False, None, False),
    ],
)
def test_fields_fit(wanted: Any, found: Any, fits: bool) -> None:
    assert equals(wanted, found) is fits


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner, max_size=3)))
def test_a_field_that_is_anything_never_raises(found: Any) -> None:
    for wanted in (1, "x", [0, 1], {"contains": "x"}, {"not": 1}, {"any": [1, "x"]}):
        assert equals(wanted, found) in (True, False)


def test_an_expectation_of_a_field_that_no_event_has_is_refused() -> None:
    with pytest.raises(ValueError, match="has no field exit"):
        Expect.model_validate({"kind": "stop_finished", "fields": {"exit": 1}, "say": "so"})
