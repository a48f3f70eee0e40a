"""Stop a copy as it is; give a second one what its verdict advises, and stop that, too.

Both are targets of one run, so their trees, output and verdicts are where those of all targets are.  The fix comes from
what *happened* to the first copy, and not from its forecast.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

import anyio

from app.errors import LabError
from app.events import Rehearsed, StopFinished, TargetExited, Verdict
from app.events.parts import Advice, RehearsalLane
from app.journal import event_of
from app.lab.lab import Lab
from app.lab.state import RunState, TargetState
from app.rehearsal.copying import Original, changed
from app.verdict.gate import Terms, rule_on
from app.verdict.rehearsed import NOT_STARTED, ended_before, words

BEFORE, AFTER = "as-it-is", "with-the-fix"
QUESTION = "A copy as it is, a copy with what would help: what changes?"
FOR_EVER_S = 10  # what a copy gets whose own timeout is none
ImageId = Callable[[str], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class How:
    """``settle_s``: how long a copy runs before it is stopped.  ``timeout_s``: absent, its own.  ``by``: who asked."""

    by: str
    settle_s: float = 2.0
    timeout_s: int | None = None


@dataclass
class Rehearsals:
    """``image_id``: asks the engine for the id of an image that it has.

    What the newest one of an image showed outlives its run; one that a person forgets is gone.
    """

    lab: Lab
    image_id: ImageId
    _shown: dict[str, Rehearsed] = field(default_factory=dict)
    _read: int = -1  # up to here the journal was read, and so often it had been forgotten in
    _forgotten: int = -1

    async def start(self, original: Original, how: How) -> RunState:
        """Raises EngineUnavailable, CannotStore; what goes wrong later is told by the run."""
        specs = tuple(
            original.spec.model_copy(update={"name": name, "later": later})
            for name, later in ((BEFORE, False), (AFTER, True))
        )

        async def job(run: RunState) -> None:
            try:
                await self._rehearse(run, original, how)
            finally:
                self.lab.release(run.id)

        return await self.lab.start(
            specs, experiment=None, title=f"Rehearsal: {original.name}", question=QUESTION, job=job
        )

    async def shown(self, image: str) -> Rehearsed | None:
        """The newest one of this image, by its id."""
        hub = self.lab.hub
        if self._forgotten != hub.forgotten:
            self._forgotten, self._read, self._shown = hub.forgotten, 0, {}
        if self._read < hub.last_id:
            upto = hub.last_id
            while found := await hub.read(after=self._read, kinds=frozenset({"rehearsed"})):
                for stored in found:
                    event = event_of(stored)
                    if isinstance(event, Rehearsed) and event.image:
                        self._shown[event.image] = event
                self._read = found[-1].id
            self._read = max(self._read, upto)
        return self._shown.get(image)

    async def _rehearse(self, run: RunState, original: Original, how: How) -> None:
        first, second = run.targets
        before, advice = await self._stopped(first, original, how)
        image = original.image or await self.image_id(original.spec.image or "")
        change, after = advice.change if advice and before.result in ("not_held", "not_clean") else None, None
        if change:
            await self.lab.start_later(second.target.id, changed(second.spec, change))
            more_s = how.timeout_s if change.stop_timeout_s is None else change.stop_timeout_s
            after, _ = await self._stopped(second, original, replace(how, timeout_s=more_s))
        await self.lab.hub.record(
            Rehearsed(
                run=run.id,
                name=original.name,
                image=image,
                fence=original.spec.container.fence,
                without=original.without,
                before=before,
                after=after,
                fix=advice.text if advice else None,
                change=change,
                text=words(before, advice, after),
            )
        )

    async def _stopped(self, state: TargetState, original: Original, how: How) -> tuple[RehearsalLane, Advice | None]:
        """Start, settle, stop, and what that came to."""
        target = state.target.id
        await state.started.wait()
        if state.handle is None:
            return RehearsalLane(target=target, result="unknown", text=NOT_STARTED), None
        with anyio.move_on_after(how.settle_s):
            await state.over.wait()
        request = None
        if not state.ended:
            own_s = state.handle.stop_defaults.timeout_s
            timeout_s = how.timeout_s if how.timeout_s is not None else FOR_EVER_S if own_s < 0 else own_s
            try:
                request = await self.lab.stop(target, by=how.by, timeout_s=timeout_s)
            except LabError:
                if not state.ended:
                    raise
        await state.over.wait()
        return await self._came(state, request, original)

    async def _came(
        self, state: TargetState, request: int | None, original: Original
    ) -> tuple[RehearsalLane, Advice | None]:
        run, target = state.target.run, state.target.id
        finished: StopFinished | None = None
        exited: TargetExited | None = None
        verdict: Verdict | None = None
        kinds = frozenset({"stop_finished", "target_exited", "verdict"})
        async for stored in self.lab.hub.read_all(run=run, kinds=kinds):
            match event := event_of(stored):
                case StopFinished() if event.target == target:
                    finished = event
                case TargetExited() if event.target == target:
                    exited = event
                case Verdict() if event.target == target and event.request == request:
                    verdict = event
        code = exited.exit_code if exited else None
        if request is None:
            text = ended_before(code, original.without, original.spec.container.fence)
            return RehearsalLane(target=target, result="unknown", exit_code=code, text=text), None
        ruling = rule_on(finished, verdict, Terms(within_s=float("inf")))
        lane = RehearsalLane(
            target=target,
            result=ruling.result,
            took_s=finished.took_s if finished else None,
            exit_code=finished.exit_code if finished else code,
            killed=finished.killed if finished else None,
            text=ruling.text,
        )
        return lane, verdict.advice if verdict else None
