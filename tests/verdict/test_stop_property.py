"""Whatever a tree looks like: a stop forecast that is sure says what the kernel's own rules say, and it never fails."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from app.events.parts import Origin, StopOutcome
from app.signals import SIGNALS
from app.verdict.forecast import forecast
from app.verdict.programs.forwarders import FORWARDERS
from app.verdict.programs.identity import program_of
from app.verdict.signal_state import SignalState, Thread
from app.verdict.stop import ProcessView, StopCase, forecast_stop
from tests.verdict.stop_scenarios import scenario

ASKED = (1, 2, 3, 9, 10, 12, 15, 18, 19, 20, 28, 37)
MASKS = st.sets(st.sampled_from(ASKED)).map(lambda numbers: sum(1 << (number - 1) for number in numbers))
ENDS = {"terminates": "at_once", "core": "at_once"}
STAYS = ("ignored", "ignored_default", "dropped", "queued_dropped", "stops")
LINES = (
    ("tini", "--", "x"),
    ("/sbin/docker-init", "--", "x"),
    ("dumb-init", "-c", "x"),
    ("dumb-init", "--rewrite", "15:2", "x"),
    ("catatonit", "--", "x"),
    ("bash", "-c", "x"),
    ("sh", "x"),
    ("sleep", "3"),
    ("timeout", "9", "x"),
    ("python3", "-m", "http.server"),
    ("python3", "/usr/bin/supervisord"),
    ("nginx: master process",),
    ("busybox", "init"),
    ("npm start",),
    ("make",),
    ("su", "-c", "x"),
    ("systemd",),
    (),
)
# The masks of real forwarders, so that those are met too and not only their names.
MARKED = tuple(
    scenario("forwarders", name).subject.root.subject for name in ("tini", "dumb", "catatonit", "timeout", "su")
)


@st.composite
def subjects(draw: st.DrawFn, *, init: bool) -> SignalState:
    if draw(st.integers(0, 3)) == 0:
        return replace(draw(st.sampled_from(MARKED)), is_init=init)
    threads = draw(st.lists(st.builds(Thread, blocked=MASKS, waited=st.just(0)), min_size=1, max_size=2))
    return SignalState(
        threads=draw(st.sampled_from([tuple(threads), tuple(threads), None])),
        ignored=draw(MASKS),
        caught=draw(MASKS),
        leader_blocked=threads[0].blocked,
        signalfd=draw(st.sampled_from([0, threads[0].blocked])),
        state=draw(st.sampled_from("SSSSRTDZ")),
        is_init=init,
        traced=draw(st.integers(0, 9)) == 0,
        frozen=draw(st.sampled_from(["", "", "", "v1", "v2"])),
        orphaned=draw(st.booleans()),
    )


@st.composite
def targets(draw: st.DrawFn) -> StopCase:
    protected = draw(st.booleans())
    members = []
    for index in range(draw(st.integers(1, 4))):
        argv = draw(st.sampled_from(LINES))
        exe = draw(st.sampled_from([None, f"/usr/bin/{argv[0].split('/')[-1].split(':')[0]}" if argv else None]))
        members.append(
            ProcessView(
                pid=100 + index,
                ppid=draw(st.integers(99, 100 + index)),
                ns_pid=index + 1,
                pgid=draw(st.sampled_from([100, 100 + index])),
                comm=draw(st.sampled_from(["x", "tini", "line\nbreak"])),
                argv=argv,
                exe=exe,
                subject=draw(subjects(init=protected and index == 0)),
                threads=draw(st.integers(1, 4)),
                connections=draw(st.sampled_from([None, 0, 3])),
                wait_call=draw(st.sampled_from([None, True, False])),
                age_s=draw(st.sampled_from([None, 1.0])),
                steady=draw(st.booleans()),
            )
        )
    host = draw(st.sampled_from(["container", "process", "sandbox"]))
    number = draw(st.sampled_from([*ASKED, 15, 15, *(each.number for each in SIGNALS)]))
    return StopCase(tuple(members), number, draw(st.sampled_from([-1, 0, 1, 10])), host)  # type: ignore[arg-type]


def by_the_kernel(target: StopCase) -> str | None:
    """The outcome by the kernel's rules and forwarders alone; None where anybody else has a say."""
    member, number, origin = target.root, target.signal, "outside"
    for _ in target.members:
        asked: Origin = "outside" if origin == "outside" else "inside"
        found = forecast(member.subject, number, asked)
        if target.signal == 9 and found.fate == "terminates":
            return "sigkill" if found.sure else None
        if found.fate in ENDS or found.fate in STAYS:
            return ENDS.get(found.fate, "sigkill") if found.sure else None
        if found.fate not in ("handler", "sigwait", "signalfd") or program_of(member).name not in FORWARDERS:
            return None
        if "15:2" in member.argv and number == 15:
            number = 2
        children = target.children(member)
        if not children:
            return None
        member, origin = children[0], "inside"
    return None


@given(targets())
def test_what_is_sure_is_the_kernels_own(target: StopCase) -> None:
    said = forecast_stop(target)
    if said.sure:
        thawed = target.thawed() if target.host == "container" else target
        assert said.outcome == by_the_kernel(thawed), said


@given(targets())
def test_it_always_has_an_answer_in_one_line(target: StopCase) -> None:
    said = forecast_stop(target)
    assert said.outcome in get_args(StopOutcome)
    assert said.say
    assert said.why.endswith(".")
    assert all(sentence.endswith(".") for sentence in said.because)
    assert "\n" not in said.why + said.say + "".join(said.because) + (said.fix or "")
    assert not said.sure or said.outcome in ("at_once", "sigkill")
    assert said.outcome != "sigkill" or target.timeout_s >= 0 or target.signal == 9


@given(targets())
def test_who_sees_less_is_not_surer(target: StopCase) -> None:
    """Without a look at the calls nothing is sure but SIGKILL and SIGSTOP themselves."""
    blind = replace(target, members=tuple(replace(each, wait_call=None) for each in target.members))
    if target.signal not in (9, 19):
        assert not forecast_stop(blind).sure


@given(targets())
def test_more_time_never_makes_a_sigkill(target: StopCase) -> None:
    short, long = (forecast_stop(replace(target, timeout_s=timeout_s)) for timeout_s in (1, 3600))
    if long.outcome == "sigkill":
        assert short.outcome == "sigkill"
    if short.outcome == "at_once":
        assert long.outcome == "at_once"
