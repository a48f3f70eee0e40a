"""What was tried on a kernel: asked for once per boot, kept in the journal, and in the sentence of a forecast."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from app.errors import LabError, NotPossible
from app.events import BuildProgress, KernelTrial, SourceBack, SourceLost
from app.events.trial import TrialOutcome
from app.hub import Hub, running_hub
from app.journal import Journal
from app.lab.kernels import Kernels, trying_kernels
from app.targets import HostName
from app.verdict.signal_state import Tried
from tests.support import Event, Person, kind, prints, running_lab, until

HOSTS: tuple[HostName, ...] = ("process", "sandbox", "container")
BOOT = ("6.18.44", "this boot")
# Its first thread blocks SIGTERM, the other one does not, and it says so when both are as they should be.
LEADER_BLOCKS = """
import signal, threading
there = threading.Event()
def live():
    there.set()
    threading.Event().wait()
threading.Thread(target=live, daemon=True).start()
there.wait()
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
print("ready", flush=True)
while True:
    signal.pause()
"""


def trial(outcome: TrialOutcome = "ends", boot: tuple[str, str] = BOOT) -> KernelTrial:
    return KernelTrial(outcome=outcome, release=boot[0], boot_id=boot[1], where="sandbox", took_s=0.04)


@dataclass
class Kernel:
    """One that answers what it is told to, and counts how often it was asked."""

    answer: KernelTrial | LabError
    there: bool = True
    is_ours: bool = False
    asked: int = 0
    again: anyio.Event = field(default_factory=anyio.Event)

    async def try_it(self) -> KernelTrial:
        self.asked += 1
        self.again.set()
        if isinstance(self.answer, LabError):
            raise self.answer
        return self.answer


@asynccontextmanager
async def knowing(path: Path, here: Kernel, engine: Kernel) -> AsyncIterator[tuple[Hub, Kernels]]:
    journal = Journal(path / "journal.db")
    async with running_hub(journal) as hub, trying_kernels(hub, BOOT, here.try_it, engine) as kernels:
        await kernels.tried_here.wait()
        yield hub, kernels
    journal.close()


async def told(kernels: Kernels, host: HostName, wanted: Tried) -> None:
    with anyio.fail_after(10):
        while kernels.tried(host) != wanted:
            await anyio.lowlevel.checkpoint()


def forbidden() -> NotPossible:
    return NotPossible("no namespaces here", hint="Allow them.")


@pytest.mark.anyio
async def test_it_is_tried_once_per_boot_and_kept_in_the_journal(tmp_path: Path) -> None:
    nowhere = Kernel(forbidden(), there=False)
    first, second = Kernel(trial()), Kernel(trial("drops"))
    for here in (first, second):
        async with knowing(tmp_path, here, nowhere) as (hub, kernels):
            assert kernels.tried("sandbox") == Tried("ends", "6.18.44")
            kept = [each async for each in hub.read_all(kinds=frozenset({"kernel_trial"}))]
            assert len(kept) == 1
            assert kernels.status()["here"]["outcome"] == "ends"
    assert (first.asked, second.asked, nowhere.asked) == (1, 0, 0)


@pytest.mark.anyio
async def test_another_boot_of_the_same_release_is_tried_anew(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    journal.append([trial("drops", (BOOT[0], "another boot"))])
    journal.close()
    async with knowing(tmp_path, Kernel(trial()), Kernel(forbidden(), there=False)) as (_, kernels):
        assert kernels.tried("process") == Tried("ends", "6.18.44")


@pytest.mark.anyio
async def test_containers_on_the_same_kernel_need_no_trial_of_their_own(tmp_path: Path) -> None:
    engine = Kernel(trial("drops"), is_ours=True)
    async with knowing(tmp_path, Kernel(trial()), engine) as (_, kernels):
        assert kernels.tried("container") == Tried("ends", "6.18.44")
        assert kernels.status()["engine"] is None
    assert engine.asked == 0


@pytest.mark.anyio
async def test_an_engine_elsewhere_does_not_get_the_answer_of_this_machine(tmp_path: Path) -> None:
    engine = Kernel(trial("drops", ("6.1.0", "their boot")))
    async with knowing(tmp_path, Kernel(trial()), engine) as (hub, kernels):
        await told(kernels, "container", Tried("drops", "6.1.0"))
        assert kernels.tried("sandbox") == Tried("ends", "6.18.44")
        assert kernels.status()["engine"]["release"] == "6.1.0"
        engine.answer = trial("ends", ("6.12.0", "its next boot"))
        await hub.record(SourceLost(source="engine", author="engine", reason="it was restarted"))
        await hub.record(SourceBack(source="engine", author="engine"))
        await told(kernels, "container", Tried("ends", "6.12.0"))


@pytest.mark.anyio
async def test_where_no_namespace_may_be_made_a_container_tells_once_its_image_is_there(tmp_path: Path) -> None:
    engine = Kernel(NotPossible("no base image", hint="Build it."), is_ours=True)
    async with knowing(tmp_path, Kernel(forbidden()), engine) as (hub, kernels):
        with anyio.fail_after(10):
            await engine.again.wait()
        for host in HOSTS:
            assert kernels.tried(host).fatal_to_init is None
        assert "`signal-lab doctor`" in kernels.tried("sandbox").else_tells
        assert kernels.status()["here"]["hint"] == "Allow them."
        engine.answer = trial()
        await hub.record(BuildProgress(image="base", state="done", text=""))
        for host in HOSTS:
            await told(kernels, host, Tried("ends", "6.18.44"))


def here(person: Person) -> dict[str, object]:
    said: dict[str, object] = person.get("/health").json()["kernel_trial"]["here"]
    return said


def forecasts(event: Event) -> bool:
    """Surely, of some signal, by the rule that was tried."""
    return event["kind"] == "forecast" and any(
        group["rule"] == "fatal_to_init" and group["sure"] for group in event["outside"]
    )


@pytest.mark.whole
def test_the_forecast_says_what_was_tried_and_it_happens(tmp_path: Path) -> None:
    """On the real kernel, whichever it is; a second start of the lab asks it nothing."""
    for _ in range(2):
        with running_lab(tmp_path / "data") as lab, lab.person() as person:
            with person.events(kinds=("kernel_trial",)) as trials:
                outcome = trials.until(kind("kernel_trial"))["outcome"]
            until(lambda person=person: here(person)["state"] == "tried")  # type: ignore[misc]
            assert here(person)["outcome"] == outcome
            words = {"host": "sandbox", "command": ["python3", "-c", LEADER_BLOCKS]}
            begun = person.post("/runs", words).json()
            target = begun["targets"][0]["id"]
            with person.events(run=begun["run"]) as events:
                events.until(prints("ready"))
                events.until(forecasts)  # by a look that has seen both threads as they are now
                told = person.get(f"/targets/{target}/forecast?signal=TERM").json()["processes"][0]["fate"]["outside"]
                assert (told["rule"], told["sure"]) == ("fatal_to_init", True)
                assert f"tried on this kernel ({os.uname().release})" in told["why"]
                assert told["fate"] == {"ends": "terminates", "drops": "queued_dropped"}[outcome]
                person.post(f"/targets/{target}/signals", {"signal": "TERM"})
                word = events.until(kind("verdict"))
                assert word["outcome"] == {"ends": "default_action", "drops": "queued_then_dropped"}[outcome], word
                assert word["held"] == "held", word
    with running_lab(tmp_path / "data") as lab, lab.person() as person:
        past = person.get("/events/past?kind=kernel_trial").json()
        assert len(past["events"]) == 1
