"""The examination: read, look, forecast, check, look again, tell.

Nothing is told of a check that a second look does not confirm.  A container that goes away meanwhile is left out.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import anyio
from anyio import to_thread

from app.doctor.checks import CHECKS, Finding
from app.doctor.looking import Call, Probe, look
from app.doctor.patient import Patient
from app.doctor.reading import Engine, longest_s
from app.doctor.report import shape
from app.doctor.setup import POD as POD_LABEL
from app.doctor.setup import SWARM, Setup
from app.errors import AlreadyGone, EngineUnavailable, LabError
from app.hosts.engine.daemon import shutdown_timeout
from app.hosts.engine.finding import describe
from app.hosts.engine.ways import ways_of
from app.verdict.setup.grace import Grace, Timing, graces
from app.verdict.setup.settings import DEFAULT_S

A = TypeVar("A")
B = TypeVar("B")
BETWEEN_LOOKS_S = 0.25  # between the two looks: longer than a parent that waits takes to collect a child


@dataclass(frozen=True, slots=True)
class Report:
    """``containers``: as ``app/doctor/report.py`` shapes them.  ``unknown``: what was asked for by name and is not
    there, and what the engine would not tell of."""

    containers: tuple[dict[str, Any], ...]
    unknown: tuple[str, ...] = ()

    @property
    def holds(self) -> bool | None:
        """False: some would be killed; None: of some nobody can tell, or one that was asked for is not there."""
        told = [each["holds"] for each in self.containers]
        if False in told:
            return False
        return None if None in told or self.unknown else True


@dataclass
class Doctor:
    """Use one for one engine.  ``url``: where it is.  ``probe``: who else may look at its processes."""

    call: Call[Any]
    url: str
    probe: Probe | None = None
    _engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        self._engine = Engine(self.call)

    async def examine(self, wanted: Sequence[str] = ()) -> Report:
        """All that run, or those that are named.  Raises EngineUnavailable, HostFailed."""
        info: dict[str, Any] = await self.call(lambda client: client.info())
        version: dict[str, Any] = await self.call(lambda client: client.version())
        engine = ways_of(describe(version, info))
        ways = engine.stops_paused, engine.signal_at_zero
        setups, unread = await _each(await self._engine.running(), self._engine.setup)
        chosen, unknown = setups, []
        if wanted:
            named = {name: await self._engine.setup(name) for name in dict.fromkeys(wanted)}
            chosen = list({each.id: each for each in named.values() if each}.values())
            unknown, unread = [name for name, each in named.items() if each is None], []
        shutdown = await to_thread.run_sync(shutdown_timeout, self.url)
        kills = await self._engine.kills(chosen, str(info.get("SystemTime") or ""))
        longest = longest_s(setups, DEFAULT_S)

        async def one(setup: Setup) -> dict[str, Any] | None:
            patient = Patient(setup, await look(setup, self.call, self.probe), kills.get(setup.id, ()), *ways)
            confirmed = await self._confirmed(patient)
            if confirmed is None or not (wanted or confirmed[0].setup.runs):
                return None
            patient, findings = confirmed
            timing = await self._timing(patient.setup, info, shutdown, longest)
            return await to_thread.run_sync(shape, patient, findings, timing)

        told, failed = await _each(chosen, one)
        ranks = {False: 0, None: 1, True: 2}
        ordered = sorted(told, key=lambda each: (ranks[each["holds"]], each["name"]))
        return Report(tuple(ordered), (*unknown, *unread, *(each.name for each in failed)))

    async def _confirmed(self, patient: Patient) -> tuple[Patient, dict[str, Finding]] | None:
        """What two looks agree about, and what to tell it of.  None: it is not there any more."""
        found = await to_thread.run_sync(_found, patient)
        if not found and (patient.seen.members or not patient.setup.runs):
            return patient, {}
        await anyio.sleep(BETWEEN_LOOKS_S)
        setup = await self._engine.setup(patient.setup.id)
        if setup is None:
            return None
        later = Patient(
            setup, await look(setup, self.call, self.probe), patient.kills, patient.stops_paused, patient.signal_at_zero
        )
        kept = {name: each for name, each in found.items() if CHECKS[name].still_stands(each, later)}
        return (patient, kept) if patient.holds == later.holds and patient.seen.members else (later, kept)

    async def _timing(
        self, setup: Setup, info: dict[str, Any], shutdown: tuple[int | None, str], longest: int
    ) -> tuple[Grace, ...]:
        grace_s, why = await self._engine.service_grace(setup)
        return graces(
            Timing(
                setup.stop_timeout_s,
                compose=setup.compose,
                live_restore=info.get("LiveRestoreEnabled"),
                shutdown_s=shutdown[0],
                shutdown_source=shutdown[1],
                longest_s=longest,
                service=setup.labels.get(SWARM, ""),
                service_grace_s=grace_s,
                service_why=why,
                pod=setup.labels.get(POD_LABEL, ""),
                pod_s=setup.pod_s,
                init=bool(setup.init),
            )
        )


async def _each(items: Sequence[A], act: Callable[[A], Awaitable[B | None]]) -> tuple[list[B], list[A]]:
    """All side by side: the results, and those that the engine would not tell of.  Raises EngineUnavailable.

    What one container is refused must not hide the others.
    """
    found: list[B] = []
    failed: list[A] = []
    away: list[EngineUnavailable] = []

    async def one(item: A) -> None:
        try:
            if (result := await act(item)) is not None:
                found.append(result)
        except AlreadyGone:
            pass
        except EngineUnavailable as error:
            away.append(error)
        except LabError:
            failed.append(item)

    async with anyio.create_task_group() as tasks:
        for item in items:
            tasks.start_soon(one, item)
    if away:
        raise away[0]
    return found, failed


def _found(patient: Patient) -> dict[str, Finding]:
    return {name: found for name, check in CHECKS.items() if (found := check.find(patient))}
