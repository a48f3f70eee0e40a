"""Verdicts from events alone: what real targets cannot easily be made to do, and that no sentence lacks its proof."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import events as e
from app.events import parts
from app.verdict.diagnose_end import diagnose_end, diagnose_removal
from app.verdict.diagnose_signal import diagnose_signal
from app.verdict.diagnose_stop import diagnose_stop
from app.verdict.diagnosis import Diagnosis
from app.verdict.scene import Numbered, Scene, scene_of

AT = datetime(2026, 11, 27, 12, tzinfo=UTC)
HERE: dict[str, Any] = {"run": "r1", "target": "r1.main"}
NOTHING = "0" * 16
ROOT, CHILD = 100, 101


def masks(**named: int) -> parts.Dispositions:
    return parts.Dispositions(
        **{name: f"{named.get(name, 0):016x}" for name in ("blocked", "ignored", "caught", "pending")}
    )


def bit(number: int) -> int:
    return 1 << (number - 1)


def appeared(pid: int = ROOT, comm: str = "app", *, init: bool = True, **named: int) -> e.ProcessAppeared:
    return e.ProcessAppeared(
        **HERE, pid=pid, start=7, ns_pid=1 if pid == ROOT else pid, ppid=ROOT, comm=comm, argv=(comm,), state="S",
        threads=1, dispositions=masks(**named), is_init=init and pid == ROOT,
    )  # fmt: skip


def started(container: str | None = "c0ffee") -> e.TargetStarted:
    return e.TargetStarted(
        **HERE, pid=ROOT, start=7, container_id=container, command=("app",), equivalent="docker run app", tty=False,
        stdin=False, stop_signal="SIGTERM", stop_timeout_s=10,
    )  # fmt: skip


def word(signal: str, pid: int = ROOT, **fields: Any) -> e.KernelSignal:
    sent = {"sender_kind": "lab", "sender": "the lab", "sender_pid": 5} if fields.get("generated") else {}
    return e.KernelSignal(**{**HERE, "signal": signal, "pid": pid, "comm": "app", "author": "kernel"} | sent | fields)


def asked(signal: str = "SIGTERM") -> e.SignalRequested:
    return e.SignalRequested(**HERE, signal=signal, pid=None, by="driver")


def stop(timeout_s: int = 3) -> e.StopRequested:
    return e.StopRequested(**HERE, signal="SIGTERM", timeout_s=timeout_s, deadline=None, by="driver")


def exited(code: int | None, **fields: Any) -> e.TargetExited:
    return e.TargetExited(**{**HERE, "exit_code": code, "cause": "unknown", "meaning": ""} | fields)


def engine(action: str, **fields: Any) -> e.EngineEvent:
    return e.EngineEvent(**{**HERE, "author": "engine", "action": action} | fields)


def chosen(pid: int) -> e.OomVictim:
    return e.OomVictim(**HERE, author="kernel", pid=pid, ns_pid=1 if pid == ROOT else pid, comm="app")


def scene(*told: e.LabEvent) -> Scene:
    numbered: list[Numbered] = []
    for number, event in enumerate(told, 1):
        numbered.append((number, event.model_copy(update={"at": AT + timedelta(milliseconds=number)})))  # type: ignore[arg-type]
    return scene_of("r1.main", numbered)


def says(found: Diagnosis) -> str:
    return " ".join(each.text for each in found.said)


def test_a_queue_that_is_full_loses_the_signal() -> None:
    found = diagnose_signal(
        scene(started(), appeared(), asked("SIGRTMIN"), word("SIGRTMIN", generated="overflow_fail")), 3, over=True
    )
    assert found.outcome == "ignored"
    assert "had no room left to queue SIGRTMIN" in found.text


def test_a_trace_that_was_lost_meanwhile_is_named() -> None:
    lost = e.SourceLost(run=None, target=None, source="kernel", reason="its buffer was full")
    found = diagnose_signal(scene(started(), appeared(), lost, asked()), 4, over=True)
    assert found.outcome == "unknown"
    assert "What the kernel did with SIGTERM is not known: its buffer was full." in found.text
    assert 3 in found.evidence


def test_a_signal_that_was_not_sent() -> None:
    failed = e.SignalFailed(**HERE, request=3, signal="SIGTERM", code="gone", error="it has ended")
    found = diagnose_signal(scene(started(), appeared(), asked(), failed), 3, over=False)
    assert (found.outcome, found.text) == ("not_done", "SIGTERM was not sent: it has ended.")


def test_a_stop_that_could_not_be_carried_out() -> None:
    over = e.StopFinished(
        **HERE, stop=3, took_s=None, exit_code=None, killed=None, meaning="", error="the engine does not answer"
    )
    found = diagnose_stop(scene(started(), appeared(), stop(), over), 3)
    assert (found.outcome, found.text) == ("not_done", "Not stopped: the engine does not answer.")


def test_137_without_the_engines_word_is_not_said_to_be_memory() -> None:
    over = e.StopFinished(**HERE, stop=3, took_s=3.0, exit_code=137, killed=True, meaning="")
    told = (
        *(started(), appeared(), stop(), word("SIGTERM", generated="ignored"), engine("kill", signal="SIGKILL")),
        *(word("SIGKILL", generated="queued", sender_kind="engine", sender="the engine (runc)"), exited(137), over),
    )
    found = diagnose_stop(scene(*told), 3)
    assert found.outcome == "sigkill_at_timeout"
    assert "memory ran out" not in found.text + says(found)
    assert "the engine said nothing of memory" in says(found)


def test_memory_that_ran_out_during_a_stop_is_not_the_stops_doing() -> None:
    over = e.StopFinished(**HERE, stop=3, took_s=0.2, exit_code=137, killed=False, meaning="")
    told = (started(), appeared(caught=bit(15)), stop(), word("SIGTERM", generated="queued"), engine("oom"))
    found = diagnose_stop(scene(*told, engine("die", exit_code=137), exited(137), over), 3)
    assert found.outcome == "out_of_memory"
    assert "not because of the stop" in found.text


def test_oom_with_another_exit_code_is_not_said_to_have_ended_it() -> None:
    """A child ran out of memory, and the root noticed and left."""
    found = diagnose_end(scene(started(), appeared(), engine("oom"), exited(3, cause="exited")), 0)
    assert found is not None
    assert found.outcome == "by_itself"


def test_memory_ran_out_for_whom_the_kernel_chose() -> None:
    told = (started(), appeared(), word("SIGKILL", generated="queued", sender_kind="kernel"), chosen(ROOT))
    found = diagnose_end(scene(*told, engine("oom"), exited(137)), 0)
    assert found is not None
    assert (found.outcome, found.signal) == ("out_of_memory", "SIGKILL")
    assert "the kernel chose it, and the engine said so" in says(found)
    assert {4, 5} <= {number for each in found.said for number in each.evidence}


def test_an_init_that_passes_on_its_childs_end_was_not_chosen_itself() -> None:
    told = (started(), appeared(comm="docker-init"), appeared(CHILD, "eater"), engine("oom"), chosen(CHILD))
    gone = (
        e.ProcessGone(**HERE, pid=CHILD, start=7, ended="killed"),
        e.ProcessGone(**HERE, pid=ROOT, start=7, ended="exited"),
    )
    found = diagnose_end(scene(*told, *gone, exited(137)), 0)
    assert found is not None
    assert (found.outcome, found.signal) == ("out_of_memory", None)
    assert "the kernel chose eater (pid 101), and PID 1 (docker-init) exited with 137" in found.text
    assert "137 is 128 + 9, SIGKILL" not in says(found)


def test_a_child_that_was_chosen_is_named_where_its_root_goes_on_to_be_stopped() -> None:
    over = e.StopFinished(**HERE, stop=3, took_s=0.2, exit_code=0, killed=False, meaning="")
    told = (started(), appeared(caught=bit(15)), stop(), word("SIGTERM", generated="queued"), chosen(CHILD))
    found = diagnose_stop(scene(*told, exited(0, cause="exited"), over), 3)
    assert found.outcome != "out_of_memory"
    assert "had no memory left and chose app (pid 101): SIGKILL" in says(found)


def test_with_no_time_at_all_it_is_the_timeout_though_nobody_saw_the_signal_taken() -> None:
    """On a busy machine SIGKILL may come before the first signal is taken."""
    over = e.StopFinished(**HERE, stop=3, took_s=0.02, exit_code=137, killed=True, meaning="")
    gone = e.ProcessGone(**HERE, pid=ROOT, start=7)
    told = (word("SIGTERM", generated="queued"), word("SIGKILL", generated="queued"), gone, exited(137), over)
    for timeout_s, reason in ((0, "with a timeout of 0, SIGKILL follows"), (3, "ended before anybody saw it taken")):
        found = diagnose_stop(scene(started(None), appeared(init=False, caught=bit(15)), stop(timeout_s), *told), 3)
        assert found.outcome == "sigkill_at_timeout"
        assert reason in found.text


def test_nobody_saw_how_it_ended() -> None:
    over = e.StopFinished(**HERE, stop=3, took_s=None, exit_code=None, killed=None, meaning="")
    found = diagnose_stop(scene(started(), appeared(), stop(), exited(None), over), 3)
    assert found.outcome == "unknown"
    assert found.text == "Ended after a time that nobody measured: nobody saw how it ended."
    assert "nobody could read its exit code" in says(found)


def test_a_name_cannot_forge_a_sentence() -> None:
    hostile = "x\n\x1b[2J137 is"
    found = diagnose_signal(
        scene(started(), appeared(comm=hostile), asked(), word("SIGTERM", comm=hostile, generated="ignored")),
        3,
        over=True,
    )
    assert "\n" not in found.text
    assert "\x1b" not in found.text + says(found)


def test_a_forecast_that_did_not_come_true_is_said_to_have_failed() -> None:
    group = parts.ForecastGroup(fate="dropped", rule="protected", why="PID 1.", sure=True, signals="f" * 16)
    told = e.Forecast(**HERE, pid=ROOT, start=7, outside=(group,))
    handled = (word("SIGTERM", generated="queued"), word("SIGTERM", delivered="handler"))
    found = diagnose_signal(scene(started(), appeared(), told, asked(), *handled), 4, over=True)
    assert (found.outcome, found.held) == ("handled_and_went_on", "not_held")
    assert "It was foretold otherwise" in says(found)


def test_a_kill_from_a_process_inside_is_not_taken_for_the_stops() -> None:
    """It handled the stop signal, and then a child of its own killed it."""
    over = e.StopFinished(**HERE, stop=4, took_s=0.5, exit_code=137, killed=False, meaning="")
    inside = word("SIGKILL", generated="queued", sender_kind="process", sender="child", sender_pid=CHILD)
    told = (
        *(started(None), appeared(caught=bit(15), init=False), appeared(CHILD, "child"), stop()),
        *(word("SIGTERM", generated="queued"), word("SIGTERM", delivered="handler"), inside),
        *(word("SIGKILL", delivered="default"), exited(137, signal="SIGKILL", cause="killed"), over),
    )
    found = diagnose_stop(scene(*told), 4)
    assert found.outcome == "something_else"
    assert "child sent it SIGKILL meanwhile" in found.text


def test_an_init_that_passed_it_on_has_taken_it_though_nobody_saw_how() -> None:
    """A look that came before its sigwait shows neither that it waits nor that it blocks."""
    over = e.StopFinished(**HERE, stop=4, took_s=0.1, exit_code=143, killed=False, meaning="")
    on = word("SIGTERM", CHILD, generated="queued", sender_kind="process", sender="tini", sender_pid=ROOT)
    told = (
        *(started(), appeared(comm="tini"), appeared(CHILD, "python3"), stop(9)),
        *(word("SIGTERM", comm="tini", generated="queued"), on, word("SIGTERM", CHILD, delivered="default")),
        *(e.ProcessGone(**HERE, pid=CHILD, start=7, ended="killed"), e.ProcessGone(**HERE, pid=ROOT, start=7)),
        *(exited(143, cause="exited"), over),
    )
    found = diagnose_stop(scene(*told), 4)
    assert found.outcome == "handled_and_exited"
    assert "PID 1 (tini) took SIGTERM, told app and exited with 143" in found.text
    assert "took SIGTERM, for it passed it on" in says(found)


def test_everybody_has_the_name_of_that_moment() -> None:
    """A look comes a moment after an exec, on a busy machine after the signal, too."""
    on = word("SIGTERM", CHILD, comm="httpd", generated="queued", sender_kind="process", sender="systemd",
              sender_pid=ROOT)  # fmt: skip
    later = e.ProcessChanged(**HERE, pid=ROOT, start=7, comm="systemd-shutdow")
    told = (
        *(started(), appeared(comm="bash"), appeared(CHILD, "sh"), asked("SIGRTMIN+4")),
        word("SIGRTMIN+4", comm="systemd", generated="queued"),
        *(word("SIGRTMIN+4", comm="systemd", delivered="handler"), on, later),
    )
    found = diagnose_signal(scene(*told), 4, over=True)
    assert "PID 1 (systemd) ran its handler for SIGRTMIN+4" in says(found)
    assert "PID 1 (systemd) sent SIGTERM to httpd" in says(found)
    one = word("SIGQUIT", comm="worker", thread=103, generated="queued")
    dropped = word("SIGQUIT", comm="app", delivered="dropped")
    found = diagnose_signal(scene(started(), appeared(), asked("SIGQUIT"), one, dropped), 3, over=True)
    assert "for PID 1 (app)" in found.text, "the name of one of its threads is not its own"


EVENTS = st.one_of(
    st.builds(appeared, st.sampled_from((ROOT, CHILD)), st.sampled_from(("app", "tini", "sleep", "a\nb"))),
    st.builds(lambda pid: e.ProcessGone(**HERE, pid=pid, start=7, ended="killed"), st.sampled_from((ROOT, CHILD))),
    st.builds(
        word,
        st.sampled_from(("SIGTERM", "SIGKILL", "SIGUSR1", "SIGSTOP", "SIGCONT", "SIGCHLD", "SIG32", "SIGRTMIN+3")),
        st.sampled_from((ROOT, CHILD)),
        generated=st.sampled_from(("queued", "ignored", "already_pending", "overflow_fail", "lose_info")),
        sender_kind=st.sampled_from(("lab", "engine", "terminal", "kernel", "itself", "process", None)),
        sender_pid=st.sampled_from((ROOT, CHILD, 5, None)),
        teardown=st.booleans(),
    ),
    st.builds(
        lambda signal, pid, taken: word(signal, pid, delivered=taken),
        st.sampled_from(("SIGTERM", "SIGKILL", "SIGUSR1", "SIGSTOP", "SIG33")),
        st.sampled_from((ROOT, CHILD)),
        st.sampled_from(("handler", "default", "dropped")),
    ),
    st.builds(asked, st.sampled_from(("SIGTERM", "SIGKILL", "SIGUSR1"))),
    st.builds(chosen, st.sampled_from((ROOT, CHILD))),
    st.builds(engine, st.sampled_from(("kill", "die", "oom", "stop")), signal=st.sampled_from(("SIGTERM", "SIGKILL"))),
    st.builds(
        exited, st.sampled_from((None, 0, 1, 137, 143, 200)), cause=st.sampled_from(("exited", "killed", "unknown"))
    ),
    st.just(e.SourceLost(run=None, target=None, source="kernel", reason="gone")),
)


@settings(max_examples=400, deadline=None)
@given(
    st.lists(EVENTS, max_size=25),
    st.sampled_from((None, 0, 137, 143)),
    st.sampled_from((None, True, False)),
    st.booleans(),
)
def test_whatever_was_told_each_sentence_has_its_proof(
    told: list[e.LabEvent], code: int | None, killed: bool | None, over: bool
) -> None:
    finished = e.StopFinished(**HERE, stop=3, took_s=1.0, exit_code=code, killed=killed, meaning="")
    one = scene(started(), appeared(), stop(), asked(), *told, exited(code), finished)
    signals = [number for number, event in one.events if event.kind == "signal_requested"]
    found = [diagnose_stop(one, 3), diagnose_end(one, max(signals)), diagnose_removal(one, len(one.events))]
    found += [diagnose_signal(one, number, over=over) for number in signals]
    numbers = {number for number, _ in one.events}
    for each in found:
        assert each is not None
        assert each.text.endswith(".")
        assert "\n" not in each.text
        for sentence in each.said:
            assert sentence.evidence, sentence
            assert {*sentence.evidence} <= numbers, sentence


def test_what_a_later_look_finds_waiting_in_sigwait_has_been_taken() -> None:
    """The look before was made when it neither blocked the signal nor waited for it yet."""
    later = e.ProcessChanged(
        **HERE, pid=ROOT, start=7, dispositions=masks().model_copy(update={"waited": f"{bit(10):016x}"})
    )
    told = (started(), appeared(), asked("SIGUSR1"), word("SIGUSR1", generated="queued"))
    assert diagnose_signal(scene(*told), 3, over=True).outcome == "unknown"
    found = diagnose_signal(scene(*told, later), 3, over=True)
    assert found.outcome == "taken"
    assert 5 in found.evidence, "the look is its proof"


def test_a_signal_that_is_the_c_librarys_own_ends_a_process_as_any_other() -> None:
    told = (started(None), appeared(init=False), word("SIG32", generated="queued"), word("SIG32", delivered="default"))
    found = diagnose_end(scene(*told, exited(160, cause="killed", signal="SIG32")), 0)
    assert found is not None
    assert "SIG32" in found.text


@pytest.mark.parametrize("code", [143, 200])
def test_128_and_more_by_itself_is_a_convention(code: int) -> None:
    status = exited(code, cause="exited", author="kernel")
    for seen in ((appeared(),), ()):  # one that is over at once may never have been seen
        found = diagnose_end(scene(started(None), *seen, status), 0)
        assert found is not None
        assert "no signal ended it" in says(found) or "its own doing" in says(found)


def test_of_a_container_the_code_alone_does_not_say_that_no_signal_was_there() -> None:
    found = diagnose_end(scene(started(), appeared(), exited(143, cause="exited", author="engine")), 0)
    assert found is not None
    assert (found.outcome, found.text) == (
        "unknown",
        "PID 1 (app) ended with 143; nobody saw whether a signal ended it.",
    )
    assert "by convention" in says(found)
    assert "no signal" not in says(found)
    assert "its own doing" not in says(found)
    found = diagnose_end(scene(started(), appeared(), exited(7, cause="exited", author="engine")), 0)
    assert found is not None
    assert "its own doing, not a signal's" in says(found)
