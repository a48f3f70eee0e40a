"""One examination for all who look at the same moment: many screens cost an engine no more than one.

Nothing is read while nobody asks.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import anyio

from app.doctor.examination import Doctor, Report

FRESH_S = 2.0


class Ward:
    """``doctor``: gives the one for the engine that is there now.  Raises EngineUnavailable."""

    def __init__(self, doctor: Callable[[], Doctor]) -> None:
        self._doctor_of = doctor
        self._doctor: Doctor | None = None
        self._looking = anyio.Lock()
        self._report: Report | None = None
        self._at = 0.0

    async def report(self) -> Report:
        """Of all that run, at most two seconds old.  Raises EngineUnavailable, HostFailed."""
        async with self._looking:
            if self._report is None or time.monotonic() - self._at > FRESH_S:
                self._report = None
                self._report = await self._now().examine()
                self._at = time.monotonic()
            return self._report

    async def one(self, container: str) -> Report:
        """Of one, by name, id, or the beginning of an id."""
        return await self._now().examine((container,))

    def _now(self) -> Doctor:
        """The same as before where the engine is the same: it remembers what images are."""
        found = self._doctor_of()
        if self._doctor is None or self._doctor.url != found.url:
            self._doctor = found
        return self._doctor
