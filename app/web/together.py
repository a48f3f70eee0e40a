"""The same request for all targets of a run, at one moment: side by side, so that none begins late."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio

from app.errors import AlreadyGone, LabError, NotFound
from app.web.services import Services


async def each_of(run: str, served: Services, act: Callable[[str], Awaitable[int]]) -> dict[str, object]:
    """Numbers of the requests, in the order of the lanes.

    One that ended meanwhile is left out.  Of those that are refused the first is raised, after all were asked.
    """
    live = served.lab.live_run(run)
    if live is None:
        raise NotFound(f"{run} is not running")
    targets = [each.target.id for each in live.targets if not each.ended]
    asked: dict[str, int] = {}
    refused: list[LabError] = []

    async def ask(target: str) -> None:
        try:
            asked[target] = await act(target)
        except AlreadyGone:
            pass
        except LabError as error:
            refused.append(error)

    async with anyio.create_task_group() as together:
        for target in targets:
            together.start_soon(ask, target)
    if refused:
        raise refused[0]
    return {"event_ids": [asked[target] for target in targets if target in asked]}
