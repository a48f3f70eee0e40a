"""Jobs that last as long as the lab, side by side: what goes wrong in one is logged and told, and ends no other.

A plain task group is for work that stands or falls together; here an error of one run, one container or one witness
must not end everybody's.  Leaf module but for ``errors``.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
from anyio.abc import TaskGroup

from app.errors import Ending, LabError, leaves

log = logging.getLogger("signal_lab")
RESTART_S = 1.0
Defect = Callable[[str], Awaitable[object]]  # gets what went wrong, in words


def in_words(error: BaseException) -> str:
    """``the lab made a mistake: KeyError``; of an error that a person sees its own text."""
    if isinstance(error, BaseExceptionGroup):
        return "; ".join(dict.fromkeys(in_words(each) for each in leaves(error)))
    return str(error) if isinstance(error, LabError) else f"the lab made a mistake: {type(error).__name__}"


class Jobs:
    """As a task group, whose jobs cannot end each other.

    ``over``: all have ended and none is taken any more.  While a lab ends, one service may still ask another that has
    ended before it; what it asks for would have been cancelled at once.
    """

    def __init__(self, tasks: TaskGroup) -> None:
        self._tasks = tasks
        self.cancel_scope = tasks.cancel_scope
        self.over = False

    def start_soon(
        self, job: Callable[..., Awaitable[object]], *args: Any, name: object = None, defect: Defect | None = None
    ) -> None:
        """``defect``: who has to be told that it did not come to its end."""
        if self._takes(job):
            self._tasks.start_soon(self._carry_out, job, args, defect, name=name or _name(job))

    def keep(self, job: Callable[[], Awaitable[object]], *, defect: Defect | None = None) -> None:
        """Start it, and start it again when it fails, until it returns."""

        async def again() -> None:
            done = False
            while not done:
                done = await self._carry_out(job, (), defect)
                await anyio.sleep(0 if done else RESTART_S)

        if self._takes(job):
            self._tasks.start_soon(again, name=_name(job))

    def _takes(self, job: object) -> bool:
        if self.over:
            log.debug("jobs: %s comes too late, all have ended", _name(job))
        return not self.over

    async def _carry_out(
        self, job: Callable[..., Awaitable[object]], args: tuple[Any, ...], defect: Defect | None
    ) -> bool:
        """Whether it returned."""
        try:
            await job(*args)
        except Ending as error:
            await self._tell(defect, in_words(error))
            return True
        except Exception as error:  # whatever it is, the others go on
            if isinstance(error, LabError):
                log.warning("%s: %s", _name(job), error)
            else:
                log.exception("defect in %s", _name(job))
            await self._tell(defect, in_words(error))
            return False
        return True

    async def _tell(self, defect: Defect | None, words: str) -> None:
        if defect is None:
            return
        try:
            with anyio.CancelScope(shield=True):
                await defect(words)
        except Ending:
            pass  # nobody hears it any more
        except Exception:
            log.exception("and it could not be told")


def _name(job: object) -> str:
    return getattr(job, "__qualname__", None) or repr(job)


@asynccontextmanager
async def running_jobs() -> AsyncIterator[Jobs]:
    """Jobs for as long as the block is open; then they are waited for, unless ``cancel_scope`` is cancelled."""
    tasks = anyio.create_task_group()
    jobs = Jobs(tasks)
    try:
        async with tasks:
            yield jobs
    finally:
        jobs.over = True
