"""What can be asked to be started: an experiment, something of one's own, or several of both side by side."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from app.errors import BadRequest, NotFound
from app.experiments.picks import MOST, called, lanes, picked, title
from app.hosts.base import Spec
from app.lab.state import RunState
from app.web.adhoc import Own, StartRun
from app.web.services import Services


class Racer(Own):
    """One lane: ``experiment`` with its first target or the one that is named, or something of one's own."""

    experiment: str | None = None
    target: str | None = None
    name: str | None = Field(None, max_length=32, description="Of the lane; absent: made of what it is.")

    async def lane(self, served: Services) -> tuple[str, Spec]:
        """Its name and what to start.  Raises NotFound, NotPossible, BadRequest."""
        if self.experiment is None:
            if self.target is not None:
                raise BadRequest("a target is one of an experiment: say which")
            spec = self.spec()
            return self.name or called(spec), spec
        if self.asks_for_something:
            raise BadRequest("a lane is a target of an experiment, or something of your own, and not both")
        name, spec = picked(await served.runner.possible(self.experiment), self.target)
        return self.name or name, spec


class OpenBets(BaseModel):
    model_config = ConfigDict(extra="forbid")

    timeout_s: Annotated[int, Field(ge=-1, le=3600)] | None = None


class Start(StartRun):
    """``experiment``, or a command or image of one's own, or ``race``: two to eight of these side by side.

    Or ``again``: the run, one of the newest since this server was started, that was one of one's own.  ``guess``: from
    its first moment the room guesses, and there is no forecast.
    """

    race: tuple[Racer, ...] | None = Field(None, max_length=MOST)
    again: str | None = Field(None, max_length=40, description="A run of one's own that is to be started once more.")
    guess: OpenBets | None = None

    async def start(self, served: Services) -> RunState:
        """Raises NotFound, NotPossible, BadRequest, EngineUnavailable."""
        if self.again is not None:
            if self.experiment is not None or self.race is not None or self.asks_for_something:
                raise BadRequest("what is started again is that run, and nothing else")
            made = served.lab.made.get(self.again)
            if made is None:
                raise NotFound(f"nobody knows any more what {self.again} was made of", hint="Choose it anew.")
            return await served.lab.start(made.specs, experiment=None, title=made.title, question=made.question)
        if self.race is not None:
            if self.experiment is not None or self.asks_for_something:
                raise BadRequest("a race is made of its lanes, and of nothing else")
            specs = lanes([await racer.lane(served) for racer in self.race])
            question = "Stopped at the same moment: which of them leaves first?"
            return await served.lab.start(specs, experiment=None, title=title(specs), question=question)
        if self.experiment is not None:
            return await served.runner.start(self.experiment)
        spec = self.spec()
        name = spec.name if spec.image is None else spec.image
        return await served.lab.start((spec,), experiment=None, title=name, question=" ".join(spec.command))
