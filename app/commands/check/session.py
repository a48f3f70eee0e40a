"""All runs of a check in a lab of its own, which has no page, no port and a folder that goes with it.

Ctrl-C, SIGTERM and a hang-up end it well: what it has started is removed first, and another signal does not break that
off.  Killed, it leaves its containers to its janitor, which removes them at once.
"""

from __future__ import annotations

import logging
import signal
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import anyio

from app.commands.check.one_run import Say, check_once
from app.commands.check.outcome import Checked, RunSeen, SubjectSeen
from app.commands.check.subject import Subject, with_port
from app.errors import LabError, NotFound
from app.main import running_services
from app.settings import Settings
from app.verdict import gate
from app.verdict.gate import FailOn
from app.web.services import Services

ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PROBE_WITHIN_S = 60.0  # its image may have to be built


class Interrupted(Exception):
    """By a signal; all is cleaned up."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


@dataclass(slots=True)
class Session:
    """``say``: progress, one line each."""

    given: Settings
    subjects: Sequence[Subject]
    runs: int
    fail_on: FailOn
    say: Say

    def run(self) -> Checked:
        """Raises Interrupted, LabError."""
        logging.basicConfig(level=logging.ERROR, format="signal-lab: %(message)s")
        with tempfile.TemporaryDirectory(prefix="signal-lab-check-") as data:
            settings = self.given.model_copy(update={"data": Path(data), "port": 0})
            return anyio.run(self._interruptible, settings)

    async def _interruptible(self, settings: Settings) -> Checked:
        ended_by: list[int] = []
        # Only what is checked is cancelled: around the services it would end those that must record the end of a run.
        work = anyio.CancelScope()
        with anyio.open_signal_receiver(*ENDS) as signals:
            async with anyio.create_task_group() as tasks:

                async def end() -> None:
                    async for number in signals:
                        if not ended_by:
                            self.say("ending: what was started is removed first")
                        ended_by.append(number)
                        work.cancel()

                tasks.start_soon(end)
                checked = await self._check(settings, work)
                tasks.cancel_scope.cancel()
        if ended_by:
            raise Interrupted(ended_by[0])
        return checked

    async def _check(self, settings: Settings, work: anyio.CancelScope) -> Checked:
        seen: list[SubjectSeen] = []
        async with running_services(settings) as services:
            with work:
                if settings.kernel_trace == "probe":
                    await services.kernel.ready_within(PROBE_WITHIN_S)
                seen = [await self._subject(services, each) for each in self.subjects]
        return Checked(seen, self.fail_on)

    async def _subject(self, services: Services, subject: Subject) -> SubjectSeen:
        seen = SubjectSeen(subject)
        try:
            subject = await _resolved(services, subject)
        except LabError as error:
            seen.runs.append(RunSeen(1, gate.not_started(str(error)), hint=error.hint))
            return seen
        for number in range(1, self.runs + 1):
            of = f"{subject.name}, run {number} of {self.runs}" if self.runs > 1 else subject.name

            def say(text: str, of: str = of) -> None:
                self.say(f"{of}: {text}")

            say("starting it")
            run = await check_once(services.lab, subject, number, say)
            say(run.ruling.text)
            seen.runs.append(run)
        return seen


async def _resolved(services: Services, subject: Subject) -> Subject:
    """With what only the engine knows.  Raises LabError where it cannot be started at all."""
    await services.lab.host("container").check()
    if subject.spec is None or (subject.missing and not await _has(services, subject.image)):
        raise NotFound(subject.missing, hint="Build it first (docker compose build), then check again.")
    ready = subject.ready
    if ready.http is None or ready.http[0]:
        return subject
    tag = await services.images.ensure(subject.image)
    facts = await services.engine.call(lambda client: client.inspect_image(tag))
    exposed = [port for port in (facts["Config"].get("ExposedPorts") or {}) if port.endswith("/tcp")]
    if len(exposed) != 1:
        found = "no port" if not exposed else ", ".join(sorted(exposed))
        raise NotFound(f"the image exposes {found}", hint=f"Say which: --ready-http :8080{ready.http[1]}")
    port = int(exposed[0].partition("/")[0])
    return replace(subject, ready=replace(ready, http=(port, ready.http[1])), spec=with_port(subject.spec, port))


async def _has(services: Services, image: str) -> bool:
    found = await services.engine.call(lambda client: client.images(name=image, quiet=True))
    return bool(found)
