"""Holds ``app/events/__init__.py`` and the browser's reducer together: a kind or a field on one side only fails here.

Every class of the union is dumped as the stream sends it, twice: with all its fields set, and with the required ones
only.  Real Node folds them with the real reducer, which is handed proxies that note every field it looks at.
"""

from __future__ import annotations

import json
import runpy
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from app import events as e
from app.events import lesson as acts
from app.events import parts
from app.experiments.actions import Do
from app.probe.observations import Ended as ToldByProbe
from app.signals import RESERVED, SIGNALS

ROOT = Path(__file__).parent.parent
CLASSES: tuple[type[e.LabEvent], ...] = get_args(get_args(e.AnyEvent)[0])
KINDS = {cls.model_fields["kind"].default: cls for cls in CLASSES}
AT = datetime(2025, 11, 23, 13, 4, 50, 123456, tzinfo=UTC)
MASKS = parts.Dispositions(
    blocked="0000000000000000",
    ignored="0000000000001000",
    caught="8000000000000002",
    pending="0000000000000000",
    waited="0000000000004000",
    signalfd="0000002000000000",
)
THREADS = (
    parts.ThreadMasks(
        tid=100, ns_tid=1, comm="python3", state="S", blocked="0000000000004000", pending="0" * 16, waited="0" * 16
    ),
)
ALL = "f" * 16
CHANGE = parts.Change(init=True, stop_signal="SIGINT", stop_timeout_s=9, env={"A": "1"}, command=("server", "-v"))
LANE = parts.RehearsalLane(
    target="r1.server", result="not_held", took_s=3.1, exit_code=137, killed=True, text="Killed after 3.1 s."
)
BET = 34  # number of the bet_opened in the story

# What the page has no use for: each is told by a neighbouring field, or matters to exports only.
UNREAD = {
    "target_started": {"start"},
    "output": {"stream"},
    "kernel_signal": {"si_code"},
    "foreign_asked": {"container", "name", "what", "signal", "timeout_s", "by"},
    "foreign_done": {"request", "name", "took_s", "exit_code", "killed", "error"},
    "rehearsed": {"name", "image", "fence", "without", "before", "after", "fix", "change"},
    "kernel_trial": {"boot_id", "where", "took_s"},
}


def group(fate: parts.Fate, signals: str) -> parts.ForecastGroup:
    return parts.ForecastGroup(fate=fate, rule="a_rule", why="Because.", sure=True, signals=signals)


def story() -> list[e.AnyEvent]:
    """At least one event of each class with every field set, in an order that could have happened."""
    here: dict[str, Any] = {"at": AT, "seen_at": AT, "run": "r1", "target": "r1.server"}
    kernel = here | {"author": "kernel", "clock": "kernel"}
    return [
        e.LabStarted(**here, version="0.1"),
        e.RunCreated(
            **here, author="person", number=1, experiment="pid-1", title="PID 1", question="Why?",
            targets=(parts.TargetInfo(id="r1.server", name="server", host="container", tty=True, later=True),),
            files=(parts.ScratchFile(name="watch.conf", text="echo A"),),
        ),
        e.BuildProgress(
            **here, image="base", what="build", state="running", text="Step 1/3 : FROM x\n", step=1, steps=3,
            package="apt",
        ),
        e.TargetStarting(**here, equivalent="docker run lab/base"),
        e.TargetStarted(
            **here, author="engine", pid=100, start=7, container_id="c0ffee", command=("python3", "-m", "http.server"),
            equivalent="docker run lab/base", tty=True, stdin=True, stop_signal="SIGINT", stop_timeout_s=7,
            ports={"80/tcp": 1080}, fence="docker", without=("memory",),
        ),
        e.ProcessAppeared(
            **here, author="kernel", pid=100, start=7, ns_pid=1, ppid=1, comm="python3", argv=("python3",), state="S",
            threads=2, dispositions=MASKS, is_init=True, traced=True, frozen=True, thread_masks=THREADS,
        ),
        e.Forecast(**here, pid=100, start=7, outside=(group("dropped", ALL),), inside=(group("unknown", ALL),)),
        e.ProcessChanged(
            **here, author="kernel", pid=200, start=8, was=100, respawns=1, ns_pid=9, ppid=2, comm="python3.11",
            argv=("python3.11",), state="Z", threads=1, dispositions=MASKS, is_init=False, traced=False, frozen=False,
            thread_masks=(),
        ),
        e.StopForecast(
            **here, signal="SIGTERM", timeout_s=3, outcome="sigkill", sure=True, say="SIGKILL after 3 s", why="PID 1.",
            because=("It has no handler.",), fix="Run it with --init.",
        ),
        e.Output(**here, author="program", text="ready\r\n", stream="stdout", left_out=9),
        e.Truncated(**here, what="output", limit="8 MiB of output"),
        e.SignalRequested(**here, author="person", signal="SIGUSR1", pid=9, group=True, from_="inside", by="driver"),
        e.SignalFailed(**here, request=12, signal="SIGUSR1", code="already_gone", error="it has ended"),
        e.StopRequested(**here, author="person", signal="SIGTERM", timeout_s=3, deadline=AT, by="driver"),
        e.KernelSignal(
            **kernel, signal="SIGTERM", pid=200, ns_pid=9, comm="python3", thread=200, sender_kind="engine",
            sender="the engine (runc)", sender_pid=77, si_code=0, generated="queued", teardown=True,
        ),
        e.KernelSignal(**kernel, signal="SIGTERM", pid=200, ns_pid=9, comm="python3", thread=200, delivered="handler"),
        e.EngineEvent(**here, author="engine", clock="engine", action="die", signal="SIGKILL", exit_code=137),
        e.EngineEvent(**here, author="engine", clock="engine", action="kill", signal="SIGKILL", exit_code=0),
        e.StopEscalated(**here, author="person", stop=14, reason="person", by="driver"),
        e.ProcessGone(**here, author="kernel", pid=200, start=8, ended="killed"),
        e.TargetExited(
            **here, author="program", exit_code=137, signal="SIGKILL", cause="killed", meaning="by SIGKILL", oom=1
        ),
        e.StopFinished(**here, stop=14, took_s=3.1, exit_code=137, killed=True, meaning="by SIGKILL", error="none"),
        e.Verdict(
            **here, request=14, signal="SIGTERM", outcome="sigkill_at_timeout", held="held", text="Killed after 3.1 s.",
            said=(parts.Sentence(text="The kernel dropped it.", evidence=(15, 17)),), evidence=(15, 17),
            advice=parts.Advice(
                kind="init", text="An init.", note="Re-create it.",
                at=(parts.AdviceLines(place="docker run", lines=("docker run --init app",)),),
            ),
        ),
        acts.StepFailed(**here, step=0, expect=1, why="no output came"),
        acts.StepDone(**here, step=0, expect=1, evidence=8, took_s=1.5),
        acts.StepUnseen(**here, step=1, expect=0, why="no trace"),
        acts.FileWritten(**here, name="watch.conf", text="echo B", by="driver"),
        acts.PauseRequested(**here, paused=True, by="driver"),
        acts.ExecRequested(**here, command=("ps",), by="driver"),
        acts.ExecFinished(**here, request=30, exit_code=0, output="PID 1"),
        acts.HttpRequested(**here, url="http://127.0.0.1:1080/", by="driver"),
        acts.HttpProgress(**here, request=32, received=5, expected=9),
        acts.HttpFinished(
            **here, request=32, status=200, received=9, expected=9, complete=True, took_s=1.0, error="none", text="It"
        ),
        e.BetOpened(**here, author="person", by="driver", timeout_s=10, bounds_s=(1, 3)),
        e.BetPlaced(**here, author="person", bet=BET, who="a1b2", ends="left", before_s=1, people=1),
        e.BetClosed(
            **here, bet=BET, reason="person",
            guesses=(parts.PlacedGuess(target="r1.server", who="a1b2", ends="left", before_s=1),),
        ),
        e.StopOverdue(**here, stop=14, late_s=2.0),
        e.ForeignAsked(
            **here, author="person", container="c0ffee", name="db", what="stop", signal="SIGTERM", timeout_s=3, by="me",
            text="me asks.",
        ),
        e.ForeignDone(
            **here, request=9, name="db", took_s=0.2, exit_code=0, killed=False, error="none", text="It left."
        ),
        e.Rehearsed(
            **here, name="web", image="sha256:00", fence="docker", without=("its mounts (/data)",), fix="Use --init.",
            before=LANE, after=LANE, change=CHANGE, text="As it is: SIGKILL.",
        ),
        e.SourceLost(**here, source="output", reason="cut"),
        e.SourceBack(**here, source="output", missing=2),
        e.KernelTrial(
            **here, rule="fatal_to_init", outcome="ends", release="6.18.44", boot_id="b", where="sandbox", took_s=0.04
        ),
        e.OomVictim(**kernel, pid=200, ns_pid=9, comm="python3"),
        e.RunFinished(**here, reason="failed", error="no image"),
    ]  # fmt: skip


def minimal(event: e.AnyEvent) -> e.AnyEvent:
    """The same event with nothing but what it must have, and where it belongs."""
    keep = {"run", "target"} | {name for name, field in type(event).model_fields.items() if field.is_required()}
    data = {name: value for name, value in event.model_dump(by_alias=False).items() if name in keep | {"at"}}
    return type(event).model_validate(data)


def fold(told: list[e.AnyEvent]) -> dict[str, Any]:
    """What the browser makes of it: kinds, reads by kind, state."""
    lines = [json.dumps({**json.loads(e.to_json(event)), "id": n}) for n, event in enumerate(told, start=1)]
    names = [each.name for each in (*SIGNALS, *RESERVED)]
    node = ["node", "tests/js/contract.js", *names]
    done = subprocess.run(node, input="\n".join(lines), cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    folded: dict[str, Any] = json.loads(done.stdout)
    return folded


@pytest.fixture(scope="module")
def full() -> dict[str, Any]:
    return fold(story())


@pytest.fixture(scope="module")
def least() -> dict[str, Any]:
    return fold([minimal(event) for event in story()])


def paths(model: type[BaseModel], prefix: str = "") -> set[str]:
    """Names on the wire, with those of nested models as "targets.id"."""
    found: set[str] = set()
    for name, field in model.model_fields.items():
        wire = prefix + (field.alias or name)
        found.add(wire)
        for inner in (field.annotation, *get_args(field.annotation)):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                found |= paths(inner, f"{wire}.")
    return found


def test_the_story_has_every_class_with_every_field() -> None:
    told = story()
    assert {type(event) for event in told} == set(CLASSES)
    unset = {
        (cls.model_fields["kind"].default, name)
        for cls in CLASSES
        for name in cls.model_fields
        if not any(type(event) is cls and getattr(event, name) is not None for event in told)
    }
    assert unset == set()


def test_the_pages_types_of_events_are_current() -> None:
    """They are generated from the union, and checked in so that the page needs nothing of Python to be read."""
    made = runpy.run_path(str(ROOT / "scripts" / "event_types.py"))
    assert (ROOT / "static/js/wire/types_events.js").read_text() == made["text"](), "run: make fmt"


def test_both_sides_know_the_same_kinds(full: dict[str, Any]) -> None:
    assert set(full["kinds"]) == set(KINDS)


@pytest.mark.parametrize("told", ["full", "least"])
def test_every_event_is_understood(told: str, request: pytest.FixtureRequest) -> None:
    folded = request.getfixturevalue(told)
    assert folded["state"]["notices"] == []
    assert folded["state"]["lastId"] == len(story())


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_reducer_reads_no_field_that_is_not_there(kind: str, full: dict[str, Any], least: dict[str, Any]) -> None:
    read = set(full["reads"][kind]) | set(least["reads"][kind])
    assert read - paths(KINDS[kind]) - {"id"} == set()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_own_field_is_read_or_named_as_unread(kind: str, full: dict[str, Any], least: dict[str, Any]) -> None:
    read = set(full["reads"][kind]) | set(least["reads"][kind])
    own = {path for path in paths(KINDS[kind]) - paths(e.LabEvent) if "." not in path}
    assert own - read == UNREAD.get(kind, set()), f"{kind}: fields that the reducer never looks at"


def test_what_was_told_is_what_the_state_says(full: dict[str, Any]) -> None:
    state = full["state"]
    target = state["targets"]["r1.server"]
    at_ms = AT.timestamp() * 1000
    assert state["runs"]["r1"]["status"] == "finished"
    assert state["runs"]["r1"]["seen"] == {"0.1": 8}
    assert (target["pid"], target["stopSignal"], target["stopTimeoutS"]) == (100, "SIGINT", 7)
    assert target["startedMs"] == pytest.approx(at_ms, abs=0.001)
    row = target["processes"]["100:7"]
    assert (row["pid"], row["nsPid"], row["state"], row["dispositions"]["caught"]) == (200, 9, "Z", MASKS.caught)
    assert target["stop"]["finished"]["tookS"] == 3.1
    assert target["exit"]["signal"] == "SIGKILL"
    (verdict,) = target["verdicts"]
    assert (verdict["request"], verdict["outcome"], verdict["evidence"]) == (14, "sigkill_at_timeout", [15, 17])
    assert verdict["advice"]["at"][0]["lines"] == ["docker run --init app"]
    assert target["lastSent"]["failed"]["code"] == "already_gone"
    assert state["lost"] == {}
    assert state["builds"]["base"]["lines"] == ["Step 1/3 : FROM x"]


def test_the_kernels_word_and_what_was_foretold_are_in_the_state(full: dict[str, Any]) -> None:
    target = full["state"]["targets"]["r1.server"]
    (word,) = target["kernel"]
    assert (word["generated"], word["delivered"], word["sender"]) == ("queued", "handler", "the engine (runc)")
    row = target["processes"]["100:7"]
    assert row["forecast"]["outside"][0]["fate"] == "dropped", "a newcomer in the row keeps it"
    assert row["forecast"]["inside"][0]["fate"] == "unknown"
    assert (row["isInit"], row["traced"], row["frozen"], row["threadMasks"], row["ended"]) == (
        *(False, False, False, [], "killed"),
    )
    assert row["dispositions"]["waited"] == MASKS.waited
    assert target["stopForecast"]["fix"] == "Run it with --init."
    assert target["stop"]["forecast"]["outcome"] == "sigkill"


def test_both_sides_have_the_same_closed_lists(full: dict[str, Any]) -> None:
    lists = full["lists"]
    assert set(lists["fates"]) == set(get_args(parts.Fate))
    assert set(lists["outcomes"]) == set(get_args(parts.StopOutcome))
    assert set(lists["generated"]) == set(get_args(parts.Generated))
    assert set(lists["actions"]) == set(Do.model_fields), "each action has its words on a step's button"


def test_the_probe_has_the_same_words_for_an_end() -> None:
    """It runs where nothing of the app is, so it spells them itself."""
    assert get_args(ToldByProbe) == get_args(parts.Ended)


def test_both_sides_know_the_same_default_actions(full: dict[str, Any]) -> None:
    assert full["defaults"] == {each.name: each.default for each in (*SIGNALS, *RESERVED)}


def test_a_kind_that_only_one_side_knows_is_noticed() -> None:
    line = json.dumps({"id": 1, "kind": "brand_new", "at": "2025-11-23T13:04:50Z"})
    done = subprocess.run(
        ["node", "tests/js/contract.js"], input=line, cwd=ROOT, capture_output=True, text=True, timeout=30, check=True
    )
    assert json.loads(done.stdout)["state"]["notices"] == ["event 1: unknown kind brand_new"]
