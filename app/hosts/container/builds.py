"""Builds of lab images, and pulls of others: one for all who wait, with its steps, its log, and an end to ask for.

A build is a job of its own: who waits for it may leave without ending it.  To end it is asked for by name; then all who
wait are told the same.
"""

from __future__ import annotations

import logging
import re
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import anyio

from app.errors import BuildCancelled, HostFailed, LabError, NotFound
from app.events import BuildProgress, now
from app.events.record import Record
from app.hosts.container.packages import COLOUR, RED, package_of
from app.jobs import Jobs

log = logging.getLogger("signal_lab.builds")
STEP = re.compile(r"^(?:Step|Layer) (\d+)/(\d+) : (.*)$", re.MULTILINE)
KEPT_LINES = 200
LATELY_S = 900.0  # so long a failed build speaks for the images on it
RECORDED_LINES = 4000  # of one build, as events
State = Literal["running", "done", "failed", "cancelled"]
What = Literal["build", "pull"]


@dataclass(slots=True)
class WholeLines:
    """Puts together what an engine tells of a build's output: in pieces as the program wrote them, also half lines.

    What a program wrote to stderr comes in red, and between the two halves of a line of stdout.
    """

    _rests: dict[bool, str] = field(default_factory=dict)  # by whether it was written to stderr

    def add(self, piece: str) -> str:
        """What is whole by now; "" for nothing."""
        red = piece.startswith(RED)
        whole, end, self._rests[red] = (self._rests.get(red, "") + piece).rpartition("\n")
        return whole + end

    def last(self) -> str:
        """What came without an end of its line."""
        rests, self._rests = self._rests, {}
        return "".join(rest + "\n" for rest in rests.values() if COLOUR.sub("", rest).strip())


@dataclass(slots=True)
class Build:
    """``step`` of ``steps``, counted from 1, with its ``command``; None where the builder does not count."""

    image: str
    tag: str
    what: What = "build"
    started: datetime = field(default_factory=now)
    state: State = "running"
    step: int | None = None
    steps: int | None = None
    command: str = ""
    log: deque[str] = field(default_factory=lambda: deque(maxlen=KEPT_LINES))
    lines: int = 0
    cancelled: bool = False
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    over: anyio.Event = field(default_factory=anyio.Event)
    error: LabError | None = None
    children: set[str] = field(default_factory=set)  # images on it that were told that it failed

    @property
    def package(self) -> str | None:
        """What it failed for, where its log names a package."""
        return package_of(self.log) if self.state == "failed" else None

    def on_output(self, text: str) -> None:
        if found := STEP.findall(text):
            step, steps, self.command = found[-1]
            self.step, self.steps = int(step), int(steps)
        lines = text.rstrip().splitlines()
        self.log.extend(lines)
        self.lines += len(lines)

    def facts(self) -> dict[str, Any]:
        """For the API: how far it is, and the end of its log."""
        return {
            "image": self.image,
            "tag": self.tag,
            "what": self.what,
            "state": self.state,
            "step": self.step,
            "steps": self.steps,
            "command": self.command,
            "package": self.package,
            "started_at": self.started,
            "log": list(self.log),
            "lines": self.lines,
        }


Say = Callable[[str], Coroutine[Any, Any, None]]
Make = Callable[[str, str, Say], Awaitable[None]]  # image, tag; raises LabError


class Builds:
    """``make`` builds one image.  The others' state stays until the next build of the same image."""

    def __init__(self, record: Record, tasks: Jobs, make: Make) -> None:
        self._record, self._tasks, self._make = record, tasks, make
        self._latest: dict[str, Build] = {}  # by image

    def facts(self) -> list[dict[str, Any]]:
        return [build.facts() for build in self._latest.values()]

    def failed(self, image: str) -> Build | None:
        """Its last one, if that failed not long ago."""
        build = self._latest.get(image)
        lately = build is not None and (now() - build.started).total_seconds() < LATELY_S
        return build if build and lately and build.state == "failed" else None

    def running(self, image: str) -> Build | None:
        build = self._latest.get(image)
        return build if build and build.state == "running" else None

    def start(self, image: str, tag: str, what: What = "build") -> Build:
        """The one that is under way, or a new one."""
        if build := self.running(image):
            log.debug("builds: one more waits for %s", image)
            return build
        build = self._latest[image] = Build(image, tag, what)
        log.debug("builds: %s of %s as %s begins", what, image, tag)
        self._tasks.start_soon(self._carry_out, build)
        return build

    async def wait(self, build: Build) -> None:
        """Raises BuildCancelled, HostFailed, EngineUnavailable: what came of it, the same for all who wait."""
        await build.over.wait()
        if build.error:
            raise type(build.error)(str(build.error), hint=build.error.hint)

    def cancel(self, image: str, by: str) -> None:
        """End it.  Raises NotFound when it is not under way."""
        build = self.running(image)
        if build is None:
            raise NotFound(f"no build of {image} is under way", hint="GET /api/v1/builds lists them.")
        build.cancelled = True
        build.error = BuildCancelled(f"the {build.what} of {image} was cancelled by the {by}")
        build.scope.cancel()

    async def _carry_out(self, build: Build) -> None:
        async def say(text: str) -> None:
            if not text.strip() or build.state != "running":  # what a thread that was given up still reads
                return
            before = build.lines
            build.on_output(text)
            if before < RECORDED_LINES <= build.lines:
                text += f"… more than {RECORDED_LINES} lines: the rest is left out here\n"
            elif before >= RECORDED_LINES:
                return
            await self._tell(build, text)

        try:
            with build.scope:
                await self._make(build.image, build.tag, say)
                build.state = "done"
        except BuildCancelled as error:  # of one that it is built on
            build.error, build.cancelled = error, True
        except LabError as error:
            build.error, build.state = error, "failed"
        except Exception as error:  # a defect ends this build, and no other
            log.exception("defect in the build of %s", build.image)
            build.error, build.state = HostFailed(f"the lab made a mistake: {type(error).__name__}"), "failed"
        finally:
            if build.state == "running":
                build.state = "cancelled"
                build.error = build.error or BuildCancelled(f"the lab was ended during the {build.what}")
            with anyio.CancelScope(shield=True):
                await self._tell(build, str(build.error) if build.error else f"{build.tag} is ready")
            took_s = (now() - build.started).total_seconds()
            log.debug(
                "builds: %s of %s: %s after %.1f s, %d lines", build.what, build.image, build.state, took_s, build.lines
            )
            build.over.set()

    async def _tell(self, build: Build, text: str) -> None:
        await self._record(
            BuildProgress(
                image=build.image,
                what=build.what,
                state=build.state,
                text=text,
                step=build.step,
                steps=build.steps,
                package=build.package,
            )
        )
