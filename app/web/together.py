"""The same request for all targets of a run, at one moment: side by side, so that none begins late."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import anyio

from app.errors import LabError, NotFound
from app.lab.state import TargetState
from app.web.services import Services


async def each_of(run: str, served: Services, act: Callable[[str], Awaitable[int]]) -> dict[str, object]:
    """What came of it for each, in the order of the lanes: its ``event_id``, or ``code`` and ``error`` of a refusal.

    One that is refused keeps nobody else from it.  Only where it was possible for none, the first refusal that is more
    than "it has ended" or "it was not started" is raised.  ``event_ids``: the numbers alone.
    """
    state = served.lab.run_state(run)
    if state is None:
        raise NotFound(f"{run} is not running")
    came: dict[str, dict[str, Any]] = {}
    refused: list[LabError] = []

    async def ask(each: TargetState) -> None:
        target = each.target.id
        came[target] = {"target": target, "event_id": None, "code": None, "error": None}
        if each.waits:
            came[target] |= {"code": "not_started", "error": f"{target} was not started yet"}
            return
        try:
            came[target]["event_id"] = await act(target)
        except LabError as error:
            came[target] |= {"code": error.code, "error": str(error)}
            if error.code != "already_gone":
                refused.append(error)

    async with anyio.create_task_group() as together:
        for each in state.targets:
            together.start_soon(ask, each)
    told = [came[each.target.id] for each in state.targets]
    numbers = [each["event_id"] for each in told if each["event_id"] is not None]
    if refused and not numbers:
        raise refused[0]
    return {"event_ids": numbers, "targets": told}
