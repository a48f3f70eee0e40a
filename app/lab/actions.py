"""What can be asked of a target besides signals and stops: freeze it, run a command in it, get a page from it, and
write a scratch file of its run.

As in ``lab.py``: what was asked is recorded first, what came of it by whoever saw it.  What takes a while is a job of
the run, so the run ends after it.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from app.errors import AlreadyGone, BadRequest, LabError, NotApplicable, NotFound, NotOurs
from app.events.lesson import (
    ExecFinished,
    ExecRequested,
    FileWritten,
    HttpFinished,
    HttpProgress,
    HttpRequested,
    PauseRequested,
)
from app.hosts.base import RUN_WITHIN_S
from app.lab.http_get import get as http_get
from app.lab.lab import Lab
from app.lab.scratch import write


class Actions:
    """What a person can ask of a run or target besides signals and stops."""

    def __init__(self, lab: Lab) -> None:
        self._lab, self._hub = lab, lab.hub

    def _job(self, run: str, job: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
        state = self._lab.run_state(run)
        if state is None or state.jobs is None:
            raise AlreadyGone(f"{run} is over")
        state.jobs.start_soon(job, name=name)

    async def pid_of(self, target: str, process: str) -> int:
        """The pid inside the target of a process, by its name or the last part of one of its words.  Raises NotOurs."""
        _, handle = await self._lab.find(target)
        seen = await handle.processes() or []
        named = [each for each in seen if each.comm == process]
        spoken = [each for each in seen if any(word.rpartition("/")[2] == process for word in each.argv)]
        for facts in (*named, *spoken):
            return facts.ns_pid
        raise NotOurs(f"{target} has no process {process} now", hint="Look at the board: it may have ended.")

    async def pause(self, target: str, *, paused: bool, by: str) -> int:
        """Freeze it, or let it go on.  Raises NotApplicable where there is no freezer of its own."""
        state, handle = await self._lab.find(target)
        if state.target.host != "container":
            raise NotApplicable(
                f"{target} has no freezer of its own", hint="Send SIGSTOP and SIGCONT instead, and compare."
            )
        request = await self._hub.record(
            PauseRequested(run=state.target.run, target=target, author="person", paused=paused, by=by)
        )
        await (handle.pause() if paused else handle.unpause())
        return request

    async def write_file(self, run: str, name: str, text: str, *, by: str) -> int:
        """Give a scratch file of the run a new text.  Raises NotFound, AlreadyGone, BadRequest (too long)."""
        state = self._lab.run_state(run)
        if state is None:
            raise AlreadyGone(f"{run} is over")
        if state.folder is None or name not in state.files:
            known = ", ".join(state.files) or "none"
            raise NotFound(f"{run} has no file {name}", hint=f"Files of this run: {known}.")
        write(state.folder, name, text)
        state.files[name] = text
        return await self._hub.record(FileWritten(run=run, author="person", name=name, text=text, by=by))

    async def run(self, target: str, command: tuple[str, ...], *, by: str, within_s: float = RUN_WITHIN_S) -> int:
        """Run a command inside the target; what it printed is an event."""
        state, handle = await self._lab.find(target)
        where = {"run": state.target.run, "target": target}
        request = await self._hub.record(ExecRequested(**where, author="person", command=command, by=by))

        async def job() -> None:
            try:
                ran = await handle.run(command, within_s)
                code, output = ran.exit_code, ran.output
            except LabError as error:
                code, output = None, str(error)
            await self._hub.record(
                ExecFinished(**where, author="program", request=request, exit_code=code, output=output)
            )

        self._job(state.target.run, job, "exec")
        return request

    async def get(self, target: str, port: str, path: str, *, by: str) -> int:
        """Get a page from the target's own server, over loopback; the answer is an event.  Raises BadRequest."""
        state, handle = await self._lab.find(target)
        if port not in handle.ports:
            known = ", ".join(handle.ports) or "none"
            raise BadRequest(f"{target} has no published port {port}", hint=f"Its ports: {known}.")
        where = {"run": state.target.run, "target": target}
        url = f"http://127.0.0.1:{handle.ports[port]}{path}"
        request = await self._hub.record(HttpRequested(**where, author="person", url=url, by=by))

        async def progress(received: int, expected: int | None) -> None:
            await self._hub.record(
                HttpProgress(**where, author="program", request=request, received=received, expected=expected)
            )

        async def job() -> None:
            result = await http_get(url, progress)
            await self._hub.record(
                HttpFinished(
                    **where,
                    author="program",
                    request=request,
                    status=result.status,
                    received=result.received,
                    expected=result.expected,
                    complete=result.complete,
                    took_s=result.took_s,
                    error=result.error,
                    text=result.text,
                )
            )

        self._job(state.target.run, job, "http")
        return request
