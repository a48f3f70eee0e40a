"""What was tried on the kernels that targets run on: this machine's, and the engine's where that is another one.

This machine's is tried once per boot, beside the start of the lab; the journal keeps the answer for the next start.
Where no namespace may be made, the engine's containers tell, if they run on the same kernel.  An engine elsewhere is
asked anew each time it is found: nothing but a container on it tells which boot that is.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Protocol

import anyio

from app.errors import LabError
from app.events import AnyEvent
from app.events.trial import SAID, KernelTrial
from app.hub import Hub
from app.jobs import running_jobs
from app.journal import event_of
from app.targets import HostName
from app.verdict.signal_state import Tried

ASKING = "it is being tried on this kernel, and only sending it tells meanwhile"
NOT_TRIED = "a trial on this kernel would tell, `signal-lab doctor` says what it needs, and else only sending it"
TryIt = Callable[[], Awaitable[KernelTrial]]


class Elsewhere(Protocol):
    """The kernel of the engine's containers.  ``try_it`` raises LabError where it cannot be tried, or not yet."""

    @property
    def there(self) -> bool: ...
    @property
    def is_ours(self) -> bool: ...
    async def try_it(self) -> KernelTrial: ...


class Kernels:
    """Use as ``async with trying_kernels(hub, …) as kernels``.

    ``boot``: release and boot id of this machine's kernel.
    """

    def __init__(self, hub: Hub, boot: tuple[str, str], here: TryIt, engine: Elsewhere) -> None:
        self._hub, self._boot, self._try_here, self._engine = hub, boot, here, engine
        self._here: KernelTrial | LabError | None = None  # None: being asked
        self._there: KernelTrial | LabError | None = None
        self._kept: dict[tuple[str, str], KernelTrial] = {}
        self._news = anyio.Event()
        self.tried_here = anyio.Event()  # this machine's was, or cannot be without an engine

    def tried(self, host: HostName) -> Tried:
        """For a forecast of a target of this host."""
        found = self._there if host == "container" and not self._shared else self._here
        if isinstance(found, KernelTrial):
            return Tried(found.outcome, found.release)
        return Tried(else_tells=ASKING if found is None else NOT_TRIED)

    def status(self) -> dict[str, Any]:
        """For ``GET /health``: ``engine`` is None where there is none, or where it runs on this machine's kernel."""
        engine = _answer(self._there) if self._engine.there and not self._shared else None
        return {"here": _answer(self._here), "engine": engine}

    @property
    def _shared(self) -> bool:
        """Whether what is known of this machine's kernel is true of the engine's."""
        return self._engine.is_ours and isinstance(self._here, KernelTrial)

    async def keep(self) -> None:
        """Try what is there, and again when an engine comes, or something on it that was missing."""
        await self._ask_here()
        with self._hub.listening(self._on_event):
            while True:
                news = self._news = anyio.Event()
                if self._engine.there and not self._shared and not isinstance(self._there, KernelTrial):
                    await self._ask_engine()
                await news.wait()

    def _on_event(self, _number: int, event: AnyEvent) -> None:
        match event.kind:
            case "source_lost" | "source_back" if event.source == "engine":
                self._there = None  # the next one may be another
                self._news.set()
            case "build_progress" if event.state == "done":
                self._news.set()
            case "target_started" if event.container_id:  # somebody else may have built the image
                self._news.set()

    async def _ask_here(self) -> None:
        async for stored in self._hub.read_all(kinds=frozenset({"kernel_trial"})):
            try:
                event = event_of(stored)
            except (KeyError, ValueError):
                continue  # a newer lab's
            if isinstance(event, KernelTrial):
                self._kept[event.release, event.boot_id] = event
        self._here = self._kept.get(self._boot)
        if self._here is None:
            try:
                self._here = await self._keep(await self._try_here())
            except LabError as error:
                self._here = error
        self.tried_here.set()

    async def _ask_engine(self) -> None:
        self._there = None
        try:
            self._there = await self._keep(await self._engine.try_it())
        except LabError as error:
            self._there = error
            return
        if (self._there.release, self._there.boot_id) == self._boot and not isinstance(self._here, KernelTrial):
            self._here = self._there

    async def _keep(self, trial: KernelTrial) -> KernelTrial:
        """Recorded, unless the journal says the same of this boot."""
        key = (trial.release, trial.boot_id)
        if key not in self._kept or self._kept[key].outcome != trial.outcome:
            self._kept[key] = trial
            await self._hub.record(trial)
        return trial


def _answer(found: KernelTrial | LabError | None) -> dict[str, Any]:
    if isinstance(found, KernelTrial):
        said = {"state": "tried", "outcome": found.outcome, "text": SAID[found.outcome], "hint": ""}
        return {**said, "release": found.release, "boot_id": found.boot_id, "at": found.at, "took_s": found.took_s}
    if found is None:
        return {"state": "asking", "outcome": None, "text": "it is being tried", "hint": ""}
    return {"state": "not_tried", "outcome": None, "text": str(found), "hint": found.hint}


@asynccontextmanager
async def trying_kernels(hub: Hub, boot: tuple[str, str], here: TryIt, engine: Elsewhere) -> AsyncIterator[Kernels]:
    """What is known of the kernels, for as long as the block is open; nothing waits for a trial."""
    kernels = Kernels(hub, boot, here, engine)
    async with running_jobs() as jobs:
        jobs.keep(kernels.keep)
        try:
            yield kernels
        finally:
            jobs.cancel_scope.cancel()
